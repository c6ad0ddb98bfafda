import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { onEnd } from './cleanup.mjs';
import { collectionPath } from './kubernetes.mjs';
import { urls } from './settings.mjs';
import { until } from './waiting.mjs';

const ACCOUNT = 'fairway:playground-password';
const OWNER = 'payments';

const git = (cwd, ...args) =>
  execFileSync(
    'git',
    ['-c', 'user.name=Ada', '-c', 'user.email=ada@playground.example', ...args],
    { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  ).trim();

const address = repository =>
  `${urls.forge.replace('//', `//${ACCOUNT}@`)}/${repository}.git`;

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-bench-hand-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function rename(folder, from, to) {
  for (const entry of readdirSync(folder, {
    recursive: true,
    withFileTypes: true,
  })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.includes('/.git/')) {
      const text = readFileSync(path, 'utf8');
      if (text.includes(from)) {
        writeFileSync(path, text.replaceAll(from, to));
      }
    }
  }
}

/** The files that the portal published and registered for a service, under another name. */
function prepare({ like, name, engine }) {
  const service = temporaryFolder();
  git(service, 'clone', '--quiet', address(`${OWNER}/${like}`), '.');
  // As it was published: what CI wrote later is CI's to write again.
  const first = git(service, 'rev-list', '--max-parents=0', 'HEAD');
  git(service, 'checkout', '--quiet', first);
  rmSync(join(service, '.git'), { recursive: true });
  rename(service, like, name);
  git(service, 'init', '--quiet', '--initial-branch=main');

  const platform = temporaryFolder();
  git(platform, 'clone', '--quiet', address('platform/gitops'), '.');
  const folder = join(platform, engine, like);
  rename(folder, like, name);
  const objects = readdirSync(folder)
    .filter(file => !/^(staging|production)\.yaml$/.test(file))
    // What others refer to comes first.
    .sort((a, b) => Number(a === 'dev.yaml') - Number(b === 'dev.yaml'))
    .map(file => parse(readFileSync(join(folder, file), 'utf8')));
  return { service, objects };
}

function isHealthy({ kind, metadata, status }) {
  if (kind === 'Application') {
    return (
      status?.sync?.status === 'Synced' && status?.health?.status === 'Healthy'
    );
  }
  return (
    status?.observedGeneration === metadata.generation &&
    status?.conditions?.some(
      ({ type, status: state }) => type === 'Ready' && state === 'True',
    )
  );
}

/**
 * Publishes and deploys a copy of a service with git, the forge's API and the Kubernetes API
 * alone.
 *
 * @returns seconds from files that lie ready to healthy in dev
 */
export async function createByHand(world, { like, engine }) {
  const name = `${like}-hand`;
  const { service, objects } = prepare({ like, name, engine });
  const { cluster } = world;
  const dev = objects.at(-1);
  let healthyAt;
  const watch = await cluster.watch(collectionPath(dev), ({ at, object }) => {
    if (object.metadata.name === dev.metadata.name && isHealthy(object)) {
      healthyAt ??= at;
    }
  });
  try {
    const began = Date.now();
    const made = await fetch(`${urls.forge}/api/v1/orgs/${OWNER}/repos`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(ACCOUNT).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name, default_branch: 'main' }),
    });
    if (!made.ok) {
      throw new Error(`The forge made no repository: ${await made.text()}`);
    }
    git(service, 'add', '--all');
    git(service, 'commit', '--quiet', '--message', `Create ${name}`);
    git(service, 'push', '--quiet', address(`${OWNER}/${name}`), 'main');
    for (const object of objects) {
      await cluster.apply(object);
    }
    await until(() => healthyAt, {
      what: `${name} is healthy in dev`,
      timeoutMs: 120_000,
      everyMs: 50,
    });
    return (healthyAt - began) / 1000;
  } finally {
    await watch.stop();
  }
}
