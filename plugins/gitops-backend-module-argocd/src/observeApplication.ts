import type {
  ApplicationCommand,
  ApplicationCondition,
  ApplicationOperation,
  SyncPolicy,
} from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type ApplicationObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import {
  readHealthMessage,
  readResources,
  readSyncMessage,
  toHealth,
  toSync,
} from './readHealth';
import { readDeployments, readOperation } from './readOperations';
import { primaryRevision, readSources } from './readSources';

const ANNOTATION_SKIP_RECONCILE = 'argocd.argoproj.io/skip-reconcile';

/** What Argo CD's `Application` says; every field may be absent or of another type. */
export function observeApplication(
  object: KubernetesObject,
  context: ObserverContext,
): ApplicationObservation {
  const fields = ObjectFields.of(object);
  const metadata = fields.object('metadata');
  const spec = fields.object('spec');
  const status = fields.object('status');
  const sources = readSources(spec);
  const resources = readResources(status);
  const sync = toSync(status.object('sync').string('status'));
  const health = toHealth(status.object('health').string('status'));
  const operation = readOperation(fields, sources);
  const deployments = readDeployments(status, sources);
  const annotations = metadata.record('annotations');
  const suspended = annotations[ANNOTATION_SKIP_RECONCILE] === 'true';
  const desiredRevision = primaryRevision(status.object('sync'), sources);
  const destination = spec.object('destination');
  return {
    type: 'application',
    engine: 'argocd',
    ref: {
      cluster: context.cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: metadata.string('namespace'),
      name: object.metadata.name,
    },
    labels: metadata.record('labels'),
    annotations,
    sync,
    syncMessage: readSyncMessage({ sync, status, resources }),
    health,
    healthMessage: readHealthMessage({ health, status, resources }),
    healthSince: status.object('health').time('lastTransitionTime'),
    policy: readPolicy(spec),
    suspended,
    source: sources.primary,
    destination: {
      namespace: destination.string('namespace'),
      server: destination.string('server') ?? destination.string('name'),
    },
    // `sync.revision` is what was compared, which runs only if it is synced.
    revision:
      sync === 'synced'
        ? desiredRevision
        : deployments.filter(({ outcome }) => outcome === 'succeeded').at(-1)
            ?.revision,
    desiredRevision,
    chartVersion: readChartVersion(spec, status),
    images: [...new Set(status.object('summary').strings('images'))].sort(),
    resources,
    operation,
    conditions: readConditions(status),
    externalUrls: status
      .object('summary')
      .strings('externalURLs')
      .filter(url => /^https?:\/\//.test(url)),
    commands: allowedCommands({
      operation,
      inert: suspended || metadata.has('deletionTimestamp'),
    }),
    deployments,
  };
}

/** An `automated` section is in force unless it says `enabled: false`. */
function readPolicy(spec: ObjectFields): SyncPolicy {
  const policy = spec.object('syncPolicy');
  const automated = policy.object('automated');
  const isAutomated =
    policy.has('automated') && automated.boolean('enabled') !== false;
  const options = policy.strings('syncOptions');
  return {
    automated: isAutomated,
    prune: isAutomated && automated.boolean('prune') === true,
    selfHeal: isAutomated && automated.boolean('selfHeal') === true,
    ...(options.length > 0 && { options }),
  };
}

function readChartVersion(
  spec: ObjectFields,
  status: ObjectFields,
): string | undefined {
  const { primary, chartIndex } = readSources(spec);
  const compared = status.object('sync');
  if (chartIndex !== undefined) {
    return compared.strings('revisions')[chartIndex] || undefined;
  }
  return primary.chart ? compared.string('revision') : undefined;
}

function readConditions(status: ObjectFields): ApplicationCondition[] {
  return status.list('conditions').flatMap(condition => {
    const type = condition.string('type');
    return type
      ? [
          {
            type,
            message: condition.string('message') ?? '',
            since: condition.time('lastTransitionTime'),
          },
        ]
      : [];
  });
}

function allowedCommands(options: {
  operation: ApplicationOperation | undefined;
  inert: boolean;
}): ApplicationCommand[] {
  if (options.inert) {
    return [];
  }
  const phase = options.operation?.phase;
  if (phase === 'terminating') {
    return ['refresh'];
  }
  // An operation that Argo CD has not taken up yet has no state to terminate.
  if (phase === 'running') {
    return options.operation?.startedAt
      ? ['refresh', 'terminate']
      : ['refresh'];
  }
  return ['sync', 'refresh'];
}
