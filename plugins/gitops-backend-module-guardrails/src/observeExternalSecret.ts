import type { SecretDetails } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readCondition, readIdentity } from './readRef';

/** Names that a fact lists; a secret with more reads whole folders. */
const MAX_REMOTE_KEYS = 50;

/** Namespaces of one ClusterExternalSecret that get a fact of their own. */
const MAX_NAMESPACES = 200;

/**
 * Whether a secret is kept in step with its store. Reads names and times, never values. Whether
 * it is stale is for readers to judge, who have a clock: see `staleSecretSince`.
 */
export function observeExternalSecret(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation[] {
  const fields = ObjectFields.of(object);
  const identity = readIdentity(object, context);
  const status = fields.object('status');
  const details = readDetails(fields.object('spec'), {
    status,
    name: identity.ref.name,
  });
  return [
    {
      ...identity,
      kind: 'secret',
      targetNamespace: identity.ref.namespace,
      title: titleOf(details),
      ...readHealth(status),
      details: { ...details },
    },
  ];
}

/** One fact of the whole, and one for each namespace that could not be given its secret. */
export function observeClusterExternalSecret(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation[] {
  const fields = ObjectFields.of(object);
  const identity = readIdentity(object, context);
  const spec = fields.object('spec');
  const status = fields.object('status');
  const details = readDetails(spec.object('externalSecretSpec'), {
    status,
    name: spec.string('externalSecretName') ?? identity.ref.name,
  });
  const reasons = new Map(
    status
      .list('failedNamespaces')
      .flatMap(failed => {
        const namespace = failed.string('namespace');
        return namespace
          ? [[namespace, failed.message('reason')] as const]
          : [];
      })
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  const failed = [...reasons].slice(0, MAX_NAMESPACES);
  const failedNamespaces = failed.map(([namespace]) => namespace);
  return [
    {
      ...identity,
      kind: 'secret',
      title: `${titleOf(details)} for many namespaces`,
      ...readHealth(status),
      details: {
        ...details,
        ...(failedNamespaces.length > 0 ? { failedNamespaces } : {}),
      },
    },
    ...failed.map(([namespace, reason]) => ({
      ...identity,
      kind: 'secret' as const,
      part: namespace,
      targetNamespace: namespace,
      title: titleOf(details),
      health: 'degraded' as const,
      message:
        reason ??
        'It could not be made in this namespace; look at the ClusterExternalSecret',
      details: { ...details },
    })),
  ];
}

function readDetails(
  spec: ObjectFields,
  options: { status: ObjectFields; name: string },
): SecretDetails {
  const { status } = options;
  const store = spec.object('secretStoreRef');
  const name = store.string('name');
  const keys = [
    ...spec.list('data').map(item => item.object('remoteRef')),
    ...spec.list('dataFrom').map(item => item.object('extract')),
  ].flatMap(remote => remote.string('key') ?? []);
  return {
    of: 'secret',
    ...(name
      ? { store: { kind: store.string('kind') ?? 'SecretStore', name } }
      : {}),
    target: spec.object('target').string('name') ?? options.name,
    remoteKeys: [...new Set(keys)].sort().slice(0, MAX_REMOTE_KEYS),
    refreshPolicy: spec.string('refreshPolicy'),
    refreshInterval: spec.string('refreshInterval'),
    refreshTime: status.time('refreshTime'),
    reason: readCondition(status, 'Ready').string('reason'),
  };
}

function titleOf({ target, store }: SecretDetails): string {
  return `Secret ${target} from ${store?.name ?? 'its store'}`;
}

function readHealth(
  status: ObjectFields,
): Pick<FactObservation, 'health' | 'message'> {
  const ready = readCondition(status, 'Ready');
  const message = ready.message('message');
  switch (ready.string('status')) {
    case 'True':
      return { health: 'healthy' };
    case 'False':
      return {
        health: 'degraded',
        message:
          message ?? 'The secret could not be read; look at its secret store',
      };
    default:
      return {
        health: 'unknown',
        message:
          message ??
          'The secret was not synchronised yet; if that lasts, look whether External Secrets runs',
      };
  }
}
