import type { RenderedObject } from '../kustomize';
import type { ManifestObject } from '../objects';
import {
  differenceOperations,
  type PatchOperation,
} from './differenceOperations';

/** What a first sync would do to an object that runs. @public */
export interface AdoptionDifference {
  /** Kind and name. */
  object: string;
  /** `create`: it does not run; `change`: these places; `keep`: it runs, and Git does not have it. */
  effect: 'create' | 'change' | 'keep';
  operations: PatchOperation[];
  /** Whether its pods would be replaced. */
  restarts: boolean;
}

/**
 * What would differ: the objects that an overlay builds, compared with those that run.
 *
 * @returns nothing for objects that are equal.
 * @public
 */
export function adoptionDifferences(
  running: ReadonlyArray<ManifestObject>,
  rendered: ReadonlyArray<RenderedObject>,
): AdoptionDifference[] {
  const keyOf = ({ apiVersion, kind, metadata }: ManifestObject) =>
    `${apiVersion} ${kind} ${metadata?.name}`;
  const nameOf = ({ kind, metadata }: ManifestObject) =>
    `${kind} ${metadata?.name}`;
  const before = new Map(running.map(object => [keyOf(object), object]));
  const after = new Map(rendered.map(object => [keyOf(object), object]));
  const differences: AdoptionDifference[] = [];
  for (const [key, object] of after) {
    const current = before.get(key);
    const operations = current ? differenceOperations(current, object) : [];
    if (!current || operations.length > 0) {
      differences.push({
        object: nameOf(object),
        effect: current ? 'change' : 'create',
        operations,
        restarts: operations.some(({ path }) =>
          path.startsWith('/spec/template'),
        ),
      });
    }
  }
  for (const [key, object] of before) {
    if (!after.has(key)) {
      differences.push({
        ...{ object: nameOf(object), effect: 'keep' as const },
        ...{ operations: [], restarts: false },
      });
    }
  }
  return differences;
}
