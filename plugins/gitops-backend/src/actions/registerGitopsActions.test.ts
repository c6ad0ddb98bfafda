import { mockCredentials } from '@backstage/backend-test-utils';
import type { FactObservation } from '@fairway/plugin-gitops-node';
import { ifOwner } from '../routes/__testUtils__/startAnswersBackend';
import {
  ALLOW,
  DENY,
  ID,
  READ,
  useAnswersBackend,
} from '../routes/__testUtils__/useAnswersBackend';
import { ordersProduction } from '../routes/__testUtils__/world';

jest.setTimeout(60_000);

const NOW = new Date().toISOString();

describe('the actions', () => {
  const world = useAnswersBackend();

  describe('actions', () => {
    const invoke = (name: string, input: object, user = 'ada') =>
      world.backend.actions.invoke({
        id: `test:${name}`,
        input: input as any,
        credentials: mockCredentials.user(`user:default/${user}`),
      }) as Promise<{ output: any }>;

    /** Its project keeps Argo CD from syncing, and lets people. */
    const putInClosedProject = async () => {
      const { store } = world.backend;
      const { application, origin } = ordersProduction;
      const { cluster } = application.ref;
      await store.applyApplicationChange({
        stored: {
          ...ordersProduction,
          application: { ...application, project: 'payments' },
        },
        ...{ deployments: [], failures: [] },
      });
      const observation: FactObservation = {
        ...{ type: 'fact', kind: 'project', title: 'Project payments' },
        ref: {
          ...{ cluster, namespace: 'argocd', name: 'payments' },
          ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject' },
        },
        health: 'healthy',
        labels: {},
        details: {
          syncWindows: [
            {
              ...{ kind: 'deny', schedule: '* * * * *', duration: '1h' },
              ...{ applications: ['*'], manualSync: true },
            },
          ],
        },
      };
      const { type, labels, ...fact } = observation;
      await store.putFact({
        fact: { ...fact, id: 'payments', observedAt: application.observedAt },
        ...{ observation, origin },
      });
    };

    it('say honestly what they do', async () => {
      const { actions } = await world.backend.actions.list();
      const reads = { readOnly: true, destructive: false, idempotent: true };
      expect(
        Object.fromEntries(
          actions.map(({ name, attributes }) => [name, attributes]),
        ),
      ).toEqual({
        'get-gitops-applications': reads,
        'get-gitops-application': reads,
        'explain-gitops-application': reads,
        'get-gitops-command': reads,
        'get-dora-metrics': reads,
        'sync-gitops-application': {
          readOnly: false,
          destructive: true,
          idempotent: false,
        },
      });
    });

    it('answer within what the caller may read', async () => {
      world.decide = (_, user) => ifOwner(user);
      const { output } = await invoke('get-gitops-applications', {}, 'grace');
      expect(output.items.map(({ id }: any) => id)).toEqual([ID.search]);
      await expect(
        invoke('get-gitops-application', { id: ID.production }, 'grace'),
      ).rejects.toThrow(/no application/);
    });

    it('read an application, its metrics, and sync it', async () => {
      expect(
        (await invoke('get-gitops-application', { id: ID.production })).output,
      ).toMatchObject({
        name: 'orders-production',
        health: 'degraded',
        lastDeployment: { outcome: 'succeeded' },
      });
      const metrics = await invoke('get-dora-metrics', { scope: 'all' });
      expect(metrics.output.metrics).toHaveLength(5);
      const { output } = await invoke('sync-gitops-application', {
        id: ID.production,
        prune: true,
      });
      expect(output).toMatchObject({
        message: expect.stringContaining(
          'Asked Argo CD to sync orders-production with pruning',
        ),
        run: {
          requestedBy: 'user:default/ada',
          applicationId: ID.production,
        },
      });
      expect(world.backend.patches).toHaveLength(1);
      expect(world.backend.audited).toMatchObject([
        { event: { meta: { request: { prune: true } } } },
      ]);
      await expect(
        invoke('sync-gitops-application', {
          id: ID.production,
          resources: [{ group: '', kind: 'Secret', name: 'other' }],
        }),
      ).rejects.toThrow(/manages no Secret other/);
      const run = await invoke('get-gitops-command', { id: output.run.id });
      expect(run.output).toMatchObject({ id: output.run.id, command: 'sync' });
      await world.backend.store.updateCommandRun(output.run.id, {
        ...{ state: 'succeeded', message: 'Done', heardAt: NOW },
        finishedAt: NOW,
        results: [
          {
            ...{ group: '', kind: 'Secret', name: 'a' },
            ...{ status: 'synced', change: 'created' },
          },
        ],
        omittedResults: 2,
      });
      const ended = await invoke('get-gitops-command', { id: output.run.id });
      expect(ended.output).toMatchObject({
        ...{ over: true, dryRun: false, omittedResults: 2 },
        results: [{ outcome: 'created', kind: 'Secret', name: 'a' }],
      });
      world.decide = (_, user) => ifOwner(user);
      await expect(
        invoke('get-gitops-command', { id: output.run.id }, 'grace'),
      ).rejects.toThrow(/no command/);
    });

    it('explain what is wrong, and what to do', async () => {
      const { output } = await invoke('explain-gitops-application', {
        id: ID.production,
      });
      expect(output).toMatchObject({
        summary: expect.stringContaining('out of sync and degraded'),
        application: { name: 'orders-production' },
      });
      expect(output.findings.map(({ message }: any) => message)).toContain(
        'It is degraded: Deployment orders: crashed.',
      );
      await putInClosedProject();
      const closed = await invoke('explain-gitops-application', {
        id: ID.production,
      });
      expect(closed.output.findings).toContainEqual({
        kind: 'sync-window',
        severity: 'info',
        message:
          "Project payments keeps Argo CD from syncing orders-production by itself now: its deny window '* * * * *' for 1h never closes; wait until then, or have the window changed in Git.",
        advice: 'Sync it when that cannot wait; people may.',
      });
      world.decide = (_, user) => ifOwner(user);
      await expect(
        invoke('explain-gitops-application', { id: ID.production }, 'grace'),
      ).rejects.toThrow(/no application/);
    });

    it('do nothing that the caller may not', async () => {
      world.decide = permission => (permission === READ ? ALLOW : DENY);
      await expect(
        invoke('sync-gitops-application', { id: ID.production }),
      ).rejects.toThrow(/may not/);
      expect(world.backend.patches).toEqual([]);
    });
  });
});
