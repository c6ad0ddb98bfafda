import { isDeepStrictEqual } from 'node:util';
import type { ManifestChange, ManifestTree, YamlText } from '../edit';
import { documentsOf } from '../edit/kustomizationFiles';
import type { KustomizationValue } from '../overlays/kustomizations';

/** What can be promoted from one environment to the next. @public */
export const PROMOTION_KINDS = [
  'image',
  'replicas',
  'patch',
  'config',
] as const;

/** One of {@link PROMOTION_KINDS}. @public */
export type PromotionKind = (typeof PROMOTION_KINDS)[number];

/** One difference between two environments. @public */
export interface PromotionItem {
  /** Its kind and name, for example `image:registry.example.com/orders`. */
  id: string;
  kind: PromotionKind;
  name: string;
  /** What the environment has; absent when it has nothing of the name. */
  before?: string;
  /** What it would get; absent when it would lose it. */
  after?: string;
  /** Whether it is promoted. */
  isSelected: boolean;
}

/** Two overlays, the first as the second environment would have it. */
export interface Comparison {
  folder: string;
  source: KustomizationValue;
  sourceFiles: ReadonlyMap<string, string>;
  target: YamlText;
  tree: ManifestTree;
  isSelected(item: { id: string; kind: PromotionKind }): boolean;
  items: PromotionItem[];
  changes: ManifestChange[];
}

/** Notes a difference; says whether it is promoted. */
export function note(
  { items, isSelected }: Comparison,
  item: Omit<PromotionItem, 'id' | 'isSelected'>,
): boolean {
  const id = `${item.kind}:${item.name}`;
  const selected = isSelected({ id, kind: item.kind });
  items.push({ id, ...item, isSelected: selected });
  return selected;
}

/** Whether two files say the same, however they are written. */
export function saysSame(
  a: string | undefined,
  b: string | undefined,
): boolean {
  if (a === b) {
    return true;
  }
  if (a === undefined || b === undefined) {
    return false;
  }
  const [left, right] = [documentsOf(a), documentsOf(b)];
  return left.length > 0 && isDeepStrictEqual(left, right);
}
