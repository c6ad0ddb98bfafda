import { failedBefore, type Application, type Fact } from '../model';
import type {
  ExplanationContext,
  ExplanationFinding,
} from './ApplicationExplanation';
import {
  adviceFor,
  counted,
  ENGINE_TITLES,
  nameOf,
  namesOf,
  sentence,
  shortRevision,
} from './phrases';

/** Objects in trouble that are told one by one; the others are counted. */
const MAX_OBJECTS = 5;

/** The objects that make it unhealthy; what the engine says when none is named. */
export function explainObjects(application: Application): ExplanationFinding[] {
  const { health, healthMessage, healthSince } = application;
  const troubled = application.resources.filter(
    resource => resource.health === 'degraded' || resource.health === 'missing',
  );
  const findings = troubled.slice(0, MAX_OBJECTS).map(
    (resource): ExplanationFinding => ({
      kind: 'object',
      severity: 'error',
      message: sentence(
        `${nameOf(resource)} is ${resource.health}${
          resource.message ? `: ${resource.message}` : ''
        }`,
      ),
      advice:
        adviceFor(resource.message ?? '') ??
        (resource.health === 'missing'
          ? 'A sync creates it.'
          : 'Look at the object and its events in the cluster.'),
      since: healthSince,
    }),
  );
  if (troubled.length > MAX_OBJECTS) {
    findings.push({
      kind: 'object',
      severity: 'error',
      message: `${counted(
        troubled.length - MAX_OBJECTS,
        'more object',
      )} in trouble: ${namesOf(troubled.slice(MAX_OBJECTS), application)}.`,
      since: healthSince,
    });
  }
  if (findings.length > 0 || health === 'healthy' || health === 'suspended') {
    return findings;
  }
  return [
    {
      kind: 'object',
      severity: health === 'progressing' ? 'info' : 'error',
      message: healthMessage
        ? sentence(`It is ${health}: ${healthMessage}`)
        : `It is ${health}, and ${
            ENGINE_TITLES[application.engine]
          } gives no reason.`,
      advice: healthMessage && adviceFor(healthMessage),
      since: healthSince,
    },
  ];
}

/** What differs from Git, and why nobody repairs it. */
export function explainDrift(
  application: Application,
  context: ExplanationContext,
): ExplanationFinding[] {
  const { sync, syncMessage, syncSince } = application;
  switch (sync) {
    case 'synced':
      return [];
    case 'unknown':
      return [
        {
          kind: 'drift',
          severity: 'warning',
          message: syncMessage
            ? sentence(`Whether it is synced is not known: ${syncMessage}`)
            : `Whether it is synced is not known; ${
                ENGINE_TITLES[application.engine]
              } has not compared it.`,
          advice: syncMessage && adviceFor(syncMessage),
          since: syncSince,
        },
      ];
    default:
      return [
        {
          kind: 'drift',
          severity: 'warning',
          message: driftText(application),
          since: syncSince,
        },
        ...explainWindows(application, context),
        ...explainPolicy(application),
      ];
  }
}

/** What forbids a sync now; neither a suspension nor a sync that runs needs to be told twice. */
function explainWindows(
  application: Application,
  { syncRefusal, hold }: ExplanationContext,
): ExplanationFinding[] {
  const { suspended, policy } = application;
  if (suspended || isSyncing(application)) {
    return [];
  }
  if (syncRefusal) {
    return [
      {
        kind: 'sync-window',
        severity: 'warning',
        message: sentence(syncRefusal),
      },
    ];
  }
  return hold && policy.automated
    ? [
        {
          kind: 'sync-window',
          severity: 'info',
          message: sentence(hold),
          advice: 'Sync it when that cannot wait; people may.',
        },
      ]
    : [];
}

