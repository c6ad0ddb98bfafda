import { Controller, KubernetesObject, ObjectKey } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { Condition, timestamp, withCondition } from '../objects/conditions';
import { differs } from '../objects/differs';
import { safeHash } from '../objects/digest';
import {
  CLUSTER_SECRET_STORE,
  EXTERNAL_SECRET,
  Kind,
  SECRET,
  SECRET_STORE,
} from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { KeyMapping, queueKey, Reconciler } from '../Reconciler';
import { ownedBy } from '../workloads/owners';
import { fakeValues, isReady, storeOf } from './fakeProvider';

/** Stands in for External Secrets: reads a store's fake values into a Secret. */
export function createExternalSecretController(
  context: ControllerContext,
): Controller {
  return new Reconciler({
    ...context,
    name: 'external-secrets',
    kind: EXTERNAL_SECRET,
    watches: [SECRET_STORE, CLUSTER_SECRET_STORE].map(kind => ({
      kind,
      keys: usersOf(context, kind),
    })),
    reconcile: secret => reconcile(context, secret),
  });
}

function usersOf({ cluster }: ControllerContext, { kind }: Kind): KeyMapping {
  return ({ object: store }) =>
    cluster
      .list(EXTERNAL_SECRET)
      .filter(({ spec }) => spec?.secretStoreRef?.name === store.metadata.name)
      .filter(
        ({ spec }) => (spec.secretStoreRef.kind ?? 'SecretStore') === kind,
      )
      .map(({ metadata }) => queueKey(metadata));
}

interface Reading {
  values: Record<string, string>;
  /** What went wrong, for an event; the status says less, as the operator's does. */
  error?: string;
}

function reconcile(
  context: ControllerContext,
  secret: KubernetesObject,
): number | undefined {
  if (secret.metadata.deletionTimestamp) {
    return undefined;
  }
  const { events, timing } = context;
  const version = versionOf(secret);
  const { status } = secret;
  const { values, error } = read(context, secret);
  if (error) {
    const ready = writeReady(context, secret, {
      status: 'False',
      reason: 'SecretSyncedError',
      message: 'could not get secret data from provider',
    });
    if (ready) {
      const component = 'external-secrets';
      events.record(secret, {
        ...{ type: 'Warning', reason: 'UpdateFailed', message: error },
        component,
      });
    }
    return timing.retryMs;
  }
  writeSecret(context, secret, values);
  const due =
    Date.parse(status?.refreshTime ?? '') + timing.guardrailMs - Date.now();
  const isSynced =
    status?.conditions?.[0]?.reason === 'SecretSynced' &&
    status.syncedResourceVersion === version;
  if (isSynced && due > 0) {
    return due;
  }
  writeReady(context, secret, {
    status: 'True',
    reason: 'SecretSynced',
    message: 'secret synced',
    fields: {
      refreshTime: timestamp(),
      syncedResourceVersion: version,
      binding: { name: targetOf(secret).name },
    },
  });
  return timing.guardrailMs;
}

function versionOf({ metadata }: KubernetesObject): string {
  const { generation, labels, annotations } = metadata;
  return `${generation}-${safeHash(JSON.stringify([labels, annotations]), 8)}`;
}

function read(
  { cluster }: ControllerContext,
  secret: KubernetesObject,
): Reading {
  const store = storeOf(cluster, secret);
  const { kind = 'SecretStore', name = '' } = secret.spec.secretStoreRef ?? {};
  if (!store) {
    const error = `could not get ${kind} "${name}", ${kind}.external-secrets.io "${name}" not found`;
    return { values: {}, error };
  }
  const known = isReady(store) ? fakeValues(store) : undefined;
  if (!known) {
    return { values: {}, error: `${kind} "${name}" is not ready` };
  }
  const values: Record<string, string> = {};
  for (const [index, item] of (secret.spec.data ?? []).entries()) {
    const { key, property } = item.remoteRef;
    const value = propertyOf(known.get(key), property);
    if (value === undefined) {
      const error = `error processing spec.data[${index}] (key: ${key}), err: Secret does not exist`;
      return { values: {}, error };
    }
    values[item.secretKey] = value;
  }
  for (const [index, { extract }] of (secret.spec.dataFrom ?? []).entries()) {
    const found = extract && fieldsOf(known.get(extract.key));
    if (!found) {
      const error = `error processing spec.dataFrom[${index}].extract, err: Secret does not exist`;
      return { values: {}, error };
    }
    Object.assign(values, found);
  }
  return { values };
}

function fieldsOf(
  value: string | undefined,
): Record<string, string> | undefined {
  try {
    return value === undefined ? undefined : JSON.parse(value);
  } catch {
    return undefined;
  }
}

function propertyOf(
  value: string | undefined,
  property: string | undefined,
): string | undefined {
  return property ? fieldsOf(value)?.[property] : value;
}

function targetOf(secret: KubernetesObject): ObjectKey {
  const { namespace, name } = secret.metadata;
  return { ...SECRET, namespace, name: secret.spec.target?.name ?? name };
}

function writeSecret(
  { cluster }: ControllerContext,
  secret: KubernetesObject,
  values: Record<string, string>,
): void {
  const { apiVersion, kind, ...key } = targetOf(secret);
  const data = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Buffer.from(String(value)).toString('base64'),
    ]),
  );
  const wanted: KubernetesObject = {
    ...SECRET,
    metadata: {
      ...key,
      labels: { 'reconcile.external-secrets.io/managed': 'true' },
      ownerReferences: ownedBy(secret),
    },
    data,
  };
  const live = cluster.get(targetOf(secret));
  if (!live || differs(wanted, live)) {
    cluster.apply(wanted, 'external-secrets');
  }
}

function writeReady(
  { cluster }: ControllerContext,
  secret: KubernetesObject,
  ready: Omit<Condition, 'type'> & { fields?: object },
): boolean {
  const { fields, ...condition } = ready;
  return writeStatus(cluster, secret, {
    ...secret.status,
    ...fields,
    conditions: withCondition(secret.status?.conditions, {
      type: 'Ready',
      ...condition,
    }),
  });
}
