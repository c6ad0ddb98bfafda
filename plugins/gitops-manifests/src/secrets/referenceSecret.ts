import { InputError } from '@backstage/errors';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LABEL_COMPONENT, LABEL_TEAM } from '@fairway/plugin-gitops-common';
import type { ManifestChange, ManifestTree } from '../edit';
import {
  addResource,
  documentsOf,
  kustomizationOf,
  reachableFrom,
  readKustomization,
} from '../edit/kustomizationFiles';
import { TreeDraft } from '../edit/TreeDraft';
import { manifestFile, type ManifestFile } from '../objects';
import {
  externalSecretObject,
  existingTraits,
  remoteReferences,
  secretStoreObject,
  storeNameIn,
  type NamedObject,
  type RemoteReference,
} from './externalSecretObjects';
import { findPlainSecrets, type PlainSecret } from './plainSecrets';
import { removePlainSecrets, type RemovedSecret } from './removePlainSecrets';
import {
  parseSecretReference,
  type SecretReference,
  type SecretReferenceInput,
} from './secretReference';

/** What becomes of a Secret. @public */
export interface ReferencedSecret {
  changes: ManifestChange[];
  /** Where each environment finds the values. */
  environments: Array<{
    name: string;
    store: string;
    references: RemoteReference[];
  }>;
  /** What was taken out of Git, without its values. */
  removed: RemovedSecret[];
  /** Whether values are in Git's history, and so have to be replaced by others. */
  mustRotate: boolean;
  /** What a reviewer has to know, in sentences. */
  notes: string[];
}

/**
 * Refers to a secret of a store instead of holding it in Git: writes the ExternalSecret, and the
 * SecretStore where one is described, names them in the kustomizations that are there, and takes
 * the plain Secret out. The Secret keeps its name and its keys, so that workloads stay as they
 * are.
 *
 * @param tree - the folder with `base` and `overlays`
 * @throws InputError when something of the input or of the tree forbids it; nothing is changed then
 *
 * @public
 */
export function referenceSecret(
  tree: ManifestTree,
  input: SecretReferenceInput,
): ReferencedSecret {
  const reference = parseSecretReference(input);
  const situation = lookAround(tree, reference);
  if (situation.plain.length > 0 && reference.creationPolicy === 'Merge') {
    throw new InputError(
      'creationPolicy: "Merge" adds to a Secret that somebody else makes, and the one in Git goes; use "Owner" or "Orphan"',
    );
  }
  const draft = new TreeDraft(tree);
  const environments = situation.environments.map(({ name, keys }) => ({
    name,
    store: storeNameIn(reference, name),
    references: remoteReferences(reference, name, keys),
  }));
  for (const file of filesOf(tree, reference, situation)) {
    put(draft, file);
    addResource(draft, file.path);
  }
  const removed = removePlainSecrets(draft, reference.name);
  return {
    changes: draft.changes(),
    environments,
    removed,
    mustRotate: removed.length > 0,
    notes: notesOf(reference, situation.plain, removed),
  };
}

interface Environment {
  name: string;
  /** Keys that the Secret has there. */
  keys: string[];
}

const FILE_PREFIXES: Record<string, string> = {
  ExternalSecret: 'external-secret',
  SecretStore: 'secret-store',
};

/** What the tree says of the Secret. */
interface Situation {
  plain: PlainSecret[];
  traits: { type?: string; immutable?: boolean };
  /** Those that have the Secret, with its keys in each. */
  environments: Environment[];
  /** Whether all environments have it. */
  everywhere: boolean;
}

function lookAround(tree: ManifestTree, reference: SecretReference): Situation {
  const overlays = overlaysOf(tree);
  const plain = findPlainSecrets(tree, reference.name);
  const present = findExternalSecrets(tree, reference.name);
  const users = overlays.map(name => {
    const reached = reachableFrom(tree, `overlays/${name}`);
    const isReached = (file: string) =>
      reached.has(file) || reached.has(path.posix.dirname(file));
    return {
      name,
      reached,
      plain: plain.filter(item => isReached(item.path)),
      present: present.filter(item => isReached(item.path)),
    };
  });
  const having = users.filter(
    user =>
      user.plain.some(item => item.form !== 'patch') || user.present.length > 0,
  );
  const chosen = chooseEnvironments(reference, users, having);
  refusePrefixes(tree, reference, chosen);
  return {
    plain,
    traits: {
      ...existingTraits(present[0]?.value),
      ...Object.assign(
        {},
        ...plain.map(({ type, immutable }) => ({
          ...(type ? { type } : {}),
          ...(immutable ? { immutable } : {}),
        })),
      ),
    },
    environments: chosen.map(user => ({
      name: user.name,
      keys: keysOf(reference, user),
    })),
    everywhere: chosen.length === users.length,
  };
}

