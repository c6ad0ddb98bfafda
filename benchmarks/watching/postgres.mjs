import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onEnd } from '../cleanup.mjs';

const ROOT = '/usr/lib/postgresql';

function binaries() {
  const versions = existsSync(ROOT) ? readdirSync(ROOT) : [];
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map(version => join(ROOT, version, 'bin'))
    .find(folder => existsSync(join(folder, 'initdb')));
}

/** PostgreSQL refuses to run as root. */
function asPostgres(command, args) {
  const isRoot = process.getuid() === 0;
  execFileSync(
    isRoot ? 'setpriv' : command,
    isRoot
      ? [
          ...['--reuid=postgres', '--regid=postgres', '--clear-groups'],
          ...[command, ...args],
        ]
      : args,
    { stdio: 'ignore' },
  );
}

/**
 * A PostgreSQL of its own with its defaults, in a folder of its own.
 *
 * @returns how to connect to it; undefined when the machine has none
 */
export function startPostgres(port) {
  const bin = binaries();
  if (!bin) {
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'fairway-bench-pg-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  if (process.getuid() === 0) {
    const uid = Number(
      execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }),
    );
    chownSync(folder, uid, statSync(folder).gid);
  }
  const data = join(folder, 'data');
  asPostgres(join(bin, 'initdb'), [
    '-D',
    data,
    '-U',
    'postgres',
    '--auth=trust',
  ]);
  const control = (...args) =>
    asPostgres(join(bin, 'pg_ctl'), ['-D', data, '-w', ...args]);
  control(
    ...['-l', join(folder, 'log'), '-o'],
    `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder}`,
    'start',
  );
  const stop = () => control('-m', 'immediate', 'stop');
  // Nothing is left behind, whatever ends this process.
  process.once('exit', stop);
  onEnd(() => {
    process.off('exit', stop);
    stop();
  });
  return { host: '127.0.0.1', port, user: 'postgres', password: 'postgres' };
}
