import { InputError } from '@backstage/errors';
import { posix } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ManifestTree } from '../edit';
import { kustomizationOf } from '../edit/kustomizationFiles';
import type { ManifestObject } from '../objects';

/** An object of a tree, as far as it can be known without building it. */
export type TreeObject = ManifestObject & {
  // What manifests hold is looked at with care, one field at a time.
  spec?: Record<string, unknown>;
};

/** A kustomization deeper than this refers to itself. */
const DEEPEST = 20;

/** What a kustomization says. */
type Kustomization = Record<string, unknown>;

/**
 * The kustomization of a folder.
 *
 * @throws InputError when there is none
 */
export function kustomizationFile(tree: ManifestTree, folder: string): string {
  const found = kustomizationOf(tree, folder);
  if (!found) {
    throw new InputError(
      `There is no overlay "${folder}": it has no kustomization.yaml`,
    );
  }
  return found;
}

/**
 * The objects that a folder builds to, with the replicas that it gives them: those of files and
 * folders of the tree. What is fetched from elsewhere is not seen.
 */
export function overlayObjects(
  tree: ManifestTree,
  folder: string,
  depth = 0,
): TreeObject[] {
  if (depth > DEEPEST) {
    throw new InputError(`"${folder}" refers to itself; correct its resources`);
  }
  const file = kustomizationFile(tree, folder);
  const [kustomization] = readDocuments(tree, file) as Kustomization[];
  const objects: TreeObject[] = [];
  for (const field of ['resources', 'bases', 'components']) {
    for (const entry of strings(kustomization?.[field])) {
      const target = posix.join(folder, entry);
      if (tree.has(target)) {
        objects.push(...readDocuments(tree, target).filter(isObject));
      } else if (kustomizationOf(tree, target)) {
        objects.push(...overlayObjects(tree, target, depth + 1));
      }
    }
  }
  return withReplicas(objects, { tree, folder, kustomization });
}

/** Patches come before the field "replicas", as kustomize has it. */
function withReplicas(
  objects: TreeObject[],
  place: { tree: ManifestTree; folder: string; kustomization: Kustomization },
): TreeObject[] {
  const patches = patchesOf(place);
  const counts = items(place.kustomization?.replicas);
  return objects.map(object => {
    const name = object.metadata?.name;
    const patched = patches.filter(
      patch => patch.kind === object.kind && patch.metadata?.name === name,
    );
    const replicas = [
      ...patched.map(patch => patch.spec?.replicas),
      ...(isScaled(object)
        ? counts.filter(item => item.name === name).map(item => item.count)
        : []),
    ].filter(count => typeof count === 'number');
    return replicas.length === 0
      ? object
      : {
          ...object,
          spec: { ...object.spec, replicas: replicas[replicas.length - 1] },
        };
  });
}

function isScaled({ kind }: TreeObject): boolean {
  return ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(kind);
}

/** The patches that are pieces of objects. */
function patchesOf(place: {
  tree: ManifestTree;
  folder: string;
  kustomization: Kustomization;
}): TreeObject[] {
  const { tree, folder, kustomization } = place;
  const inFile = (file: string) => {
    const target = posix.join(folder, file);
    return tree.has(target) ? readDocuments(tree, target) : [];
  };
  const listed = items(kustomization?.patches).flatMap(item => {
    if (typeof item.patch === 'string') {
      return documentsOf(item.patch) ?? [];
    }
    return typeof item.path === 'string' ? inFile(item.path) : [];
  });
  const older = strings(kustomization?.patchesStrategicMerge).flatMap(inFile);
  return [...older, ...listed].filter(isObject);
}

function readDocuments(tree: ManifestTree, file: string): unknown[] {
  const documents = documentsOf(tree.get(file) ?? '');
  if (!documents) {
    throw new InputError(`${file} is no valid YAML; correct it first`);
  }
  return documents;
}

function documentsOf(text: string): unknown[] | undefined {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) {
    return [];
  }
  return documents.some(document => document.errors.length > 0)
    ? undefined
    : documents.map(document => document.toJS() as unknown);
}

function isObject(value: unknown): value is TreeObject {
  const object = value as Partial<TreeObject> | null;
  return (
    typeof object?.kind === 'string' && typeof object.apiVersion === 'string'
  );
}

/** The maps of a list. */
export function items(value: unknown): Array<Record<string, unknown>> {
  return Array.isArray(value)
    ? value.filter(item => typeof item === 'object' && item !== null)
    : [];
}

export function strings(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : [];
}

/** What stands at a path of keys. */
export function at(value: unknown, ...keys: Array<string | number>): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}
