import { InputError } from '@backstage/errors';
import { z } from 'zod';
import type { ManifestChange, ManifestTree } from '../edit';
import { makeEqual } from '../edit/makeEqual';
import { textChange } from '../edit/textChange';
import { repositoryFolder } from '../model/rules';
import {
  filesBelow,
  listOf,
  localInputs,
  openKustomization,
  valueOf,
  type ImageEntry,
} from '../overlays/kustomizations';
import { parseInput } from '../model/parseInput';

/** How much of a deployment comes back. @public */
export const RESTORE_SCOPES = ['images', 'overlay', 'all'] as const;

/** One of {@link RESTORE_SCOPES}. @public */
export type RestoreScope = (typeof RESTORE_SCOPES)[number];

const restoreSchema = z.strictObject({
  folder: repositoryFolder,
  scope: z.enum(RESTORE_SCOPES).default('overlay'),
});

/** Which overlay is restored, and how much of it. @public */
export type RestoreInput = z.input<typeof restoreSchema>;

/** @public */
export interface Restoration {
  changes: ManifestChange[];
  /**
   * Files outside of what is restored that the overlay is built from as well, and that are others
   * now: what runs afterwards is not what ran then.
   */
  otherwise: string[];
}

/**
 * An overlay as it was with an earlier commit, as a new change on top: files that were changed are
 * what they were, deleted ones are back, added ones go. Everything else stays.
 *
 * @param past - the same files at the commit of the deployment
 * @param input - `scope`: `images` only takes the images back; `overlay` the folder of the overlay;
 * `all` also what it is built from, for example the base, which other environments share
 * @returns no changes when the overlay is what it was.
 * @throws InputError when the overlay is not there now, or was not then.
 *
 * @public
 */
export function restoreOverlay(
  tree: ManifestTree,
  past: ManifestTree,
  input: RestoreInput,
): Restoration {
  const { folder, scope } = parseInput(
    restoreSchema,
    input,
    'The overlay cannot be restored',
  );
  const now = openKustomization(tree, folder);
  if (filesBelow(past, folder).size === 0) {
    throw new InputError(
      `"${folder}" did not exist at that commit; choose a later deployment`,
    );
  }
  const then = openKustomization(past, folder);
  const shared = differing(tree, past, sharedFiles(tree, past, folder));
  if (scope === 'images') {
    const images = listOf<ImageEntry>(valueOf(then).images);
    if (images.length > 0) {
      makeEqual(now.yaml, images, ['images']);
    } else {
      now.yaml.delete(['images']);
    }
    return {
      changes: textChange(tree, now.path, now.yaml.toString()),
      otherwise: [
        ...differing(tree, past, ownFiles(tree, past, folder)).filter(
          file => file !== now.path,
        ),
        ...shared,
      ],
    };
  }
  const restored = [
    ...differing(tree, past, ownFiles(tree, past, folder)),
    ...(scope === 'all' ? shared : []),
  ];
  return {
    changes: restored.map(path => ({ path, content: past.get(path) })),
    otherwise: scope === 'all' ? [] : shared,
  };
}

function differing(
  tree: ManifestTree,
  past: ManifestTree,
  paths: Iterable<string>,
): string[] {
  return [...paths].filter(path => tree.get(path) !== past.get(path)).sort();
}

function ownFiles(
  tree: ManifestTree,
  past: ManifestTree,
  folder: string,
): Set<string> {
  return new Set(
    [tree, past].flatMap(files =>
      [...filesBelow(files, folder).keys()].map(file => `${folder}/${file}`),
    ),
  );
}

/** What the overlay is, or was, built from beside its own folder. */
function sharedFiles(
  tree: ManifestTree,
  past: ManifestTree,
  folder: string,
): Set<string> {
  const files = new Set<string>();
  for (const one of [tree, past]) {
    const inputs = localInputs(one, folder);
    for (const other of inputs.folders.filter(name => name !== folder)) {
      for (const side of [tree, past]) {
        for (const file of filesBelow(side, other).keys()) {
          files.add(`${other}/${file}`);
        }
      }
    }
    inputs.files
      .filter(file => !file.startsWith(`${folder}/`))
      .forEach(file => files.add(file));
  }
  return files;
}
