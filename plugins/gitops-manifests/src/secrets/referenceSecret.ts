import { InputError } from '@backstage/errors';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LABEL_COMPONENT, LABEL_TEAM } from '@fairway/plugin-gitops-common';
import type { ManifestChange, ManifestTree } from '../edit';
import {
  addResource,
  documentsOf,
  kustomizationOf,
  readKustomization,
} from '../edit/kustomizationFiles';
import { TreeDraft } from '../edit/TreeDraft';
import { manifestFile, type ManifestFile } from '../objects';
import {
  externalSecretObject,
  remoteReferences,
  secretStoreObject,
  storeNameIn,
  type NamedObject,
  type RemoteReference,
} from './externalSecretObjects';
import type { PlainSecret } from './plainSecrets';
import { removePlainSecrets, type RemovedSecret } from './removePlainSecrets';
import {
  lookAround,
  type Environment,
  type Situation,
} from './secretSituation';
import { ENVIRONMENT_PLACE } from './secretStores';
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

const FILE_PREFIXES: Record<string, string> = {
  ExternalSecret: 'external-secret',
  SecretStore: 'secret-store',
};

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
  const write = (
    render: (environment: Environment) => NamedObject,
    described: unknown,
  ) => {
    const objects = environments.map(render);
    const isSame =
      everywhere &&
      // The next environment will be another one, even if there is only one today.
      !JSON.stringify(described).includes(ENVIRONMENT_PLACE) &&
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
  const { store, remoteKey } = reference;
  return [
    ...(store.provider
      ? write(({ name }) => secretStoreObject(reference, name), store)
      : []),
    ...write(
      environment => externalSecretObject(reference, environment, traits),
      [store.name, remoteKey],
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
    if (!/\.ya?ml$/.test(other) || !text.includes(wanted.metadata.name)) {
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
