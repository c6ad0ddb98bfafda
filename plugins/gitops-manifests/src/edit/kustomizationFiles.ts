import { InputError } from '@backstage/errors';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ManifestTree } from './ManifestTree';
import type { TreeDraft } from './TreeDraft';
import { YamlText } from './YamlText';

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** What a kustomization says, as far as files of it are looked for. */
export type Kustomization = Record<string, unknown>;

/** Whether a file is one that kustomize starts at. */
export function isKustomization(file: string): boolean {
  return FILE_NAMES.includes(path.posix.basename(file));
}

/** The kustomization of a folder; undefined when it has none. */
export function kustomizationOf(
  tree: ManifestTree,
  folder: string,
): string | undefined {
  return FILE_NAMES.map(name => path.posix.join(folder, name)).find(file =>
    tree.has(file),
  );
}

/** The documents of a YAML file; none of what is no YAML, for example a template of a chart. */
export function documentsOf(text: string): unknown[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents) || documents.some(d => d.errors.length > 0)) {
    return [];
  }
  try {
    return documents.map(document => document.toJS());
  } catch {
    // An alias that leads nowhere, or to too much.
    return [];
  }
}

/** What a kustomization says; empty when it is no YAML. */
export function readKustomization(
  tree: ManifestTree,
  file: string,
): Kustomization {
  const [value] = documentsOf(tree.get(file) ?? '');
  return typeof value === 'object' && value !== null
    ? (value as Kustomization)
    : {};
}

/** The strings of a list of a kustomization. */
export function pathsIn(kustomization: Kustomization, field: string): string[] {
  const list = kustomization[field];
  return Array.isArray(list)
    ? list.filter((item): item is string => typeof item === 'string')
    : [];
}

/** Folders and files of the tree that a kustomization builds from, its own file included. */
export function reachableFrom(tree: ManifestTree, folder: string): Set<string> {
  const seen = new Set<string>();
  const visit = (place: string) => {
    if (seen.has(place)) {
      return;
    }
    seen.add(place);
    const file = kustomizationOf(tree, place);
    if (!file) {
      return;
    }
    seen.add(file);
    const kustomization = readKustomization(tree, file);
    for (const field of ['resources', 'bases', 'components']) {
      for (const entry of pathsIn(kustomization, field)) {
        visit(path.posix.join(place, entry).replace(/\/$/, ''));
      }
    }
  };
  visit(folder);
  return seen;
}

/**
 * Names a file in the `resources` of a kustomization, once.
 *
 * @param folder - of the kustomization; default the one of the file
 */
export function addResource(
  draft: TreeDraft,
  file: string,
  folder: string = path.posix.dirname(file),
): void {
  const kustomization = kustomizationOf(draft.tree, folder);
  const entry = path.posix.relative(folder, file);
  if (!kustomization) {
    throw new InputError(
      `There is no kustomization in "${folder}" that could name "${entry}"`,
    );
  }
  const yaml = YamlText.parse(draft.get(kustomization)!, {
    name: kustomization,
  });
  const resources = yaml.get(['resources']) ?? [];
  if (!Array.isArray(resources)) {
    throw new InputError(`"resources" of ${kustomization} is no list`);
  }
  const isThere = resources.some(
    item => typeof item === 'string' && path.posix.join(folder, item) === file,
  );
  if (!isThere) {
    yaml.set(['resources', resources.length], entry);
    draft.set(kustomization, yaml.toString());
  }
}
