import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  gitopsObserversExtensionPoint,
  type CommandProgress,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';
import request from 'supertest';
import {
  FAKE_PATH,
  fakeEngineModule,
  fakeObject,
  fakeObserver,
  type FakeSpec,
} from './__testUtils__/fakeEngine';
import { eventually } from './__testUtils__/eventually';
import { ScriptedKubernetes } from './cluster/__testUtils__/ScriptedKubernetes';
import gitopsPlugin from '.';

jest.setTimeout(60_000);

/** Stands in for the Kubernetes plugin of a portal. */
function kubernetesPlugin(kubernetes: ScriptedKubernetes) {
  return createBackendPlugin({
    pluginId: 'kubernetes',
    register(env) {
      env.registerInit({
        deps: { httpRouter: coreServices.httpRouter },
        async init({ httpRouter }) {
          httpRouter.use((req, res) => kubernetes.handle(req, res));
        },
      });
    },
  });
}

/** Registers an observer as any module does. */
function engineModule(moduleId: string, observer: GitopsObserver) {
  return createBackendModule({
    pluginId: 'gitops',
    moduleId,
    register(env) {
      env.registerInit({
        deps: { observers: gitopsObserversExtensionPoint },
        async init({ observers }) {
          observers.addObserver(observer);
        },
      });
    },
  });
}

const orders = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'orders', namespace: 'default' },
  spec: { type: 'service', lifecycle: 'production', owner: 'team-a' },
  relations: [{ type: 'ownedBy', targetRef: 'group:default/team-a' }],
};
const labels = {
  'backstage.io/kubernetes-id': 'orders',
  'fairway.dev/environment': 'production',
};
const ID = 'local~app~apps~orders';

