import { Controller } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { APP_PROJECT, APPLICATION, keyOf } from '../objects/kinds';
import { queueKey, Reconciler } from '../Reconciler';
import { RESOURCES_FINALIZER } from './annotations';

/** A project with the finalizer goes after the last application that is in it, as Argo CD's do. */
export function createAppProjectController(
  context: ControllerContext,
): Controller {
  const { cluster } = context;
  return new Reconciler({
    ...context,
    name: 'argocd-project-controller',
    kind: APP_PROJECT,
    watches: [
      {
        kind: APPLICATION,
        keys: () =>
          cluster.list(APP_PROJECT).map(({ metadata }) => queueKey(metadata)),
      },
    ],
    reconcile: project => {
      const { name, deletionTimestamp, finalizers = [] } = project.metadata;
      const isUsed = cluster
        .list(APPLICATION)
        .some(({ spec }) => spec?.project === name);
      if (
        deletionTimestamp &&
        !isUsed &&
        finalizers.includes(RESOURCES_FINALIZER)
      ) {
        cluster.patch(keyOf(project), {
          metadata: {
            finalizers: finalizers.filter(one => one !== RESOURCES_FINALIZER),
          },
        });
      }
      return undefined;
    },
  });
}
