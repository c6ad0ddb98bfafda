import type {
  ApplicationSource,
  ObjectRef,
  SyncStatus,
} from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type ApplicationObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { SOURCE_API_VERSION } from './fluxKinds';
import { readPath } from './readRevision';
import {
  attemptedRevision,
  readReleases,
  type HelmReleases,
} from './readReleases';
import { readValuesImages } from './readValuesImages';
import {
  condition,
  isBehind,
  readConditions,
  readHealth,
  readInventory,
  readOperation,
} from './readStatus';

/** What Flux's `HelmRelease` says; every field may be absent or of another type. */
export function observeHelmRelease(
  object: KubernetesObject,
  context: ObserverContext,
): ApplicationObservation {
  const fields = ObjectFields.of(object);
  const metadata = fields.object('metadata');
  const spec = fields.object('spec');
  const status = fields.object('status');
  const suspended = spec.boolean('suspend') === true;
  const images = readValuesImages(spec.object('values'));
  const releases = readReleases(status);
  const desiredRevision = attemptedRevision(status) ?? releases.revision;
  const sync = readSync({ fields, releases, desiredRevision });
  const namespace = metadata.string('namespace');
  const sourceRef = readSourceRef(spec, { context, namespace });
  // The values say what should run; that it runs is known only when they were applied.
  const known = sync.sync === 'synced' && images.length > 0;
  return {
    type: 'application',
    engine: 'flux',
    ref: {
      cluster: context.cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace,
      name: object.metadata.name,
    },
    labels: metadata.record('labels'),
    annotations: metadata.record('annotations'),
    ...sync,
    ...readHealth(fields),
    policy: {
      automated: !suspended,
      // Helm deletes what the new version of a release no longer names.
      prune: true,
      selfHeal: spec.object('driftDetection').string('mode') === 'enabled',
    },
    suspended,
    source: {
      ...readSource(spec, releases),
      ...(sourceRef && { ref: sourceRef }),
    },
    sourceRef,
    destination: { namespace: spec.string('targetNamespace') ?? namespace },
    revision: releases.revision,
    desiredRevision,
    chartVersion: releases.chartVersion,
    images: known ? images : [],
    resources: readInventory(status),
    operation: readOperation(status, desiredRevision),
    conditions: readConditions(status),
    externalUrls: [],
    commands: suspended
      ? ['refresh', 'resume']
      : ['sync', 'refresh', 'suspend'],
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
  if (isBehind(fields)) {
    return {
      sync: 'out-of-sync',
      syncMessage: 'The newest change of the release is not applied yet',
    };
  }
  if (!desiredRevision) {
    return {
      sync: 'unknown',
      syncMessage:
        ready.string('message') ?? 'Flux has not installed the release yet',
    };
  }
  if (releases.revision !== desiredRevision) {
    return {
      sync: 'out-of-sync',
      syncMessage:
        (ready.string('status') === 'False'
          ? ready.string('message')
          : undefined) ?? `${desiredRevision} is not installed yet`,
    };
  }
  return drifted.string('status') === 'True'
    ? { sync: 'out-of-sync', syncMessage: drifted.string('message') }
    : { sync: 'synced' };
}

/** Charts in a Git repository or a bucket are folders; all others are named. */
function isFolder(kind: string | undefined): boolean {
  return kind === 'GitRepository' || kind === 'Bucket';
}

function readSource(
  spec: ObjectFields,
  releases: HelmReleases,
): ApplicationSource {
  const chart = spec.object('chart').object('spec');
  if (spec.has('chartRef')) {
    return { chart: releases.chartName };
  }
  if (isFolder(chart.object('sourceRef').string('kind'))) {
    return { path: readPath(chart.string('chart')) };
  }
  return {
    chart: chart.string('chart'),
    targetRevision: chart.string('version') ?? '*',
  };
}

function readSourceRef(
  spec: ObjectFields,
  options: { context: ObserverContext; namespace?: string },
): ObjectRef | undefined {
  const ref = spec.has('chartRef')
    ? spec.object('chartRef')
    : spec.object('chart').object('spec').object('sourceRef');
  const kind = ref.string('kind');
  const name = ref.string('name');
  return kind && name
    ? {
        cluster: options.context.cluster,
        apiVersion: ref.string('apiVersion') ?? SOURCE_API_VERSION,
        kind,
        namespace: ref.string('namespace') ?? options.namespace,
        name,
      }
    : undefined;
}
