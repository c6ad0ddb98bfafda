import { failedBefore, type Application } from '../model';
import type {
  ExplanationContext,
  ExplanationFinding,
} from './ApplicationExplanation';
import {
  adviceFor,
  ENGINE_TITLES,
  nameOf,
  sentence,
  shortRevision,
  titleOf,
} from './phrases';

/** Conditions that say that manifests cannot be had. */
const SOURCE_CONDITIONS =
  /comparison|hydration|(?<!re)source|artifact|fetch|checkout|gitoperation|ociartifact|chart|build|repo/i;
const DEPENDENCY_CONDITIONS = /dependenc/i;

/** What stands before all else: what is shown is old, or nothing is reconciled at all. */
export function explainStanding(
  application: Application,
  { clusters }: ExplanationContext,
): ExplanationFinding[] {
  const findings: ExplanationFinding[] = [];
  const engine = ENGINE_TITLES[application.engine];
  if (application.staleSince) {
    const { cluster: name } = application.ref;
    const cluster = clusters.find(candidate => candidate.name === name);
    findings.push({
      kind: 'stale',
      severity: 'warning',
      message: sentence(
        `Cluster ${name} cannot be seen, so all of this was true at ${application.staleSince}`,
      ),
      advice: cluster?.message
        ? sentence(cluster.message)
        : 'See that the cluster runs and that the portal may read it.',
      since: application.staleSince,
    });
  }
  if (application.suspended) {
    findings.push({
      kind: 'suspended',
      severity: 'warning',
      message: `${engine} does not reconcile it, because it is suspended.`,
      advice: application.commands.includes('resume')
        ? 'Resume it; what was committed meanwhile is applied then.'
        : 'Remove in Git what suspends it.',
    });
  }
  return findings;
}

/** Manifests that cannot be had, and other applications that come first. */
export function explainPrerequisites(
  application: Application,
  { dependencies = [] }: ExplanationContext,
): ExplanationFinding[] {
  const findings: ExplanationFinding[] = [];
  for (const { type, message, since } of application.conditions) {
    if (DEPENDENCY_CONDITIONS.test(type)) {
      findings.push({
        kind: 'dependency',
        severity: 'error',
        message: sentence(`It waits for what it depends on: ${message}`),
        advice: 'Repair the dependency; this one follows by itself.',
        since,
      });
    } else if (SOURCE_CONDITIONS.test(type)) {
      findings.push({
        kind: 'source',
        severity: 'error',
        message: sentence(`Its manifests cannot be had (${type}): ${message}`),
        advice: adviceFor(message),
        since,
      });
    }
  }
  for (const dependency of dependencies) {
    if (dependency.health !== 'healthy' || dependency.suspended) {
      const reason = dependency.healthMessage ?? dependency.syncMessage;
      findings.push({
        kind: 'dependency',
        severity: 'warning',
        message: sentence(
          `It depends on ${titleOf(dependency)}, which is ${
            dependency.suspended ? 'suspended' : dependency.health
          }${reason ? `: ${reason}` : ''}`,
        ),
        advice: `Look at ${titleOf(dependency)} first.`,
        since: dependency.healthSince,
      });
    }
  }
  return findings;
}

/**
 * A sync that runs, or that failed; one that failed at a revision of the past is no error, and how
 * a dry run ended says nothing of what runs.
 */
export function explainOperation(
  application: Application,
): ExplanationFinding[] {
  const { operation, engine, sync } = application;
  const isPast = failedBefore(application);
  const title = ENGINE_TITLES[engine];
  const to = operation?.revision
    ? ` of ${shortRevision(operation.revision)}`
    : '';
  switch (operation?.phase) {
    case 'running':
    case 'terminating':
      return [
        {
          kind: 'operation',
          severity: 'info',
          message: sentence(
            `${title} works on a ${operation.dryRun ? 'dry run' : 'sync'}${to}${
              operation.message ? `: ${operation.message}` : ''
            }`,
          ),
          advice:
            operation.phase === 'running'
              ? 'Wait until it ends; terminate it when it hangs.'
              : 'Wait until it has stopped.',
          since: operation.startedAt,
        },
      ];
    case 'failed':
      if (operation.dryRun || (isPast && sync === 'synced')) {
        return [];
      }
      return [
        {
          kind: 'operation',
          severity: isPast ? 'warning' : 'error',
          message: sentence(
            `The last sync${to} failed${
              operation.message ? `: ${operation.message}` : ''
            }`,
          ),
          advice: isPast
            ? undefined
            : adviceFor(operation.message ?? '') ??
              'Correct the cause in Git, then sync again.',
          since: operation.finishedAt ?? operation.startedAt,
        },
      ];
    default:
      return [];
  }
}

/** What its engine warns of beside its source and dependencies. */
export function explainConditions(
  application: Application,
): ExplanationFinding[] {
  return application.conditions
    .filter(
      ({ type }) =>
        !DEPENDENCY_CONDITIONS.test(type) && !SOURCE_CONDITIONS.test(type),
    )
    .map(({ type, message, since }) => ({
      kind: 'condition',
      severity: /error|fail|stalled/i.test(type) ? 'error' : 'warning',
      message: sentence(
        message ? `${type}: ${message}` : `${nameOf(application.ref)}: ${type}`,
      ),
      advice: adviceFor(message),
      since,
    }));
}
