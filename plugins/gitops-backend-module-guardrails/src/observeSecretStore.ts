import type { SecretDetails } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readCondition, readIdentity } from './readRef';

/**
 * Whether a store of secrets can be read. Of its provider only the name is looked at: the rest
 * holds addresses and references to credentials, with the `fake` provider even values.
 */
export function observeSecretStore(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation[] {
  const fields = ObjectFields.of(object);
  const identity = readIdentity(object, context);
  const status = fields.object('status');
  const ready = readCondition(status, 'Ready');
  const [provider] = fields.object('spec').object('provider').keys();
  const details: SecretDetails = {
    of: 'store',
    provider,
    capabilities: status.string('capabilities'),
    reason: ready.string('reason'),
  };
  return [
    {
      ...identity,
      kind: 'secret',
      shared: true,
      targetNamespace: identity.ref.namespace,
      title: `${object.kind} ${identity.ref.name}${
        provider ? ` (${provider})` : ''
      }`,
      ...readHealth(ready),
      details: { ...details },
    },
  ];
}

function readHealth(
  ready: ObjectFields,
): Pick<FactObservation, 'health' | 'message'> {
  switch (ready.string('status')) {
    case 'True':
      return { health: 'healthy' };
    case 'False':
      return {
        health: 'degraded',
        message:
          ready.message('message') ??
          'The store cannot be read, so its secrets are not renewed; look at its credentials',
      };
    default:
      return {
        health: 'unknown',
        message:
          ready.message('message') ??
          'The store was not validated yet; if that lasts, look whether External Secrets runs',
      };
  }
}
