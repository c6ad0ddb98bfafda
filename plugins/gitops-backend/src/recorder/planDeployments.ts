import type {
  Application,
  Deployment,
  NotCountedReason,
} from '@fairway/plugin-gitops-common';
import type { ObservedDeployment } from '@fairway/plugin-gitops-node';
import { versionOf } from '../git/images';
import {
  deploymentId,
  type DeploymentOrigin,
  type NewDeployment,
} from '../store';

/** What decides which entries of an engine's history are new, and what they are. */
export interface DeploymentPlanInput {
  /** As it is now. */
  application: Application;
  /** The engine's history, oldest first. */
  history: readonly ObservedDeployment[];
  /** Keys of the history that are stored. */
  known: ReadonlySet<string>;
  /** Observed deployments of the application that are stored, newest first. */
  stored: readonly Deployment[];
}

type Before = Pick<Deployment, 'revision' | 'outcome' | 'images' | 'version'>;

/**
 * The same revision again is nothing new, except when it failed before and succeeds now: then
 * it is the first time that it runs; or when the engine knows that something else runs by it.
 */
function isSameRevision(entry: ObservedDeployment, last?: Before): boolean {
  return (
    last !== undefined &&
    last.revision === entry.revision &&
    !entry.changed &&
    !(last.outcome === 'failed' && entry.outcome === 'succeeded')
  );
}

function reasonNotCounted(
  application: Application,
  entry: ObservedDeployment,
  last?: Before,
): NotCountedReason | undefined {
  if (!last) {
    return 'adoption';
  }
  if (isSameRevision(entry, last)) {
    return 'same-revision';
  }
  if (application.tier === 'preview') {
    return 'preview';
  }
  return application.tier === 'production' ? undefined : 'not-production';
}

/** Engines, and what is read from them, may come to tell an event by another key than before. */
function isStored(
  entry: ObservedDeployment,
  { known, stored }: DeploymentPlanInput,
): boolean {
  return (
    known.has(entry.key) ||
    stored.some(
      ({ revision, outcome, finishedAt }) =>
        revision === entry.revision &&
        outcome === entry.outcome &&
        finishedAt === entry.finishedAt,
    )
  );
}

/** Entries that are to be stored: what came before the first sight is left to the history in Git. */
function newEntries(input: DeploymentPlanInput): ObservedDeployment[] {
  const { history, stored } = input;
  const newest = history[history.length - 1];
  if (stored.length === 0) {
    return newest && !isStored(newest, input) ? [newest] : [];
  }
  const first = stored[stored.length - 1];
  const firstAt = Date.parse(first.finishedAt);
  const firstIndex = history.findIndex(
    entry => deploymentId(first.applicationId, entry.key) === first.id,
  );
  return history.filter(
    (entry, index) =>
      !isStored(entry, input) &&
      (firstIndex >= 0
        ? index > firstIndex
        : Date.parse(entry.finishedAt) > firstAt),
  );
}

/** What is known of the kind before Git was asked. */
function provisionalKind(
  entry: ObservedDeployment,
  images: readonly string[],
  before: readonly Before[],
): Deployment['kind'] {
  const [last, ...earlier] = before;
  if (
    last?.revision !== entry.revision &&
    earlier.some(
      ({ revision, outcome }) =>
        revision === entry.revision && outcome === 'succeeded',
    )
  ) {
    return 'rollback';
  }
  const changed = images.some(image => !last?.images.includes(image));
  return changed ? 'release' : 'configuration';
}

/** Where its manifests come from, and where people write them. */
function sourceOf({ source, drySource }: Application): DeploymentOrigin {
  return drySource ? { ...source, dry: drySource } : source;
}

/** The application knows the whole commit, of what runs. */
function originOf(
  { revision, originRevision }: ObservedDeployment,
  application: Application,
): string | undefined {
  return revision === application.revision
    ? application.originRevision ?? originRevision
    : originRevision;
}

/**
 * The deployments that an observation adds, oldest first. Kind, commits and author are what is
 * known now; the attribution worker completes them.
 */
export function planDeployments(input: DeploymentPlanInput): NewDeployment[] {
  const { application, history } = input;
  const newestKey = history[history.length - 1]?.key;
  const before: Before[] = [...input.stored];
  const planned: NewDeployment[] = [];
  for (const entry of newEntries(input)) {
    const last = before[0];
    if (entry.inferred && isSameRevision(entry, last)) {
      continue;
    }
    const succeeded = before.find(({ outcome }) => outcome === 'succeeded');
    const runsNow =
      entry.key === newestKey && entry.revision === application.revision;
    const images = entry.images ?? (runsNow ? application.images : []);
    const reason = reasonNotCounted(application, entry, last);
    const kind = provisionalKind(entry, images, before);
    const deployment: NewDeployment = {
      key: entry.key,
      applicationId: application.id,
      applicationName: application.ref.name,
      entityRef: application.entityRef,
      environment: application.environment,
      tier: application.tier,
      engine: application.engine,
      cluster: application.ref.cluster,
      source: 'observed',
      kind,
      rework: kind === 'rollback',
      counted: reason === undefined,
      notCountedReason: reason,
      revision: entry.revision,
      originRevision: originOf(entry, application),
      ...(entry.changed && { changed: true }),
      previousRevision: succeeded?.revision,
      images,
      version: versionOf(images, application.entityRef) ?? entry.version,
      previousVersion: succeeded?.version,
      startedAt: entry.startedAt,
      finishedAt: entry.finishedAt,
      outcome: entry.outcome,
      message: entry.message,
      author: entry.initiatedBy,
      from: sourceOf(application),
    };
    planned.push(deployment);
    before.unshift(deployment);
  }
  return planned;
}
