import { createBackendPlugin } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  gitopsObserversExtensionPoint,
  type GitopsConnection,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';
import gitopsModuleArgocd from '.';

async function registered(instances: object[]) {
  const observers: GitopsObserver[] = [];
  const connections: GitopsConnection[] = [];
  const plugin = createBackendPlugin({
    pluginId: 'gitops',
    register(env) {
      env.registerExtensionPoint(gitopsObserversExtensionPoint, {
        addObserver: observer => observers.push(observer),
        addConnection: connection => connections.push(connection),
      });
      env.registerInit({ deps: {}, async init() {} });
    },
  });
  const data = { gitops: { argocd: { instances } } } as any;
  const backend = await startTestBackend({
    features: [
      plugin,
      gitopsModuleArgocd,
      mockServices.rootConfig.factory({ data }),
    ],
  });
  await backend.stop();
  return { observers, connections };
}

describe('gitopsModuleArgocd', () => {
  it('registers its observer with the plugin', async () => {
    const { observers, connections } = await registered([]);
    expect(observers.map(({ id }) => id)).toEqual(['argocd']);
    expect(connections).toEqual([]);
  });

  it('registers a connection for each instance with a token', async () => {
    const { observers, connections } = await registered([
      { name: 'links', url: 'https://links.example.com' },
      { name: 'eu', url: 'https://eu.example.com', token: 'one' },
      { name: 'us', url: 'https://us.example.com', token: 'two' },
    ]);
    expect(connections).toEqual([
      expect.objectContaining({ name: 'eu', title: 'Argo CD eu' }),
      expect.objectContaining({ name: 'us', title: 'Argo CD us' }),
    ]);
    const [{ resources: wanted }] = observers;
    for (const { observer, resources } of connections) {
      expect(observer).toBe('argocd');
      expect(resources.map(({ plural }) => plural).sort()).toEqual([
        'applications',
        'applicationsets',
        'appprojects',
      ]);
      expect(wanted).toEqual(expect.arrayContaining(resources));
    }
  });
});
