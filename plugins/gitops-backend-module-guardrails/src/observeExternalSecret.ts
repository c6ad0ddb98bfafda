import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readRef } from './readRef';

/** Whether a secret is kept in step with its store. Reads names and times, never values. */
export function observeExternalSecret(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const fields = ObjectFields.of(object);
  const ref = readRef(object, context);
  const spec = fields.object('spec');
  const status = fields.object('status');
  const ready = status
    .list('conditions')
    .find(condition => condition.string('type') === 'Ready');
  const store = spec.object('secretStoreRef');
  const target = spec.object('target').string('name') ?? ref.name;
  const state = ready?.string('status');
  return {
    type: 'fact',
    kind: 'secret',
    ref,
    labels: fields.object('metadata').record('labels'),
    targetNamespace: ref.namespace,
    title: `Secret ${target} from ${store.string('name') ?? 'its store'}`,
    ...healthOf(state, ready?.string('message')),
    details: {
      store: {
        kind: store.string('kind') ?? 'SecretStore',
        name: store.string('name'),
      },
      target,
      refreshInterval: spec.string('refreshInterval'),
      refreshTime: status.time('refreshTime'),
      reason: ready?.string('reason'),
    },
  };
}

function healthOf(
  state: string | undefined,
  message: string | undefined,
): Pick<FactObservation, 'health' | 'message'> {
  if (state === 'True') {
    return { health: 'healthy' };
  }
  if (state === 'False') {
    return {
      health: 'degraded',
      message:
        message ?? 'The secret could not be read; look at its secret store',
    };
  }
  return {
    health: 'unknown',
    message:
      message ??
      'The secret was not synchronised yet; if that lasts, look whether External Secrets runs',
  };
}
