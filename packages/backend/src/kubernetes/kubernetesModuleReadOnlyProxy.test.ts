import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  startTestBackend,
} from '@backstage/backend-test-utils';
import request from 'supertest';
import readOnlyProxy from '.';

/** Answers where the Kubernetes plugin would, so that only the guard is under test. */
const kubernetes = createBackendPlugin({
  pluginId: 'kubernetes',
  register(reg) {
    reg.registerInit({
      deps: { httpRouter: coreServices.httpRouter },
      async init({ httpRouter }) {
        httpRouter.use(((_req: any, res: any) =>
          res.json({ passed: true })) as any);
      },
    });
  },
});

describe('kubernetesModuleReadOnlyProxy', () => {
  it('lets users read and only other plugins write', async () => {
    const { server } = await startTestBackend({
      features: [kubernetes, readOnlyProxy],
    });
    const user = mockCredentials.user.header();
    const plugin = mockCredentials.service.header();
    const path = '/api/kubernetes/proxy/api/v1/namespaces';

    await request(server).get(path).set('authorization', user).expect(200);
    await request(server).patch(path).set('authorization', plugin).expect(200);
    await request(server)
      .post('/api/kubernetes/services/orders')
      .set('authorization', user)
      .expect(200);

    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      const refused = await request(server)
        [method](path)
        .set('authorization', user);
      expect(refused.status).toBe(403);
      expect(refused.body.error.message).toContain('pull request');
    }
    await request(server)
      .patch('/api/kubernetes//proxy/api/v1/namespaces')
      .set('authorization', user)
      .expect(403);
  });
});
