import type { Cluster, KubernetesObject } from '../../types';
import { findCondition } from '../objects/conditions';
import { CLUSTER_SECRET_STORE, SECRET_STORE } from '../objects/kinds';

/** The values of a store with the `fake` provider; undefined with any other. */
export function fakeValues(
  store: KubernetesObject,
): Map<string, string> | undefined {
  const fake = store.spec?.provider?.fake;
  return (
    fake &&
    new Map(
      (fake.data ?? []).map((item: { key: string; value?: string }) => [
        item.key,
        item.value ?? '',
      ]),
    )
  );
}

/** The store that an external secret names. */
export function storeOf(
  cluster: Cluster,
  secret: KubernetesObject,
): KubernetesObject | undefined {
  const { kind, name = '' } = secret.spec.secretStoreRef ?? {};
  return kind === 'ClusterSecretStore'
    ? cluster.get({ ...CLUSTER_SECRET_STORE, name })
    : cluster.get({
        ...SECRET_STORE,
        namespace: secret.metadata.namespace,
        name,
      });
}

/** Whether the operator found that it can read the store. */
export function isReady(store: KubernetesObject): boolean {
  return findCondition(store.status?.conditions, 'Ready')?.status === 'True';
}
