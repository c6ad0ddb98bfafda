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
import { readHealth, readOperation } from './readHealth';
import { readDeployments, type Revisions } from './readHistory';
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
  const sync = readSync({ status, revision, attempted });
  return {
    type: 'application',
    engine: 'flux',
    ref,
    labels,
    annotations: readAnnotations(metadata),
    ...sync,
    ...readHealth(fields),
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
    destination: {
      namespace:
        spec.string('targetNamespace') ??
        (namespaces.size === 1 ? [...namespaces][0] : undefined),
    },
    revision,
    originRevision: readRevision(status.string('lastAppliedOriginRevision')),
    images: sync.sync === 'synced' ? readImages(spec) : [],
    ...limitResources(resources),
    operation: readOperation(status, attempted),
    conditions: readConditions(status),
    externalUrls: [],
    commands: allowedCommands(fields, sourceRef),
    deployments: readDeployments({ status, revision, attempted }),
  };
}

/** Sync as far as the object itself can tell; the revision of its source decides. */
function readSync(options: Revisions): {
  sync: SyncStatus;
  syncMessage?: string;
} {
  const { status, revision, attempted } = options;
  const ready = condition(status, 'Ready');
  const failure =
    ready.string('status') === 'False' ? ready.message('message') : undefined;
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
