import { InputError } from '@backstage/errors';
import path from 'node:path';
import { z } from 'zod';
import { YamlText, type ManifestChange, type ManifestTree } from '../edit';
import { dnsLabel } from '../model/rules';
import { documentsOf, kustomizationOf } from '../edit/kustomizationFiles';
import {
  filesBelow,
  openKustomization,
  overlayRef,
  valueOf,
} from './kustomizations';
import { parseInput } from '../model/parseInput';
import { renameEnvironment, type Renaming } from './renameEnvironment';

const overlaySchema = z
  .strictObject({
    /** The environment that is copied. */
    from: overlayRef,
    environment: dnsLabel(20).refine(
      name => !['base', 'preview'].includes(name),
      'not one of base, preview, which have their own folder',
    ),
    namespace: dnsLabel().optional(),
    replicas: z.number().int().min(0).max(100).optional(),
  })
  .refine(({ from, environment }) => from.environment !== environment, {
    path: ['environment'],
    message: 'another environment than the one that is copied',
  });

/** An environment that a service gets, after the example of one that it has. @public */
export type OverlayInput = z.input<typeof overlaySchema>;

/** @public */
export interface AddedOverlay {
  /** Folder of the overlay. */
  folder: string;
  /** Namespace that it deploys to. */
  namespace: string;
  changes: ManifestChange[];
  /** What names the environment, and was renamed: to be looked at before the merge. */
  renamings: Renaming[];
}

/**
 * A new overlay, as a copy of a sibling with the other environment's name, namespace and replicas.
 *
 * @returns no changes when the overlay is there already, just like this.
 * @throws InputError for input that breaks a rule, a sibling that does not exist or that holds
 * what only its own environment can decrypt, an overlay that exists and says something else, and a
 * namespace that would be shared with the sibling.
 *
 * @public
 */
export function addOverlay(
  tree: ManifestTree,
  input: OverlayInput,
): AddedOverlay {
  const parsed = parseInput(
    overlaySchema,
    input,
    'The environment cannot be added',
  );
  const { environment } = parsed;
  const { environment: from, folder: sibling } = parsed.from;
  const folder = path.posix.join(path.posix.dirname(sibling), environment);
  const fromNamespace = valueOf(openKustomization(tree, sibling)).namespace;
  const toNamespace =
    parsed.namespace ?? namespaceFor(fromNamespace, { from, environment });
  if (toNamespace === fromNamespace) {
    throw new InputError(
      `The namespace "${toNamespace}" is that of ${from}; give the new environment another`,
    );
  }
  refuseEncrypted(tree, sibling);
  const names = { from, to: environment, fromNamespace, toNamespace };
  const { files, renamings } = renameEnvironment(tree, sibling, names);
  const copy = new Map(
    [...files].map(([file, text]) => [`${folder}/${file}`, text]),
  );
  const file = kustomizationOf(copy, folder)!;
  const yaml = YamlText.parse(copy.get(file)!, { name: file });
  yaml.set(['namespace'], toNamespace);
  setReplicas(yaml, parsed.replicas);
  copy.set(file, yaml.toString());

  const there = filesBelow(tree, folder);
  if (there.size > 0) {
    const isSame =
      there.size === copy.size &&
      [...copy].every(([name, text]) => tree.get(name) === text);
    if (!isSame) {
      throw new InputError(
        `There is an overlay "${folder}" already, and it says something else; change it by a pull request of its own, or remove it first`,
      );
    }
    return { folder, namespace: toNamespace, changes: [], renamings };
  }
  const changes = [...copy].map(([name, content]) => ({
    path: name,
    content,
  }));
  return { folder, namespace: toNamespace, changes, renamings };
}

function namespaceFor(
  sibling: string | undefined,
  { from, environment }: { from: string; environment: string },
): string {
  const namespace = sibling?.replace(
    new RegExp(`(^|-)${from}(?=-|$)`),
    `$1${environment}`,
  );
  if (!namespace || namespace === sibling) {
    throw new InputError(
      `The namespace of ${from}${
        sibling ? `, "${sibling}",` : ' is not set, and'
      } does not tell what that of ${environment} is called; name it`,
    );
  }
  return namespace;
}

function setReplicas(yaml: YamlText, count: number | undefined): void {
  const replicas = yaml.get(['replicas']);
  if (count === undefined) {
    return;
  }
  if (!Array.isArray(replicas) || replicas.length !== 1) {
    throw new InputError(
      `The number of replicas cannot be chosen here: the overlay that is copied sets it for ${
        Array.isArray(replicas) ? replicas.length : 'no'
      } workloads. Leave it out, and change it in the pull request`,
    );
  }
  yaml.set(['replicas', 0, 'count'], count);
}

/** A copy of such a value could be read by nobody. */
function refuseEncrypted(tree: ManifestTree, folder: string): void {
  for (const [file, text] of filesBelow(tree, folder)) {
    for (const value of documentsOf(text)) {
      const object = value as Record<string, unknown> | null;
      if (object?.kind === 'SealedSecret' || object?.sops !== undefined) {
        throw new InputError(
          `"${folder}/${file}" is encrypted for its own environment and cannot be copied; move it to an ExternalSecret, or add the environment by hand`,
        );
      }
    }
  }
}
