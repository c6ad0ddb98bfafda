import type { ObjectRef, SyncStatus } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type ApplicationObservation,
  type KubernetesObject,
  type ObservedDeployment,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { SOURCE_API_VERSION } from './fluxKinds';
import { readPath, readRevision } from './readRevision';
import {
  condition,
  readConditions,
  readHealth,
  readInventory,
  readOperation,
} from './readStatus';

/** Reasons of `Ready=False` that mean an attempt to apply a revision failed, not that it waits. */
const FAILED_ATTEMPT = [
  'BuildFailed',
  'HealthCheckFailed',
  'PruneFailed',
  'ReconciliationFailed',
];

/** What Flux's `Kustomization` says; every field may be absent or of another type. */
export function observeKustomization(
  object: KubernetesObject,
  context: ObserverContext,
): ApplicationObservation {
  const fields = ObjectFields.of(object);
  const metadata = fields.object('metadata');
  const spec = fields.object('spec');
  const status = fields.object('status');
  const suspended = spec.boolean('suspend') === true;
  const sourceRef = readSourceRef(fields, context);
  const revision = readRevision(status.string('lastAppliedRevision'));
  const attempted = readRevision(status.string('lastAttemptedRevision'));
  const resources = readInventory(status);
  const namespaces = new Set(resources.map(({ namespace }) => namespace));
  const sync = readSync({ status, revision, attempted });
  return {
    type: 'application',
    engine: 'flux',
    ref: {
      cluster: context.cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: metadata.string('namespace'),
      name: object.metadata.name,
    },
    labels: metadata.record('labels'),
    annotations: metadata.record('annotations'),
    ...sync,
    ...readHealth(fields),
    policy: {
      automated: !suspended,
      prune: spec.boolean('prune') === true,
      selfHeal: true,
    },
    suspended,
    source: {
      path: readPath(spec.string('path')),
      ...(sourceRef && { ref: sourceRef }),
    },
    sourceRef,
    destination: {
      namespace:
        spec.string('targetNamespace') ??
        (namespaces.size === 1 ? [...namespaces][0] : undefined),
    },
    revision,
    images: sync.sync === 'synced' ? readImages(spec) : [],
    resources,
    operation: readOperation(status, attempted),
    conditions: readConditions(status),
    externalUrls: [],
    commands: suspended
      ? ['refresh', 'resume']
      : ['sync', 'refresh', 'suspend'],
    deployments: readDeployments({ status, revision, attempted }),
  };
}

function readSourceRef(
  object: ObjectFields,
  context: ObserverContext,
): ObjectRef | undefined {
  const ref = object.object('spec').object('sourceRef');
  const kind = ref.string('kind');
  const name = ref.string('name');
  return kind && name
    ? {
        cluster: context.cluster,
        apiVersion: ref.string('apiVersion') ?? SOURCE_API_VERSION,
        kind,
        namespace:
          ref.string('namespace') ??
          object.object('metadata').string('namespace'),
        name,
      }
    : undefined;
}

interface Revisions {
  status: ObjectFields;
  /** Last one applied. */
  revision?: string;
  /** Last one tried. */
  attempted?: string;
}

/** Sync as far as the object itself can tell; the revision of its source decides. */
function readSync(options: Revisions): {
  sync: SyncStatus;
  syncMessage?: string;
} {
  const { status, revision, attempted } = options;
  const ready = condition(status, 'Ready');
  const failure =
    ready.string('status') === 'False' ? ready.string('message') : undefined;
  if (!revision) {
    return {
      sync: attempted ? 'out-of-sync' : 'unknown',
      syncMessage: failure ?? 'Flux has not applied a revision yet',
    };
  }
  return attempted && attempted !== revision
    ? {
        sync: 'out-of-sync',
        syncMessage: failure ?? `Revision ${attempted} is not applied yet`,
      }
    : { sync: 'synced' };
}

/** Images that the object itself sets; those of the folder are known to Git alone. */
function readImages(spec: ObjectFields): string[] {
  const images = spec.list('images').flatMap(image => {
    const name = image.string('newName') ?? image.string('name');
    const digest = image.string('digest');
    const tag = image.string('newTag');
    if (!name || !(digest || tag)) {
      return [];
    }
    return [digest ? `${name}@${digest}` : `${name}:${tag}`];
  });
  return [...new Set(images)].sort();
}

/**
 * The revision that is applied, and the attempt at another one when it failed.
 *
 * @remarks
 * Flux has no list of events. Its `history` has one entry for each set of manifests, which moves
 * to the front and counts on when the same manifests come back; what tells the second time from
 * the first is when the manifests in between were reconciled last, a time that stays as it is
 * while they are not in force. Without a history (before Flux 2.7) it is the time of the `Ready`
 * condition.
 */
function readDeployments(options: Revisions): ObservedDeployment[] {
  const applied = readApplied(options);
  const failed = readFailed({ ...options, applied });
  return [applied, failed].filter(deployment => deployment !== undefined);
}

function readApplied({
  status,
  revision,
}: Revisions): ObservedDeployment | undefined {
  if (!revision) {
    return undefined;
  }
  const history = status.list('history');
  const index = history.findIndex(
    entry =>
      entry.string('lastReconciledStatus') === 'ReconciliationSucceeded' &&
      readRevision(entry.object('metadata').string('revision')) === revision,
  );
  if (index < 0) {
    const ready = condition(status, 'Ready');
    const since = ready.time('lastTransitionTime');
    return since && ready.string('status') === 'True'
      ? {
          key: `applied/${revision}/${since}`,
          revision,
          finishedAt: since,
          outcome: 'succeeded',
        }
      : undefined;
  }
  const entry = history[index];
  const before = history
    .slice(index + 1)
    .find(other => other.string('digest') !== entry.string('digest'))
    ?.time('lastReconciled');
  const first = entry.time('firstReconciled');
  // Manifests that came back were first reconciled before those they replaced.
  const finishedAt =
    first && (!before || first >= before)
      ? first
      : entry.time('lastReconciled');
  return finishedAt
    ? {
        key: `applied/${revision}/${before ?? first ?? 'first'}`,
        revision,
        finishedAt,
        outcome: 'succeeded',
      }
    : undefined;
}

function readFailed(
  options: Revisions & { applied?: ObservedDeployment },
): ObservedDeployment | undefined {
  const { status, revision, attempted, applied } = options;
  const ready = condition(status, 'Ready');
  const finishedAt = ready.time('lastTransitionTime');
  if (
    !attempted ||
    attempted === revision ||
    !finishedAt ||
    ready.string('status') !== 'False' ||
    !FAILED_ATTEMPT.includes(ready.string('reason') ?? '')
  ) {
    return undefined;
  }
  return {
    // Retries are the same attempt; what it was made upon tells it from one made later.
    key: `failed/${attempted}/after/${applied?.key ?? revision ?? 'nothing'}`,
    revision: attempted,
    finishedAt,
    outcome: 'failed',
    message: ready.string('message'),
  };
}
