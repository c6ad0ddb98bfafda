import { join } from 'node:path';
import type { Person, PlaygroundForge } from '../forge';
import { git, Lock } from '../forge';
import type { Controller, PushEvent } from '../types';
import { ImageRegistry } from './ImageRegistry';
import { imageTag } from './imageTag';
import { setKustomizationTag, setValuesTag } from './setImageTag';

/** Whose name CI's commits carry. */
export const ciBot: Person = {
  name: 'ci-bot',
  email: 'ci-bot@playground.example',
};

const OVERLAY = 'deploy/overlays/dev/kustomization.yaml';
const VALUES = 'deploy/values/dev.yaml';
const ZERO = '0'.repeat(40);
const ATTEMPTS = 5;

/**
 * The stand-in for CI: a push to `main` that touches more than `deploy/` becomes an image tag
 * in the dev overlay. The images it "built" are kept in `<directory>/images.json`, by
 * `image:tag` with the commit each was built from.
 *
 * A repository without a dev overlay is not a service and is left alone.
 */
export function createCi(options: {
  forge: PlaygroundForge;
  directory: string;
  log?: (line: string) => void;
}): Controller {
  const { forge } = options;
  const images = new ImageRegistry(join(options.directory, 'images.json'));
  const lock = new Lock();
  const log = options.log ?? (line => process.stderr.write(`${line}\n`));
  let stopped = true;
  let unsubscribe = () => {};
  let running: Promise<unknown> = Promise.resolve();

  const pushed = (event: PushEvent) => {
    if (event.branch !== 'main' || event.after === ZERO) return;
    const name = `${event.owner}/${event.repository}`;
    const build = lock
      .run(name, async () => {
        if (!stopped) await run({ forge, images, event });
      })
      .catch(error => log(`ci: the build of ${name} failed: ${error.message}`));
    running = Promise.all([running, build]);
  };

  return {
    name: 'ci',
    start() {
      stopped = false;
      unsubscribe = forge.onPush(pushed);
    },
    async stop() {
      stopped = true;
      unsubscribe();
      await running;
    },
  };
}

interface Run {
  forge: PlaygroundForge;
  images: ImageRegistry;
  event: PushEvent;
}

async function run({ forge, images, event }: Run): Promise<void> {
  const { owner, repository } = event;
  const directory = forge.gitDirectory(`${forge.url}/${owner}/${repository}`);
  if (!directory || !(await touchesSource(directory, event))) return;
  for (let attempt = 1; ; attempt += 1) {
    // The newest commit is built, not the pushed one: of several pushes, one build.
    const tip = await newest(directory);
    const built = tip && (await sourceRevision(directory, tip));
    const change = built && (await dev(directory, { tip, built }));
    if (!change) return;
    try {
      images.add(`${change.image}:${change.tag}`, built);
      await images.save();
      await forge.commit({
        owner,
        repository,
        branch: 'main',
        expected: tip,
        author: ciBot,
        message: `deploy(dev): ${change.image}:${change.tag}`,
        files: change.files,
      });
      return;
    } catch (error) {
      const moved = error instanceof Error && error.name === 'ConflictError';
      if (!moved || attempt === ATTEMPTS) throw error;
    }
  }
}

async function newest(directory: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', 'refs/heads/main'];
  const out = await git(directory, args, { accept: [1] });
  return out.trim() || undefined;
}

/** Whether a push changed anything that goes into the image. */
async function touchesSource(directory: string, event: PushEvent) {
  const { before, after } = event;
  const args =
    before === ZERO
      ? ['ls-tree', '-r', '--name-only', '-z', after]
      : ['diff', '--name-only', '--no-renames', '-z', before, after];
  const files = (await git(directory, args)).split('\0').filter(Boolean);
  return files.some(file => !file.startsWith('deploy/'));
}

/** The newest commit of main, by first parents, that is in the image: not one of ours. */
async function sourceRevision(directory: string, tip: string): Promise<string> {
  const out = await git(directory, [
    'log',
    '--first-parent',
    '--max-count=1',
    '--format=%H',
    tip,
    '--',
    '.',
    ':(exclude)deploy',
  ]);
  return out.trim();
}

async function dev(
  directory: string,
  commit: { tip: string; built: string },
): Promise<
  | {
      image: string;
      tag: string;
      files: Array<{ path: string; content: string }>;
    }
  | undefined
> {
  const read = async (path: string) => {
    const args = ['ls-tree', '--name-only', commit.tip, '--', path];
    if (!(await git(directory, args)).trim()) return undefined;
    return git(directory, ['cat-file', 'blob', `${commit.tip}:${path}`]);
  };
  const overlay = await read(OVERLAY);
  if (overlay === undefined) return undefined;
  const count = ['rev-list', '--count', '--first-parent', commit.built];
  const tag = imageTag({
    version: await read('VERSION'),
    run: Number(await git(directory, count)),
    revision: commit.built,
    broken: (await read('BROKEN')) !== undefined,
  });
  const set = setKustomizationTag(overlay, tag);
  if (!set || set.text === overlay) return undefined;
  const files = [{ path: OVERLAY, content: set.text }];
  const values = await read(VALUES);
  const text = values === undefined ? undefined : setValuesTag(values, tag);
  if (text !== undefined) files.push({ path: VALUES, content: text });
  return { image: set.image, tag, files };
}
