import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  gitopsObserversExtensionPoint,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';

/** The group whose every kind is observed, whatever kinds a cluster has in it. */
export const WIDGETS = 'widgets.example.com';

/** Observes any kind of a group, and cannot read an object that says `spec.broken`. */
const widgetObserver: GitopsObserver = {
  id: 'widgets',
  resources: [{ group: WIDGETS, versions: ['v1'], kind: '*', plural: '*' }],
  observe(object, { cluster }) {
    const { name, namespace } = object.metadata;
    const { broken } = (object.spec ?? {}) as { broken?: boolean };
    if (broken) {
      throw new Error('spec.broken is set');
    }
    return [
      {
        type: 'application',
        engine: 'flux',
        ref: {
          ...{ cluster, namespace, name },
          apiVersion: object.apiVersion,
          kind: object.kind,
        },
        ...{ labels: {}, annotations: {}, images: [], resources: [] },
        ...{ sync: 'synced', health: 'healthy', suspended: false },
        policy: { automated: true, prune: true, selfHeal: true },
        ...{ source: {}, destination: {}, conditions: [], externalUrls: [] },
        ...{ commands: [], deployments: [] },
      },
    ];
  },
};

/** A module as anybody may write one. */
export default createBackendModule({
  pluginId: 'gitops',
  moduleId: 'widgets',
  register(env) {
    env.registerInit({
      deps: { observers: gitopsObserversExtensionPoint },
      async init({ observers }) {
        observers.addObserver(widgetObserver);
      },
    });
  },
});
