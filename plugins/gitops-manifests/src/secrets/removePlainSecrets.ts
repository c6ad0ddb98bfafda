import { InputError } from '@backstage/errors';
import path from 'node:path';
import { YamlText } from '../edit';
import {
  documentsOf,
  isKustomization,
  pathsIn,
  readKustomization,
} from '../edit/kustomizationFiles';
import { removeDocuments } from '../edit/removeDocument';
import type { TreeDraft } from '../edit/TreeDraft';
import {
  findPlainSecrets,
  generatorFiles,
  isListWithSecret,
  isSecretNamed,
  patchesSecret,
} from './plainSecrets';

/** What was taken out of a tree, without a word of what it said. */
export interface RemovedSecret {
  path: string;
  what: 'file' | 'document' | 'generator' | 'patch';
}

/**
 * Takes a Secret out of a tree: its manifest, what generates it, what patches it, and the files
 * that only those read.
 *
 * @throws InputError when it is used in a way that cannot be taken out
 */
export function removePlainSecrets(
  draft: TreeDraft,
  name: string,
): RemovedSecret[] {
  const before = draft.tree.keys();
  const kustomizations = [...before].filter(isKustomization).sort();
  for (const file of kustomizations) {
    refuseReplacements(draft, file, name);
  }
  const removed: RemovedSecret[] = [];
  const emptied = removeManifests(draft, name, removed);
  for (const file of kustomizations) {
    removePatches(draft, file, name, removed);
    removeReferences(draft, file, emptied);
    removeGenerators(draft, file, name, removed);
  }
  const left = findPlainSecrets(draft.tree, name);
  if (left.length > 0) {
    throw new InputError(
      `The Secret "${name}" cannot be taken out of ${left[0].path}; change it by hand`,
    );
  }
  return removed;
}

function refuseReplacements(
  draft: TreeDraft,
  file: string,
  name: string,
): void {
  const { replacements, vars } = readKustomization(draft.tree, file);
  for (const field of [replacements, vars]) {
    // Whatever shape they have: what names the Secret reads a value of it.
    const text = JSON.stringify(field ?? []);
    if (text.includes('"Secret"') && text.includes(JSON.stringify(name))) {
      throw new InputError(
        `${file} copies values of the Secret "${name}" into other objects by "replacements" or "vars". No value is in Git any more when the Secret is external: take that out first`,
      );
    }
  }
}

function removeManifests(
  draft: TreeDraft,
  name: string,
  removed: RemovedSecret[],
): Set<string> {
  const emptied = new Set<string>();
  for (const file of [...draft.tree.keys()].sort()) {
    if (!/\.ya?ml$/.test(file) || isKustomization(file)) {
      continue;
    }
    const text = draft.get(file)!;
    const documents = documentsOf(text);
    if (documents.some(isListWithSecret(name))) {
      throw new InputError(
        `The Secret "${name}" stands in a List of ${file}; give it a document of its own first`,
      );
    }
    if (documents.some(isSecretNamed(name))) {
      const rest = removeDocuments(text, isSecretNamed(name));
      draft.set(file, rest);
      if (rest === undefined) {
        emptied.add(file);
      }
      removed.push({
        path: file,
        what: rest === undefined ? 'file' : 'document',
      });
    }
  }
  return emptied;
}

/** Takes entries out of a list of a kustomization, and the list itself when nothing is left. */
function removeEntries(
  draft: TreeDraft,
  file: string,
  field: string,
  where: (entry: unknown) => boolean,
): unknown[] {
  const yaml = YamlText.parse(draft.get(file)!, { name: file });
  const list = yaml.get([field]);
  if (!Array.isArray(list)) {
    return [];
  }
  const taken = list.filter(where);
  if (taken.length === 0) {
    return [];
  }
  if (taken.length === list.length) {
    yaml.delete([field]);
  } else {
    for (const index of [...list.keys()].reverse()) {
      if (where(list[index])) {
        yaml.delete([field, index]);
      }
    }
  }
  draft.set(file, yaml.toString());
  return taken;
}

function removePatches(
  draft: TreeDraft,
  file: string,
  name: string,
  removed: RemovedSecret[],
): void {
  const folder = path.posix.dirname(file);
  for (const field of ['patches', 'patchesStrategicMerge']) {
    const taken = removeEntries(draft, file, field, entry =>
      patchesSecret(entry, name),
    );
    for (const entry of taken) {
      removed.push({ path: file, what: 'patch' });
      const patch = (entry as { path?: unknown }).path;
      if (typeof patch === 'string') {
        removeUnused(draft, path.posix.join(folder, patch));
      }
    }
  }
}

/** What names a file that is gone. */
function removeReferences(
  draft: TreeDraft,
  file: string,
  emptied: Set<string>,
): void {
  const folder = path.posix.dirname(file);
  const isGone = (entry: unknown) =>
    typeof entry === 'string' && emptied.has(path.posix.join(folder, entry));
  removeEntries(draft, file, 'resources', isGone);
  removeEntries(draft, file, 'patchesStrategicMerge', isGone);
  removeEntries(draft, file, 'patches', entry =>
    isGone((entry as { path?: unknown } | null)?.path),
  );
}

function removeGenerators(
  draft: TreeDraft,
  file: string,
  name: string,
  removed: RemovedSecret[],
): void {
  const taken = removeEntries(
    draft,
    file,
    'secretGenerator',
    entry => (entry as { name?: unknown } | null)?.name === name,
  );
  for (const entry of taken) {
    removed.push({ path: file, what: 'generator' });
    const files = generatorFiles(
      path.posix.dirname(file),
      entry as Record<string, unknown>,
    );
    for (const source of files) {
      if (removeUnused(draft, source)) {
        removed.push({ path: source, what: 'file' });
      }
    }
  }
}

/** Deletes a file unless a kustomization still names it. */
function removeUnused(draft: TreeDraft, file: string): boolean {
  if (draft.get(file) === undefined || isStillNamed(draft, file)) {
    return false;
  }
  draft.set(file, undefined);
  return true;
}

function isStillNamed(draft: TreeDraft, file: string): boolean {
  return [...draft.tree.keys()].filter(isKustomization).some(kustomization => {
    const folder = path.posix.dirname(kustomization);
    const value = readKustomization(draft.tree, kustomization);
    const generators = [
      value.secretGenerator,
      value.configMapGenerator,
    ].flatMap(list => (Array.isArray(list) ? list : []));
    const patches = Array.isArray(value.patches) ? value.patches : [];
    return [
      ...pathsIn(value, 'resources').map(item => path.posix.join(folder, item)),
      ...generators.flatMap(entry => generatorFiles(folder, entry ?? {})),
      ...patches.map(entry =>
        path.posix.join(folder, String(entry?.path ?? '.')),
      ),
    ].includes(file);
  });
}
