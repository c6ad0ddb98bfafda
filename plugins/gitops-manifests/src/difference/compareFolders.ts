import { InputError } from '@backstage/errors';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import {
  buildKustomization,
  type BuildKustomizationOptions,
  type RenderedObject,
} from '../kustomize';
import { compareObjects } from './compareObjects';
import type { EnvironmentDifference } from './renderDifference';

/** What a folder renders to before and after a change. @public */
export interface FolderComparison extends EnvironmentDifference {
  /** Folder that was built, below the one that was compared; empty for that one itself. */
  path: string;
}

const KUSTOMIZATION = /^(kustomization\.ya?ml|Kustomization)$/;
const MANIFEST = /\.ya?ml$/;
const MOST_FOLDERS = 10_000;

/**
 * Renders every overlay below a folder as it was and as it is, and compares the objects. A folder
 * without overlays is rendered by its kustomizations that no other one names; one without any by
 * reading its manifests.
 *
 * @param before - absolute path of the folder as it was; undefined or missing when it is new
 * @param after - absolute path of the folder as it is; missing when it was deleted
 * @throws InputError when what it is now does not build. What did not build before is a note.
 *
 * @public
 */
export async function compareFolders(
  before: string | undefined,
  after: string,
  options: BuildKustomizationOptions = {},
): Promise<FolderComparison[]> {
  const earlier = before ? await unitsOf(before) : [];
  const later = await unitsOf(after);
  const paths = [...new Set([...earlier, ...later])].sort();
  const comparisons: FolderComparison[] = [];
  // One after the other: a build saturates a core, and the backend has other work.
  for (const unit of paths) {
    const now = later.includes(unit)
      ? await render(path.join(after, unit), options)
      : [];
    let was: RenderedObject[] = [];
    let note: string | undefined;
    try {
      was = earlier.includes(unit)
        ? await render(path.join(before!, unit), options)
        : [];
    } catch (error) {
      if ((error as Error).name !== 'InputError') {
        throw error;
      }
      note = `It did not build before this change, so everything counts as added: ${
        (error as Error).message
      }`;
    }
    comparisons.push({
      path: unit,
      name: nameOf(unit, paths, after),
      difference: compareObjects(was, now),
      ...(note ? { note } : {}),
    });
  }
  return comparisons;
}

/** The last part where that tells them apart. */
function nameOf(unit: string, all: string[], root: string): string {
  const name = unit ? path.posix.basename(unit) : path.basename(root);
  const isUnique =
    all.filter(one => path.posix.basename(one) === name).length <= 1;
  return isUnique ? name : unit;
}

/** The folders that are rendered, relative and with slashes. */
async function unitsOf(root: string): Promise<string[]> {
  const folders = new Map<string, string[]>();
  await collect(root, '', folders);
  const kustomizations = [...folders]
    .filter(([, files]) => files.some(file => KUSTOMIZATION.test(file)))
    .map(([folder]) => folder);
  const overlays = kustomizations.filter(
    folder =>
      path.basename(path.dirname(path.join(root, folder))) === 'overlays',
  );
  if (overlays.length > 0) {
    return overlays;
  }
  if (kustomizations.length > 0) {
    return leavesOf(root, kustomizations, folders);
  }
  const hasManifests = [...folders.values()]
    .flat()
    .some(file => MANIFEST.test(file));
  return hasManifests ? [''] : [];
}

async function collect(
  root: string,
  folder: string,
  found: Map<string, string[]>,
): Promise<void> {
  if (found.size >= MOST_FOLDERS) {
    throw new InputError(
      `There are more than ${MOST_FOLDERS} folders to compare; name one further down`,
    );
  }
  const entries = await readdir(path.join(root, folder), {
    withFileTypes: true,
  }).catch(() => []);
  found.set(
    folder,
    entries.filter(entry => entry.isFile()).map(entry => entry.name),
  );
  for (const entry of entries) {
    if (entry.isDirectory() && entry.name !== '.git') {
      await collect(root, path.posix.join(folder, entry.name), found);
    }
  }
}

/** Kustomizations that no other one builds on. */
async function leavesOf(
  root: string,
  kustomizations: string[],
  folders: Map<string, string[]>,
): Promise<string[]> {
  const named = new Set<string>();
  for (const folder of kustomizations) {
    const file = folders.get(folder)!.find(name => KUSTOMIZATION.test(name))!;
    // What is no YAML is said when it is built.
    const [first] = await documentsOf(path.join(root, folder, file)).catch(
      () => [],
    );
    const { resources, bases, components } = (first ?? {}) as Record<
      string,
      unknown
    >;
    for (const one of [resources, bases, components].flat()) {
      if (typeof one === 'string') {
        named.add(path.posix.join(folder, one).replace(/\/$/, ''));
      }
    }
  }
  return kustomizations.filter(folder => !named.has(folder || '.'));
}

async function render(
  folder: string,
  options: BuildKustomizationOptions,
): Promise<RenderedObject[]> {
  const files = await readdir(folder);
  if (files.some(file => KUSTOMIZATION.test(file))) {
    return buildKustomization(folder, options);
  }
  const found = new Map<string, string[]>();
  await collect(folder, '', found);
  const objects: RenderedObject[] = [];
  for (const [below, names] of found) {
    for (const name of names.filter(one => MANIFEST.test(one))) {
      const documents = await documentsOf(path.join(folder, below, name));
      objects.push(...documents.filter(isObject));
    }
  }
  return objects;
}

async function documentsOf(file: string): Promise<unknown[]> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'));
  return documents.map(document => {
    if (document.errors.length > 0) {
      throw new InputError(
        // The rest of the message shows the lines themselves, which may be those of a Secret.
        `${path.basename(file)} is no valid YAML: ${
          document.errors[0].message.split('\n')[0]
        }`,
      );
    }
    return document.toJS() as unknown;
  });
}

function isObject(value: unknown): value is RenderedObject {
  const { apiVersion, kind } = (value ?? {}) as Partial<RenderedObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string';
}