interface User {
  name: string;
  reached: Set<string>;
  plain: PlainSecret[];
  present: Array<{ path: string; value: unknown }>;
}

function overlaysOf(tree: ManifestTree): string[] {
  const names = new Set(
    [...tree.keys()]
      .map(file => /^overlays\/([^/]+)\//.exec(file)?.[1])
      .filter((name): name is string => name !== undefined),
  );
  const overlays = [...names]
    .filter(name => kustomizationOf(tree, `overlays/${name}`))
    .sort();
  if (overlays.length === 0 || !kustomizationOf(tree, 'base')) {
    throw new InputError(
      'There is no "base" with "overlays" in the folder; name the folder of the service’s manifests',
    );
  }
  return overlays;
}

function chooseEnvironments(
  reference: SecretReference,
  users: User[],
  having: User[],
): User[] {
  const { environments } = reference;
  if (!environments) {
    return having.length > 0 ? having : users;
  }
  const unknown = environments.filter(
    name => !users.some(user => user.name === name),
  );
  if (unknown.length > 0) {
    throw new InputError(
      `There is no overlay "${unknown[0]}"; there are ${users
        .map(user => user.name)
        .join(', ')}`,
    );
  }
  const left = having.filter(user => !environments.includes(user.name));
  if (left.length > 0) {
    throw new InputError(
      `The Secret "${reference.name}" is used in ${left
        .map(user => user.name)
        .join(
          ', ',
        )}, too, and would be missing there: name every environment that has it`,
    );
  }
  return users.filter(user => environments.includes(user.name));
}

function keysOf(reference: SecretReference, user: User): string[] {
  if (reference.keys) {
    return reference.keys;
  }
  const found = [
    ...user.plain.flatMap(item => item.keys),
    ...user.present.flatMap(({ value }) => existingKeys(value)),
  ];
  if (found.length === 0) {
    throw new InputError(
      `There is no Secret "${reference.name}" in ${user.name} whose keys could be taken; name the keys that it is to have`,
    );
  }
  return [...new Set(found)];
}

function existingKeys(value: unknown): string[] {
  const data = (value as { spec?: { data?: unknown } }).spec?.data;
  return Array.isArray(data) ? data.map(item => String(item?.secretKey)) : [];
}

function findExternalSecrets(tree: ManifestTree, name: string) {
  return [...tree]
    .filter(([file]) => /\.ya?ml$/.test(file))
    .flatMap(([file, text]) =>
      documentsOf(text)
        .filter(value => isExternalSecretNamed(value, name))
        .map(value => ({ path: file, value })),
    );
}

function isExternalSecretNamed(value: unknown, name: string): boolean {
  const object = value as Partial<{
    kind: string;
    metadata: { name?: string };
    spec: { target?: { name?: string } };
  }> | null;
  return (
    object?.kind === 'ExternalSecret' &&
    (object.spec?.target?.name ?? object.metadata?.name) === name
  );
}

/** kustomize would rename the store, and not know that the ExternalSecret names it. */
function refusePrefixes(
  tree: ManifestTree,
  reference: SecretReference,
  users: User[],
): void {
  if (reference.store.kind === 'ClusterSecretStore') {
    return;
  }
  for (const { reached } of users) {
    for (const file of reached) {
      const { namePrefix, nameSuffix } = readKustomization(tree, file);
      if (namePrefix || nameSuffix) {
        throw new InputError(
          `${file} changes the names of objects by "namePrefix" or "nameSuffix", and an ExternalSecret would not find its SecretStore; use a ClusterSecretStore`,
        );
      }
    }
  }
}

/** Labels that the kustomization of a folder does not give by itself. */
function missingLabels(
  tree: ManifestTree,
  folder: string,
  reference: SecretReference,
): Record<string, string> {
  const { labels = [], commonLabels = {} } = readKustomization(
    tree,
    kustomizationOf(tree, folder)!,
  );
  const given = JSON.stringify([labels, commonLabels]);
  const wanted: Record<string, string> = {
    [LABEL_COMPONENT]: reference.service,
    ...(reference.team ? { [LABEL_TEAM]: reference.team } : {}),
  };
  return Object.fromEntries(
    Object.entries(wanted).filter(
      ([label]) => !given.includes(`${JSON.stringify(label)}:`),
    ),
  );
}

/** What is the same for every environment goes into the base. */
function filesOf(
  tree: ManifestTree,
  reference: SecretReference,
  { environments, everywhere, traits }: Situation,
): ManifestFile[] {
  const write = (render: (environment: Environment) => NamedObject) => {
    const objects = environments.map(render);
    const isSame =
      everywhere &&
      objects.every(object => isDeepStrictEqual(object, objects[0]));
    const places = isSame
      ? [{ folder: 'base', object: objects[0] }]
      : objects.map((object, index) => ({
          folder: `overlays/${environments[index].name}`,
          object,
        }));
    return places.map(({ folder, object }) => {
      const labels = missingLabels(tree, folder, reference);
      const name = `${FILE_PREFIXES[object.kind]}-${object.metadata.name}`;
      return manifestFile(`${folder}/${name}.yaml`, {
        ...object,
        metadata: {
          ...object.metadata,
          ...(Object.keys(labels).length > 0 ? { labels } : {}),
        },
      });
    });
  };
  return [
    ...(reference.store.provider
      ? write(({ name }) => secretStoreObject(reference, name))
      : []),
    ...write(environment =>
      externalSecretObject(reference, environment, traits),
    ),
  ];
}

/** Writes a file, or finds that it says the same already. */
function put(draft: TreeDraft, file: ManifestFile): void {
  const [wanted] = documentsOf(file.content) as Array<{
    kind: string;
    metadata: { name: string };
  }>;
  const folder = path.posix.dirname(file.path);
  for (const [other, text] of draft.tree) {
    if (!/\.ya?ml$/.test(other)) {
      continue;
    }
    const known = documentsOf(text).find(value => {
      const object = value as Partial<typeof wanted> | null;
      return (
        object?.kind === wanted.kind &&
        object.metadata?.name === wanted.metadata.name
      );
    });
    if (known === undefined || !meet(folder, path.posix.dirname(other))) {
      continue;
    }
    if (other !== file.path || !isDeepStrictEqual(known, wanted)) {
      throw new InputError(
        `${other} has the ${wanted.kind} "${wanted.metadata.name}" already, and says something else; change it there`,
      );
    }
    return;
  }
  draft.set(file.path, file.content);
}

/** Whether objects of two folders are built together; two overlays never are. */
function meet(folder: string, other: string): boolean {
  const isOverlay = (name: string) => name.startsWith('overlays/');
  return !isOverlay(folder) || !isOverlay(other) || folder === other;
}

function notesOf(
  reference: SecretReference,
  plain: PlainSecret[],
  removed: RemovedSecret[],
): string[] {
  const notes: string[] = [];
  if (removed.length > 0) {
    notes.push(
      `The values of "${reference.name}" stay in Git's history, where everybody who can read the repository finds them: put new values into the store, and revoke the old ones.`,
      `The engine deletes the old Secret when it prunes, and External Secrets writes it again at once; where the engine does not prune, it reports the old Secret as no longer in Git until a sync with prune.`,
    );
  }
  const lost = plain
    .flatMap(item => item.keys)
    .filter(key => reference.keys && !reference.keys.includes(key));
  if (lost.length > 0) {
    notes.push(
      `The Secret in Git also has ${[...new Set(lost)]
        .map(key => `"${key}"`)
        .join(', ')}, which the new one lacks, as you asked.`,
    );
  }
  if (plain.some(item => item.hashed)) {
    notes.push(
      `The name of the Secret loses the hash that kustomize put behind it: pods restart once, and no longer by themselves when a value changes.`,
    );
  }
  return notes;
}
