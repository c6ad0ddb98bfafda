import type { Application } from '../model';
import type {
  ApplicationExplanation,
  ExplanationContext,
  ExplanationFinding,
} from './ApplicationExplanation';
import {
  explainConditions,
  explainOperation,
  explainPrerequisites,
  explainStanding,
} from './explainCauses';
import { explainDrift, explainFacts, explainObjects } from './explainEffects';
import { titleOf } from './phrases';

/**
 * Why an application is out of sync or not healthy, and what to do, in sentences.
 *
 * @remarks
 * Pure: everything comes from what was observed. Causes stand before what follows from them: a
 * cluster that cannot be seen, a source that cannot be fetched, a dependency, a failed sync, the
 * objects in trouble, what differs from Git and why nobody repairs it, then everything else.
 * A message that an engine repeats in several places is told once.
 *
 * @public
 */
export function explainApplication(
  application: Application,
  context: ExplanationContext,
): ApplicationExplanation {
  const findings = withoutRepetition([
    ...explainStanding(application, context),
    ...explainPrerequisites(application, context),
    ...explainOperation(application),
    ...explainObjects(application),
    ...explainDrift(application, context),
    ...explainConditions(application),
    ...explainFacts(application, context),
  ]);
  return { summary: summaryOf(application, findings), findings };
}

/** The engine's own words in a finding: what follows the first colon. */
function wordsOf({ message }: ExplanationFinding): string {
  const start = message.indexOf(': ');
  return start < 0 ? message : message.slice(start + 2);
}

function withoutRepetition(
  findings: readonly ExplanationFinding[],
): ExplanationFinding[] {
  return findings.filter(
    (finding, index) =>
      !findings
        .slice(0, index)
        .some(
          earlier =>
            earlier.severity === finding.severity &&
            wordsOf(earlier) === wordsOf(finding),
        ),
  );
}

function summaryOf(
  application: Application,
  findings: readonly ExplanationFinding[],
): string {
  const { sync, health } = application;
  const state = `${titleOf(application)} is ${
    {
      synced: 'synced',
      'out-of-sync': 'out of sync',
      unknown: 'not known to be synced',
    }[sync]
  } and ${health === 'unknown' ? 'of unknown health' : health}`;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (findings.length === 0) {
    return `${state}; nothing is wrong.`;
  }
  return errors === 0
    ? `${state}.`
    : `${state}; ${
        errors === 1 ? 'one thing is' : `${errors} things are`
      } wrong.`;
}
