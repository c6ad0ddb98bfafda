import type { GitopsObserver, KubernetesObject } from '../../GitopsObserver';

/**
 * An observer, and objects to hold it to its contract with.
 *
 * @public
 */
export interface ObserverContract {
  observer: GitopsObserver;
  /** Recorded objects, at least one of each kind that means something. */
  objects: readonly KubernetesObject[];
}

/**
 * One rule that every observer MUST keep.
 *
 * @public
 */
export interface ObserverRule {
  /** A sentence whose subject is the observer. */
  rule: string;
  /** Throws, naming the object and what is wrong, when the observer breaks the rule. */
  check(contract: ObserverContract): void;
}

/**
 * Runs a check over a copy of each object, so that an observer which changes objects changes none
 * that others see. What it throws is told with the object that it is about.
 */
export function forEachObject(
  { objects }: ObserverContract,
  check: (object: KubernetesObject, index: number) => void,
): void {
  for (const [index, object] of objects.entries()) {
    try {
      check(structuredClone(object), index);
    } catch (error) {
      const { name, message } = error as Error;
      const { kind, metadata } = object;
      throw new Error(
        `${kind} ${metadata.name}: ${
          name === 'Error' ? message : `the observer threw ${name}: ${message}`
        }`,
        { cause: error },
      );
    }
  }
}
