import { InputError } from '@backstage/errors';
import type { Application, CommandRun } from '@fairway/plugin-gitops-common';
import {
  isObserved,
  ObjectFields,
  readAnnotations,
  withoutCredentials,
  type ApplicationObservation,
  type CommandContext,
  type CommandPatch,
  type CommandProgress,
  type GitopsObserver,
  type HealthStatus,
  type KubernetesObject,
  type Observation,
  type ObservedResource,
  type ObserverContext,
} from '../index';

const REQUESTED_AT = 'delivery.example.com/requested-at';

/** By the word of the engine. A map, because a word may be `constructor`. */
const HEALTH = new Map<string, HealthStatus>([
  ['Applied', 'healthy'],
  ['Applying', 'progressing'],
  ['Failed', 'degraded'],
]);

/** Maps the `Delivery` objects of an engine that exists in this example alone. */
export class DeliveryObserver implements GitopsObserver {
  readonly id = 'delivery';

  readonly resources: ObservedResource[] = [
    {
      group: 'delivery.example.com',
      versions: ['v1'],
      kind: 'Delivery',
      plural: 'deliveries',
    },
  ];

  observe(object: KubernetesObject, context: ObserverContext): Observation[] {
    return isObserved(this.resources, object)
      ? [observeDelivery(object, context)]
      : [];
  }

  commands({ ref }: Application, context: CommandContext): CommandPatch[] {
    const { command, request, now } = context;
    if (command !== 'sync') {
      throw new InputError(`Deliveries cannot ${command}; change them in Git`);
    }
    if (Object.values(request).some(Boolean)) {
      throw new InputError(
        'A delivery applies all of its branch; sync it without anything else',
      );
    }
    const annotations = { [REQUESTED_AT]: now.toISOString() };
    return [
      {
        ref,
        plural: 'deliveries',
        type: 'application/merge-patch+json',
        patch: { metadata: { annotations } },
      },
    ];
  }

  progress(
    object: KubernetesObject,
    run: CommandRun,
  ): CommandProgress | undefined {
    const fields = ObjectFields.of(object);
    const status = fields.object('status');
    const { [REQUESTED_AT]: requestedAt } = fields
      .object('metadata')
      .record('annotations');
    if (run.command !== 'sync' || requestedAt !== run.requestedAt) {
      return undefined;
    }
    if (status.string('handledRequest') !== requestedAt) {
      return { state: 'requested' };
    }
    const message = status.message('message');
    switch (status.string('phase')) {
      case 'Applied':
        return { state: 'succeeded', message };
      case 'Failed':
        return { state: 'failed', message };
      default:
        return { state: 'running', message };
    }
  }
}

function observeDelivery(
  object: KubernetesObject,
  { cluster }: ObserverContext,
): ApplicationObservation {
  const fields = ObjectFields.of(object);
  const metadata = fields.object('metadata');
  const spec = fields.object('spec');
  const status = fields.object('status');
  const phase = status.string('phase') ?? '';
  const revision = status.string('revision');
  const repository = spec.string('repository');
  const health = HEALTH.get(phase) ?? 'unknown';
  return {
    type: 'application',
    // An engine of your own adds its word to `Engine` first; see below.
    engine: 'flux',
    ref: {
      cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: metadata.string('namespace'),
      name: object.metadata.name,
    },
    labels: metadata.record('labels'),
    annotations: readAnnotations(metadata),
    sync: phase === 'Applied' ? 'synced' : 'unknown',
    health,
    healthMessage: health === 'healthy' ? undefined : status.message('message'),
    policy: { automated: true, prune: true, selfHeal: false },
    suspended: false,
    source: {
      repoUrl: repository && withoutCredentials(repository),
      path: spec.string('path'),
      targetRevision: spec.string('branch'),
    },
    destination: { namespace: spec.string('namespace') },
    revision,
    images: [],
    resources: [],
    conditions: [],
    externalUrls: [],
    commands: metadata.has('deletionTimestamp') ? [] : ['sync'],
    deployments: readDeployments(status),
  };
}

/** The engine keeps ten entries, newest first; an object that has more is not believed. */
function readDeployments(
  status: ObjectFields,
): ApplicationObservation['deployments'] {
  const entries = status.list('history').slice(0, 10).reverse();
  const deployments = entries.flatMap(entry => {
    const revision = entry.string('revision');
    const finishedAt = entry.time('finishedAt');
    if (!revision || !finishedAt) {
      return [];
    }
    const outcome = entry.boolean('failed') ? 'failed' : 'succeeded';
    const key = `${revision}/${finishedAt}`;
    return [[key, { key, revision, finishedAt, outcome }] as const];
  });
  return [...new Map(deployments).values()];
}
