import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { withCondition } from '../objects/conditions';
import { CLUSTER_SECRET_STORE, Kind, SECRET_STORE } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { Reconciler } from '../Reconciler';
import { fakeValues } from './fakeProvider';

/** Stands in for the operator's look at each SecretStore. */
export function createSecretStoreController(
  context: ControllerContext,
): Controller {
  return create(context, { name: 'secret-store', kind: SECRET_STORE });
}

/** The same for each ClusterSecretStore. */
export function createClusterSecretStoreController(
  context: ControllerContext,
): Controller {
  return create(context, {
    name: 'cluster-secret-store',
    kind: CLUSTER_SECRET_STORE,
  });
}

function create(
  context: ControllerContext,
  options: { name: string; kind: Kind },
): Controller {
  return new Reconciler({
    ...context,
    ...options,
    reconcile: store => reconcile(context, store),
  });
}

/** Only the `fake` provider can be read here: nothing else is there. */
function reconcile(
  { cluster }: ControllerContext,
  store: KubernetesObject,
): undefined {
  const works = fakeValues(store) !== undefined;
  writeStatus(cluster, store, {
    ...store.status,
    capabilities: works ? 'ReadWrite' : undefined,
    conditions: withCondition(
      store.status?.conditions,
      works
        ? {
            type: 'Ready',
            status: 'True',
            reason: 'Valid',
            message: 'store validated',
          }
        : {
            type: 'Ready',
            status: 'False',
            reason: 'InvalidProviderConfig',
            message:
              'unable to create client: the playground knows the fake provider only',
          },
    ),
  });
}