describe('gitopsPlugin', () => {
  it('shows a change of a cluster within a second, and tells who wants to know', async () => {
    const kubernetes = new ScriptedKubernetes();
    const put = (application: FakeSpec['application']) =>
      kubernetes.put('local', FAKE_PATH, {
        ...fakeObject('orders', { application }, labels),
      });
    const history = [
      {
        key: '1',
        revision: 'rev-1',
        finishedAt: new Date(Date.now() - 3_600_000).toISOString(),
        outcome: 'succeeded' as const,
      },
    ];
    put({ revision: 'rev-1', deployments: [...history] });
    const publish = jest.fn(async (_signal: object) => {});
    const send = jest.fn(async (_notification: object) => {});
    const events = mockServices.events.mock();
    const startedAt = Date.now();
    const backend = await startTestBackend({
      features: [
        gitopsPlugin,
        fakeEngineModule,
        kubernetesPlugin(kubernetes),
        catalogServiceMock.factory({ entities: [orders] }),
        events.factory,
        createServiceFactory({
          service: signalsServiceRef,
          deps: {},
          factory: () => ({ publish }),
        }),
        createServiceFactory({
          service: notificationService,
          deps: {},
          factory: () => ({ send }),
        }),
      ],
    });
    const get = async (path: string) => {
      const { status, body } = await request(backend.server).get(
        `/api/gitops${path}`,
      );
      expect({ status, body }).toMatchObject({ status: 200 });
      return body;
    };
    const readyAt = Date.now();
    await eventually(async () =>
      expect(await get(`/applications/${ID}`)).toMatchObject({
        entityRef: 'component:default/orders',
        environment: 'production',
        tier: 'production',
        health: 'healthy',
        revision: 'rev-1',
      }),
    );
    // Generous for busy machines: a second is the aim, ten times that is a defect.
    expect(Date.now() - readyAt).toBeLessThan(10_000);
    expect(readyAt).toBeGreaterThan(startedAt);
    const { items } = await get(`/deployments?applicationId=${ID}`);
    expect(items).toMatchObject([
      { revision: 'rev-1', counted: false, notCountedReason: 'adoption' },
    ]);

    history.push({
      ...{ key: '2', revision: 'rev-2', outcome: 'succeeded' },
      finishedAt: new Date(Date.now() - 1000).toISOString(),
    });
    const degraded = {
      health: 'degraded' as const,
      healthMessage: 'Back-off pulling image',
      healthSince: new Date().toISOString(),
    };
    publish.mockClear();
    put({ revision: 'rev-2', deployments: [...history], ...degraded });
    const [deployment] = await eventually(async () => {
      const answer = await get(`/deployments?applicationId=${ID}&counted=true`);
      expect(answer.items).toHaveLength(1);
      return answer.items;
    });
    expect(deployment).toMatchObject({
      revision: 'rev-2',
      previousRevision: 'rev-1',
      entityRef: 'component:default/orders',
      failures: [
        {
          signal: 'health',
          reason: 'Back-off pulling image',
          startedAt: degraded.healthSince,
        },
      ],
    });
    await eventually(() =>
      expect(publish).toHaveBeenCalledWith({
        channel: 'gitops',
        recipients: { type: 'broadcast' },
        message: {
          type: 'applications-changed',
          applicationIds: [ID],
          entityRefs: ['component:default/orders'],
        },
      }),
    );
    expect(send).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledWith({
      recipients: { type: 'entity', entityRef: 'group:default/team-a' },
      payload: expect.objectContaining({
        title: 'orders is degraded in production',
        link: '/catalog/default/component/orders/deployments',
        severity: 'high',
        scope: `gitops:${ID}`,
      }),
    });

    const healthyAt = new Date().toISOString();
    put({
      ...{ revision: 'rev-2', deployments: [...history] },
      healthSince: healthyAt,
    });
    await eventually(async () =>
      expect(await get(`/deployments/${deployment.id}`)).toMatchObject({
        failures: [{ endedAt: healthyAt }],
      }),
    );
    expect(send).toHaveBeenCalledTimes(2);
    await eventually(() =>
      expect(events.publish.mock.calls.map(([{ topic }]) => topic)).toEqual(
        expect.arrayContaining([
          'gitops.application.changed',
          'gitops.deployment.recorded',
          'gitops.failure.opened',
          'gitops.failure.closed',
        ]),
      ),
    );
    expect(await get('/clusters')).toMatchObject({
      items: [{ name: 'local', state: 'connected', applications: 1 }],
    });

    await backend.stop();
    await eventually(() => expect(kubernetes.openWatches()).toBe(0));
  });

  it('follows a command from the request to its end', async () => {
    const kubernetes = new ScriptedKubernetes();
    const put = (asked?: string, answer?: CommandProgress) =>
      kubernetes.put('local', FAKE_PATH, {
        ...fakeObject(
          'orders',
          { application: { engine: 'fake' as never, commands: ['sync'] } },
          labels,
        ),
        ...{ asked, answer },
      });
    put();
    kubernetes.fault = ({ method, path, body }) => {
      if (method !== 'PATCH') {
        return undefined;
      }
      const { asked } = JSON.parse(body);
      put(asked, { state: 'running', message: 'Applying' });
      return { status: 200, body: { kind: 'App', metadata: { name: path } } };
    };
    const publish = jest.fn(async (_signal: object) => {});
    const backend = await startTestBackend({
      features: [
        gitopsPlugin,
        engineModule('commanded', {
          ...fakeObserver,
          commands: ({ ref }, { now }) => [
            {
              ...{ ref, plural: 'apps', type: 'application/merge-patch+json' },
              patch: { asked: now.toISOString() },
            },
          ],
          progress: ({ asked, answer }, run) =>
            asked === run.requestedAt ? (answer as CommandProgress) : undefined,
        }),
        kubernetesPlugin(kubernetes),
        catalogServiceMock.factory({ entities: [orders] }),
        createServiceFactory({
          service: signalsServiceRef,
          deps: {},
          factory: () => ({ publish }),
        }),
      ],
    });
    const api = request(backend.server);
    // The stand-in tells a watch nothing of what was before it.
    await eventually(() => expect(kubernetes.openWatches()).toBe(1));
    const given = await eventually(async () => {
      const answer = await api.post(`/api/gitops/applications/${ID}/sync`);
      expect(answer.status).toBe(200);
      return answer.body.run;
    });
    const state = async () =>
      (await api.get(`/api/gitops/commands/${given.id}`)).body;
    await eventually(async () =>
      expect(await state()).toMatchObject({
        state: 'running',
        message: 'Applying',
      }),
    );
    expect((await api.post(`/api/gitops/applications/${ID}/sync`)).status).toBe(
      409,
    );

    publish.mockClear();
    put(given.requestedAt, { state: 'succeeded', message: 'All applied' });
    await eventually(async () =>
      expect(await state()).toMatchObject({
        state: 'succeeded',
        message: 'All applied',
        finishedAt: expect.any(String),
      }),
    );
    await eventually(async () => {
      const { body } = await api.get('/api/gitops/services/default/orders');
      expect(body.commandRuns).toEqual([await state()]);
    });
    await eventually(() =>
      expect(publish).toHaveBeenCalledWith(
        expect.objectContaining({
          message: expect.objectContaining({ type: 'applications-changed' }),
        }),
      ),
    );
    await backend.stop();
  });

  it('refuses two observers of one name, and a wrong configuration', async () => {
    const again = engineModule('again', { ...fakeObserver });
    const catalog = catalogServiceMock.factory({ entities: [] });
    await expect(
      startTestBackend({
        features: [gitopsPlugin, fakeEngineModule, again, catalog],
      }),
    ).rejects.toThrow(/'again'.*There is an observer 'fake' already/s);
    await expect(
      startTestBackend({
        features: [
          gitopsPlugin,
          catalog,
          mockServices.rootConfig.factory({
            data: { gitops: { dora: { bands: 1999 } } },
          }),
        ],
      }),
    ).rejects.toThrow(/gitops\.dora\.bands/);
  });
});
