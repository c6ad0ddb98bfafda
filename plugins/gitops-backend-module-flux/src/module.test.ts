import { createBackendPlugin } from '@backstage/backend-plugin-api';
import { startTestBackend } from '@backstage/backend-test-utils';
import {
  gitopsObserversExtensionPoint,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';
import gitopsModuleFlux from '.';

describe('gitopsModuleFlux', () => {
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
      features: [plugin, gitopsModuleFlux],
    });
    expect(observers.map(({ id }) => id)).toEqual(['flux']);
    await backend.stop();
  });
});
