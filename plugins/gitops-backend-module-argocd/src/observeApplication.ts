import type {
  ApplicationCommand,
  ApplicationOperation,
  SyncPolicy,
} from '@fairway/plugin-gitops-common';
import {
  limitResources,
  ObjectFields,
  readAnnotations,
  readWebUrl,
  withoutCredentials,
  type ApplicationObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readConditions } from './readConditions';
import {
  readHealthMessage,
  readResources,
  readSyncMessage,
  toHealth,
  toSync,
} from './readHealth';
import {
  readDeployments,
  readOperation,
  readOtherRevision,
} from './readOperations';
import { readParent } from './readParent';
import { readSources } from './readSources';
import { tellHistory, tellRevision } from './tellRevision';

/** More than anybody opens; Argo CD lists the hosts of all ingresses. */
const MAX_EXTERNAL_URLS = 200;

const ANNOTATION_SKIP_RECONCILE = 'argocd.argoproj.io/skip-reconcile';

/** What Argo CD takes for yes in an annotation, by the rules of Go. */
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];

/** What Argo CD's `Application` says; every field may be absent or of another type. */
export function observeApplication(
  object: KubernetesObject,
  context: ObserverContext,
): ApplicationObservation {
  const fields = ObjectFields.of(object);
  const metadata = fields.object('metadata');
  const spec = fields.object('spec');
  const status = fields.object('status');
  const sources = readSources(spec, status);
  const conditions = readConditions(fields);
  const sync = toSync(status.object('sync').string('status'));
  const health = toHealth(status.object('health').string('status'));
  const last = tellHistory(status, sources).at(-1)?.revision;
  const operation = readOperation(fields, { sources, last });
  const deployments = readDeployments(status, sources);
  const annotations = readAnnotations(metadata);
  const suspended = TRUE.includes(annotations[ANNOTATION_SKIP_RECONCILE] ?? '');
  const compared = tellRevision(status.object('sync'), sources, last);
  // What was compared runs only if it is synced; what was never deployed does not run.
  const running = sync === 'synced' ? compared : last;
  const failedAt = readOtherRevision(status, { sources, last }, compared);
  const resources = readResources(status, failedAt);
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
    syncMessage: readSyncMessage({
      ...{ sync, status, resources, conditions, failedAt },
    }),
    health,
    healthMessage: readHealthMessage({ health, status, resources, conditions }),
    healthSince: status.object('health').time('lastTransitionTime'),
    policy: readPolicy(spec),
    suspended,
    source: sources.primary,
    sources: sources.all,
    drySource: sources.dry,
    // What Argo CD takes an empty one for.
    project: spec.string('project') ?? 'default',
    projectNamespace: status.string('controllerNamespace'),
    parent: readParent(fields, context.cluster),
    destination: readDestination(spec),
    revision: running?.told,
    desiredRevision: compared.told,
    originRevision: readOriginRevision(status, running?.told),
    chartVersion: running?.chartVersion,
    images: [...new Set(status.object('summary').strings('images'))].sort(),
    ...limitResources(resources),
    operation,
    conditions,
    externalUrls: readExternalUrls(status),
    commands: allowedCommands({
      operation,
      inert: suspended || metadata.has('deletionTimestamp'),
    }),
    deployments,
  };
}

/** Argo CD writes a link that has a title as `title|https://...`; others than links may be there. */
function readExternalUrls(status: ObjectFields): string[] {
  const urls = status
    .object('summary')
    .strings('externalURLs')
    .slice(0, MAX_EXTERNAL_URLS)
    .flatMap(
      text =>
        readWebUrl(text.slice(text.indexOf('|') + 1)) ?? readWebUrl(text) ?? [],
    );
  return [...new Set(urls)];
}

/** The commit that the source hydrator rendered a revision from, as long as that is its last. */
function readOriginRevision(
  status: ObjectFields,
  revision: string | undefined,
): string | undefined {
  const last = status
    .object('sourceHydrator')
    .object('lastSuccessfulOperation');
  return revision !== undefined && last.string('hydratedSHA') === revision
    ? last.string('drySHA')
    : undefined;
}

/** A cluster is named by its URL, or by the name that it has in Argo CD. */
function readDestination(
  spec: ObjectFields,
): ApplicationObservation['destination'] {
  const destination = spec.object('destination');
  const server = destination.string('server');
  return {
    namespace: destination.string('namespace'),
    server: server ? withoutCredentials(server) : destination.string('name'),
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
