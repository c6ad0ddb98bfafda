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
import { readChartSource } from './readChartSource';
import { readDestination } from './readDestination';
import { isBehind, readHealth, readOperation } from './readHealth';
import { readInventory } from './readInventory';
import { readDependsOn, readParent, readRef } from './readRefs';
import {
  attemptedRevision,
  readReleases,
  type HelmReleases,
} from './readReleases';
import { readValuesImages } from './readValuesImages';

/** What Flux's `HelmRelease` says; every field may be absent or of another type. */
export function observeHelmRelease(
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
  const images = readValuesImages(spec.object('values'));
  const chart = readChartSource({ spec, status }, ref);
  const { sourceRef, sourceRevision, isPackaged } = chart;
  const releases = readReleases({ status, isPackaged });
  const desiredRevision = attemptedRevision(status) ?? releases.revision;
  const sync = readSync({ fields, releases, desiredRevision });
  // The values say what should run; that it runs is known only when they were applied, and of
  // what is suspended, Flux marks changes as seen that it has not applied.
  const known = sync.sync === 'synced' && !suspended && images.length > 0;
  return {
    type: 'application',
    engine: 'flux',
    ref,
    labels,
    annotations: readAnnotations(metadata),
    ...sync,
    ...readHealth(fields),
    attempt: readAttempt(fields, desiredRevision),
    policy: {
      automated: !suspended,
      // Helm deletes what the new version of a release no longer names.
      prune: true,
      selfHeal: spec.object('driftDetection').string('mode') === 'enabled',
    },
    suspended,
    source: {
      ...chart.source,
      ...(spec.has('chartRef') && { chart: releases.chartName }),
    },
    sourceRef,
    sourceRevision,
    parent: readParent(labels, ref),
    dependsOn: readDependsOn(spec, ref),
    destination: readDestination(
      spec,
      spec.string('targetNamespace') ?? ref.namespace,
    ),
    revision: releases.revision,
    originRevision: releases.originRevision,
    desiredRevision,
    chartVersion: releases.chartVersion,
    images: known ? images : [],
    ...limitResources(readInventory(status)),
    operation: readOperation(status, desiredRevision),
    conditions: readConditions(status),
    externalUrls: [],
    commands: allowedCommands(fields, chart.source.ref),
    deployments: releases.deployments.map((deployment, index, all) =>
      known && index === all.length - 1
        ? { ...deployment, images }
        : deployment,
    ),
  };
}

function readSync(options: {
  fields: ObjectFields;
  releases: HelmReleases;
  desiredRevision: string | undefined;
}): { sync: SyncStatus; syncMessage?: string } {
  const { fields, releases, desiredRevision } = options;
  const status = fields.object('status');
  const ready = condition(status, 'Ready');
  const drifted = condition(status, 'Drifted');
  const failure =
    ready.string('status') === 'False' ? ready.message('message') : undefined;
  if (isBehind(fields)) {
    return {
      sync: 'out-of-sync',
      syncMessage:
        failure ?? 'The newest change of the release is not applied yet',
    };
  }
  if (!desiredRevision) {
    return {
      sync: 'unknown',
      syncMessage:
        ready.message('message') ?? 'Flux has not installed the release yet',
    };
  }
  if (releases.revision !== desiredRevision) {
    return {
      sync: 'out-of-sync',
      syncMessage: failure ?? `${desiredRevision} is not installed yet`,
    };
  }
  return drifted.string('status') === 'True'
    ? { sync: 'out-of-sync', syncMessage: drifted.message('message') }
    : { sync: 'synced' };
}
