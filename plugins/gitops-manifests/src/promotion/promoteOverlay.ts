import { InputError } from '@backstage/errors';
import { z } from 'zod';
import { YamlText, type ManifestChange, type ManifestTree } from '../edit';
import { textChange } from '../edit/textChange';
import { kustomizationOf } from '../edit/kustomizationFiles';
import {
  openKustomization,
  overlayRef,
  valueOf,
  type KustomizationValue,
} from '../overlays/kustomizations';
import { parseInput } from '../model/parseInput';
import { renameEnvironment } from '../overlays/renameEnvironment';
import { compareConfig, comparePatches } from './compareConfig';
import { compareImages, compareReplicas } from './compareEntries';
import {
  PROMOTION_KINDS,
  type Comparison,
  type PromotionItem,
  type PromotionKind,
} from './comparison';

const promotionSchema = z
  .strictObject({
    from: overlayRef,
    to: overlayRef,
    what: z
      .array(z.string().min(1).max(300))
      .min(1, 'at least one kind of change, for example "image"')
      .max(100)
      .default(['image']),
  })
  .refine(
    ({ from, to }) =>
      from.environment !== to.environment && from.folder !== to.folder,
    {
      path: ['to'],
      message: 'another environment than the one that is promoted from',
    },
  );

/** From which environment to which, and what. @public */
export type PromotionInput = z.input<typeof promotionSchema>;

/** @public */
export interface Promotion {
  items: PromotionItem[];
  changes: ManifestChange[];
}

/**
 * Brings what runs in one environment to another: the images, or also numbers of replicas, patches
 * and the rest of the configuration, as a whole or one by one.
 *
 * @remarks
 * What the first environment says is read with the names of the second in the place of its own:
 * namespace, labels and hosts are no differences. The files of the second are edited in place.
 *
 * @param input - `what`: kinds, or ids of items; by default the images
 * @returns every difference, and the changes for those that are selected; none when there is
 * nothing to promote.
 * @throws InputError for input that breaks a rule, an environment without an overlay, and an item
 * that does not exist.
 *
 * @public
 */
export function promoteOverlay(
  tree: ManifestTree,
  input: PromotionInput,
): Promotion {
  const parsed = parseInput(promotionSchema, input, 'This cannot be promoted');
  const { what } = parsed;
  const { environment: from, folder: sibling } = parsed.from;
  const { environment: to, folder } = parsed.to;
  const target = openKustomization(tree, folder);
  const { files } = renameEnvironment(tree, sibling, {
    ...{ from, to },
    fromNamespace: valueOf(openKustomization(tree, sibling)).namespace,
    toNamespace: valueOf(target).namespace,
  });
  const file = kustomizationOf(files, '.')!;
  const source = YamlText.parse(files.get(file)!, { name: file });
  files.delete(file);
  const comparison: Comparison = {
    ...{ tree, folder, sourceFiles: files, items: [], changes: [] },
    source: source.value as KustomizationValue,
    target: target.yaml,
    isSelected: ({ id, kind }) => what.includes(kind) || what.includes(id),
  };
  compareImages(comparison);
  compareReplicas(comparison);
  comparePatches(comparison);
  compareConfig(comparison, target.path);
  const unknown = what.find(
    name =>
      !PROMOTION_KINDS.includes(name as PromotionKind) &&
      !comparison.items.some(({ id }) => id === name),
  );
  if (unknown !== undefined) {
    throw new InputError(
      `${to} does not differ from ${from} in "${unknown}"; promote one of: ${[
        ...PROMOTION_KINDS,
        ...comparison.items.map(({ id }) => id),
      ].join(', ')}`,
    );
  }
  return {
    items: comparison.items,
    changes: [
      ...textChange(tree, target.path, target.yaml.toString()),
      ...comparison.changes,
    ],
  };
}
