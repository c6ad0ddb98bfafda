import { commandRules } from './commandRules';
import { meaningRules } from './meaningRules';
import type { ObserverRule } from './ObserverRule';
import { progressRules } from './progressRules';
import { purityRules } from './purityRules';
import { robustnessRules } from './robustnessRules';
import { sizeRules } from './sizeRules';

/**
 * The rules that every observer MUST keep. Each is checked by itself, in any test runner;
 * `describeObserverContract` makes a test of each.
 *
 * @public
 */
export const observerContract: readonly ObserverRule[] = [
  ...meaningRules,
  ...purityRules,
  ...robustnessRules,
  ...sizeRules,
  ...commandRules,
  ...progressRules,
];
