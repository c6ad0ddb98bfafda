import { InputError } from '@backstage/errors';
import path from 'node:path';
import type { ManifestTree } from '../edit';
import {
  documentsOf,
  kustomizationOf,
  reachableFrom,
  readKustomization,
} from '../edit/kustomizationFiles';
import { existingTraits } from './externalSecretObjects';
import {
  findPlainSecrets,
  type PlainSecret,
  type SecretTraits,
} from './plainSecrets';
import type { SecretReference } from './secretReference';

/** An environment that is to have the Secret. */
export interface Environment {
  name: string;
  /** Keys that the Secret has there. */
  keys: string[];
}

/** What the tree says of the Secret. */
export interface Situation {
  plain: PlainSecret[];
  traits: SecretTraits;
  /** Those that have the Secret, with its keys in each. */
  environments: Environment[];
  /** Whether all environments have it. */
  everywhere: boolean;
}

/** Looks for the Secret, and for who has it. */
export function lookAround(
  tree: ManifestTree,
  reference: SecretReference,
): Situation {
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
