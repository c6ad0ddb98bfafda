import { createBackendPlugin } from '@backstage/backend-plugin-api';
import { startTestBackend } from '@backstage/backend-test-utils';
import {
  gitopsObserversExtensionPoint,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';
import gitopsModuleArgocd from '.';

describe('gitopsModuleArgocd', () => {
  it('registers its observer with the plugin', async () => {
    const observers: GitopsObserver[] = [];
    const plugin = createBackendPlugin({
      pluginId: 'gitops',
      register(env) {
        env.registerExtensionPoint(gitopsObserversExtensionPoint, {
          addObserver: observer => observers.push(observer),
          addConnection: () => undefined,
        });
        env.registerInit({ deps: {}, async init() {} });
      },
    });
    const backend = await startTestBackend({
      features: [plugin, gitopsModuleArgocd],
    });
    expect(observers.map(({ id }) => id)).toEqual(['argocd']);
    await backend.stop();
  });
});
