import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  gitopsObserversExtensionPoint,
  type ApplicationObservation,
  type FactObservation,
  type GitopsObserver,
  type KubernetesObject,
  type Observation,
  type SourceObservation,
} from '@fairway/plugin-gitops-node';

/** Where objects of the fake engine are, for a list. */
export const FAKE_PATH = 'apis/fake.example.com/v1/apps';

type Fields = Partial<Omit<ApplicationObservation, 'type' | 'ref'>>;

/** What an object of the fake engine says; each part becomes an observation. */
export interface FakeSpec {
  application?: Fields;
  source?: Partial<SourceObservation>;
  fact?: Partial<FactObservation>;
  /** The observer throws. */
  broken?: boolean;
}

/** An object of the fake engine. */
export function fakeObject(
  name: string,
  spec: FakeSpec,
  labels: Record<string, string> = {},
): KubernetesObject {
  return {
    apiVersion: 'fake.example.com/v1',
    kind: 'App',
    metadata: { name, namespace: 'apps', labels },
    spec,
  };
}

/** An engine whose objects are the observations to make of them. */
export const fakeObserver: GitopsObserver = {
  id: 'fake',
  resources: [
    {
      group: 'fake.example.com',
      versions: ['v1'],
      kind: 'App',
      plural: 'apps',
    },
  ],
  observe(object, { cluster }) {
    const { name, namespace, labels = {} } = object.metadata;
    const { application, source, fact, broken } = object.spec as FakeSpec;
    if (broken) {
      throw new Error('No such field');
    }
    const ref = {
      ...{ cluster, namespace, name },
      apiVersion: 'fake.example.com/v1',
      kind: 'App',
    };
    const observations: Observation[] = [];
    if (application) {
      observations.push({
        type: 'application',
        ...{ engine: 'flux', ref, labels, annotations: {} },
        ...{ sync: 'synced', health: 'healthy', suspended: false },
        policy: { automated: true, prune: true, selfHeal: true },
        source: { repoUrl: 'ftp://git.example.com/x', path: 'deploy' },
        destination: { namespace: name },
        ...{ images: [], resources: [], conditions: [], deployments: [] },
        ...{ externalUrls: [], commands: ['refresh'] },
        ...application,
      });
    }
    if (source) {
      observations.push({
        type: 'source',
        ref: { ...ref, kind: 'Source' },
        ready: true,
        ...source,
      });
    }
    if (fact) {
      observations.push({
        type: 'fact',
        kind: 'policy',
        ...{ ref, labels, title: 'A fact', health: 'healthy', details: {} },
        ...fact,
      });
    }
    return observations;
  },
};

/** Registers the observer as any module does. */
export const fakeEngineModule = createBackendModule({
  pluginId: 'gitops',
  moduleId: 'fake',
  register(env) {
    env.registerInit({
      deps: { observers: gitopsObserversExtensionPoint },
      async init({ observers }) {
        observers.addObserver(fakeObserver);
      },
    });
  },
});
