import type { SyncStatus } from '@fairway/plugin-gitops-common';
import {
  limitResources,
  ObjectFields,
  readAnnotations,
  type ApplicationObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { allowedCommands } from './fluxCommands';
import { condition, readConditions } from './readConditions';
import { readAttempt } from './readAttempt';
import { readDestination } from './readDestination';
import { isBehind, isWaiting, readHealth, readOperation } from './readHealth';
import { readDeployments } from './readHistory';
import { readInventory } from './readInventory';
import { readDependsOn, readParent, readRef, readSourceRef } from './readRefs';
import { readPath, readRevision } from './readRevision';

/** What Flux's `Kustomization` says; every field may be absent or of another type. */
export function observeKustomization(
  object: KubernetesObject,
  context: ObserverContext,
): ApplicationObservation {
  const fields = ObjectFields.of(object);
  const metadata = fields.object('metadata');
  const spec = fields.object('spec');
  const status = fields.object('status');
  const ref = readRef(object, context);
  const labels = metadata.record('labels');
  const suspended = spec.boolean('suspend') === true;
  const sourceRef = readSourceRef(spec.object('sourceRef'), ref);
  const revision = readRevision(status.string('lastAppliedRevision'));
  const attempted = readRevision(status.string('lastAttemptedRevision'));
  const resources = readInventory(status);
  const namespaces = new Set(resources.map(({ namespace }) => namespace));
  const sync = readSync({ fields, revision, attempted });
  return {
    type: 'application',
    engine: 'flux',
    ref,
    labels,
    annotations: readAnnotations(metadata),
    ...sync,
    ...readHealth(fields),
    attempt: readAttempt(fields, attempted),
    policy: {
      automated: !suspended,
      prune: spec.boolean('prune') === true,
      selfHeal: true,
    },
    suspended,
    source: {
      type: 'kustomize',
      path: readPath(spec.string('path')),
      ...(sourceRef && { ref: sourceRef }),
    },
    sourceRef,
    parent: readParent(labels, ref),
    dependsOn: readDependsOn(spec, ref),
    destination: readDestination(
      spec,
      spec.string('targetNamespace') ??
        (namespaces.size === 1 ? [...namespaces][0] : undefined),
    ),
    revision,
    originRevision: readRevision(status.string('lastAppliedOriginRevision')),
    // What is suspended may have been changed since, which Flux marks as seen all the same.
    images: sync.sync === 'synced' && !suspended ? readImages(spec) : [],
    ...limitResources(resources),
    operation: readOperation(status, attempted),
    conditions: readConditions(status),
    externalUrls: [],
    commands: allowedCommands(fields, sourceRef),
    deployments: readDeployments({ status, revision, attempted }),
  };
}

/** Sync as far as the object itself can tell; the revision of its source decides. */
/** With these, the manifests of the revision that was tried are in force. */
const APPLIED_REASONS = ['HealthCheckFailed'];
/** With this, nothing was tried: what runs is what was applied before. */
const NOTHING_TRIED = ['ArtifactFailed'];

function readSync(options: {
  fields: ObjectFields;
  revision?: string;
  attempted?: string;
}): { sync: SyncStatus; syncMessage?: string } {
  const { fields, revision, attempted } = options;
  const status = fields.object('status');
  const ready = condition(status, 'Ready');
  const failure =
    ready.string('status') === 'False' ? ready.message('message') : undefined;
  if (!revision) {
    return {
      sync: attempted ? 'out-of-sync' : 'unknown',
      syncMessage: failure ?? 'Flux has not applied a revision yet',
    };
  }
  if (attempted && attempted !== revision) {
    return {
      sync: 'out-of-sync',
      syncMessage: failure ?? `Revision ${attempted} is not applied yet`,
    };
  }
  if (isBehind(fields)) {
    return {
      sync: 'out-of-sync',
      syncMessage:
        failure ?? 'The newest change of the Kustomization is not applied yet',
    };
  }
  return ready.string('status') === 'False' &&
    !isWaiting(status) &&
    ![...APPLIED_REASONS, ...NOTHING_TRIED].includes(
      ready.string('reason') ?? '',
    )
    ? { sync: 'out-of-sync', syncMessage: failure }
    : { sync: 'synced' };
}

/** More than any kustomization sets. */
const MAX_IMAGES = 200;

/** Images that the object itself sets; those of the folder are known to Git alone. */
function readImages(spec: ObjectFields): string[] {
  const images = spec
    .list('images')
    .slice(0, MAX_IMAGES)
    .flatMap(image => {
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
