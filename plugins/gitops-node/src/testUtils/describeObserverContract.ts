import { observerContract } from './contract/observerContract';
import type { ObserverContract } from './contract/ObserverRule';

/** Every field of every object is broken in many ways, on machines with much else to do. */
const TIMEOUT_MS = 120_000;

/**
 * The suite that every observer MUST pass, over some objects of its kinds. For test runners with
 * Jest's globals; others run the checks of {@link observerContract}.
 *
 * @remarks
 * The observer is pure: it changes nothing, uses nothing of the world, and repeats itself word for
 * word, so that deployments have the same keys whenever they are seen. It takes any object: without
 * a status, with fields of the future, with a wrong type anywhere, with thousands of entries, of
 * which it tells a bounded part. It believes no name and no text, and lets no secret out that
 * somebody wrote into an object. What it says is well formed. Each command that it offers is one it
 * carries out on the objects of that cluster alone, with no harm that nobody asked for; others are
 * refused with a reason. What it says of a command's progress, its object says.
 *
 * @public
 */
// eslint-disable-next-line jest/no-export -- a suite for other packages to run
export function describeObserverContract(contract: ObserverContract): void {
  describe(`observer ${contract.observer.id}`, () => {
    for (const { rule, check } of observerContract) {
      // eslint-disable-next-line jest/expect-expect, jest/valid-title -- a rule throws when it is broken
      it(rule, () => check(contract), TIMEOUT_MS);
    }
  });
}