/** Why the engine does not repair it by itself. */
function explainPolicy(application: Application): ExplanationFinding[] {
  const { policy, suspended, operation, desiredRevision } = application;
  const engine = ENGINE_TITLES[application.engine];
  const finding = (message: string, advice: string): ExplanationFinding[] => [
    { kind: 'policy', severity: 'info', message, advice },
  ];
  if (!policy.automated) {
    return suspended
      ? []
      : finding(
          `Its sync policy is manual, so ${engine} waits until somebody syncs it.`,
          'Sync it when the change should go out.',
        );
  }
  if (hasGivenUp(application)) {
    const { retryCount: count } = operation!;
    return finding(
      `${engine} does not try ${shortRevision(
        desiredRevision!,
      )} again by itself, because its sync failed${
        count ? ` and was retried ${counted(count, 'time')}` : ''
      }.`,
      'Correct the cause in Git, because a new commit is tried by itself; sync it when the cause lay elsewhere.',
    );
  }
  if (onlyPrunes(application) && !policy.prune) {
    return finding(
      `${engine} applies new revisions by itself, but its policy deletes nothing.`,
      'Sync it with pruning after a look at the list, or let the policy prune.',
    );
  }
  return isManualChange(application) && !policy.selfHeal
    ? finding(
        `It runs the revision that Git has, so somebody changed the cluster; ${engine} does not revert that by itself.`,
        'Sync it to restore what Git says, or bring the change into Git.',
      )
    : [];
}

/** Argo CD syncs each revision once by itself, with its retries; Flux goes on trying. */
function hasGivenUp(application: Application): boolean {
  const { engine, operation, desiredRevision } = application;
  return (
    engine === 'argocd' &&
    operation?.phase === 'failed' &&
    !operation.dryRun &&
    desiredRevision !== undefined &&
    !failedBefore(application)
  );
}

function isSyncing({ operation }: Application): boolean {
  return operation?.phase === 'running' || operation?.phase === 'terminating';
}

function onlyPrunes({ resources }: Application): boolean {
  const differing = resources.filter(({ sync }) => sync === 'out-of-sync');
  return (
    differing.length > 0 &&
    differing.every(({ requiresPruning }) => requiresPruning)
  );
}

function isManualChange({ revision, desiredRevision }: Application): boolean {
  return revision !== undefined && revision === desiredRevision;
}

function driftText(application: Application): string {
  const { resources, revision, desiredRevision, syncMessage } = application;
  const parts: string[] = [];
  if (desiredRevision && revision && desiredRevision !== revision) {
    parts.push(
      `It runs ${shortRevision(revision)}, and ${shortRevision(
        desiredRevision,
      )} should run.`,
    );
  }
  const differing = resources.filter(({ sync }) => sync === 'out-of-sync');
  const leftGit = differing.filter(({ requiresPruning }) => requiresPruning);
  const changed = differing.filter(({ requiresPruning }) => !requiresPruning);
  if (changed.length > 0) {
    parts.push(
      `${counted(changed.length, 'object')} ${
        changed.length === 1 ? 'differs' : 'differ'
      } from Git: ${namesOf(changed, application)}.`,
    );
  }
  if (leftGit.length > 0) {
    parts.push(
      `${counted(leftGit.length, 'object')} left Git and still ${
        leftGit.length === 1 ? 'runs' : 'run'
      }: ${namesOf(leftGit, application)}.`,
    );
  }
  if (syncMessage) {
    parts.push(sentence(syncMessage));
  }
  return parts.length > 0
    ? parts.join(' ')
    : 'What runs is not what Git says, and the engine does not say what differs.';
}

/** Rollouts, policies and secrets of the service that are in trouble in its environment. */
export function explainFacts(
  application: Application,
  { facts }: ExplanationContext,
): ExplanationFinding[] {
  const concerns = (fact: Fact) =>
    fact.kind !== 'project' &&
    (fact.environment === undefined ||
      fact.environment === application.environment);
  return facts
    .filter(
      fact =>
        concerns(fact) &&
        (fact.health === 'degraded' || fact.health === 'missing'),
    )
    .map(fact => ({
      kind: 'fact',
      severity: fact.kind === 'policy' ? 'warning' : 'error',
      message: sentence(
        fact.message ? `${fact.title}: ${fact.message}` : fact.title,
      ),
    }));
}
