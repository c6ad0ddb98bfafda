import { mockCredentials } from '@backstage/backend-test-utils';
import { ifOwner } from '../routes/__testUtils__/startAnswersBackend';
import {
  ALLOW,
  DENY,
  ID,
  READ,
  useAnswersBackend,
} from '../routes/__testUtils__/useAnswersBackend';

jest.setTimeout(60_000);

describe('the actions', () => {
  const world = useAnswersBackend();

  describe('actions', () => {
    const invoke = (name: string, input: object, user = 'ada') =>
      world.backend.actions.invoke({
        id: `test:${name}`,
        input: input as any,
        credentials: mockCredentials.user(`user:default/${user}`),
      }) as Promise<{ output: any }>;

    it('say honestly what they do', async () => {
      const { actions } = await world.backend.actions.list();
      expect(actions.map(({ name, attributes }) => [name, attributes])).toEqual(
        [
          [
            'get-gitops-applications',
            { readOnly: true, destructive: false, idempotent: true },
          ],
          [
            'get-gitops-application',
            { readOnly: true, destructive: false, idempotent: true },
          ],
          [
            'sync-gitops-application',
            { readOnly: false, destructive: true, idempotent: true },
          ],
          [
            'get-dora-metrics',
            { readOnly: true, destructive: false, idempotent: true },
          ],
        ],
      );
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
      expect(
        (await invoke('sync-gitops-application', { id: ID.production })).output
          .message,
      ).toBe('Asked Argo CD to sync orders-production');
      expect(world.backend.patches).toHaveLength(1);
      expect(world.backend.audited).toHaveLength(1);
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
