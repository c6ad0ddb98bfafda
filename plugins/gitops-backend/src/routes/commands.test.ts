import { mockCredentials } from '@backstage/backend-test-utils';
import request from 'supertest';
import { ifOwner } from './__testUtils__/startAnswersBackend';
import {
  ALLOW,
  DENY,
  ID,
  READ,
  useAnswersBackend,
} from './__testUtils__/useAnswersBackend';

jest.setTimeout(60_000);

describe('commands over HTTP', () => {
  const world = useAnswersBackend();

  describe('commands', () => {
    it('reach the cluster as the observer says, and are audited', async () => {
      const response = await world.call(
        'post',
        `/applications/${ID.production}/sync`,
        {
          body: { prune: true },
        },
      );
      expect(response.status).toBe(200);
      expect(response.body).toMatchObject({
        command: 'sync',
        message: expect.stringMatching(
          /^Asked Argo CD to sync orders-production with pruning; the sync windows of project shop are not known here/,
        ),
        application: { id: ID.production },
        run: { state: 'requested', requestedBy: 'user:default/ada' },
      });
      const { run } = response.body;
      expect(world.backend.patches).toEqual([
        {
          cluster: 'local',
          path: '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/orders-production',
          contentType: 'application/merge-patch+json',
          body: {
            metadata: { resourceVersion: '7' },
            operation: expect.objectContaining({
              info: [
                { name: 'Requested by', value: 'user:default/ada' },
                { name: 'Requested at', value: run.requestedAt },
              ],
              sync: expect.objectContaining({
                ...{ prune: true, dryRun: false, revision: null },
                syncOptions: ['CreateNamespace=true'],
              }),
            }),
            status: { operationState: null },
          },
        },
      ]);
      expect(world.backend.audited).toHaveLength(1);
      const [{ event, success, fail }] = world.backend.audited;
      expect(event).toMatchObject({
        eventId: 'application-sync',
        meta: { applicationId: ID.production, subject: 'user:default/ada' },
      });
      expect(success).toHaveBeenCalledTimes(1);
      expect(success).toHaveBeenCalledWith({
        meta: {
          ...{ cluster: 'local', kind: 'Application', namespace: 'argocd' },
          ...{ name: 'orders-production', environment: 'production' },
          ...{ entityRef: 'component:default/orders', runId: run.id },
        },
      });
      expect(fail).not.toHaveBeenCalled();

      const again = await world.call(
        'post',
        `/applications/${ID.production}/sync`,
      );
      expect([again.status, again.body.error.name]).toEqual([
        409,
        'ConflictError',
      ]);
      expect(world.backend.patches).toHaveLength(1);
      const page = await world.call('get', '/services/default/orders');
      expect(page.body.commandRuns).toEqual([run]);
    });

    it('are read by who may read their application', async () => {
      const given = await world.call(
        'post',
        `/applications/${ID.production}/refresh`,
        { body: { hard: true } },
      );
      const { run } = given.body;
      const get = (user: string, id = run.id) =>
        world.call('get', `/commands/${id}`, { user });
      expect((await get('grace')).body).toEqual(run);
      world.decide = (_, user) => ifOwner(user);
      expect((await get('ada')).body).toEqual(run);
      expect((await get('grace')).status).toBe(404);
      expect((await get('ada', 'nothing')).status).toBe(404);
      world.decide = () => DENY;
      expect((await get('ada')).status).toBe(403);
    });

    it('of Flux are written to the source first', async () => {
      const run = (command: string) =>
        world.call('post', `/applications/${ID.search}/${command}`);
      expect((await run('sync')).body.message).toBe(
        'Asked Flux to sync search-dev',
      );
      expect((await run('suspend')).status).toBe(200);
      expect(
        world.backend.patches.map(({ cluster, path, body }) => [
          cluster,
          path.split('/').slice(-2).join('/'),
          Object.keys(body),
        ]),
      ).toEqual([
        ['remote', 'gitrepositories/search', ['metadata']],
        ['remote', 'kustomizations/search-dev', ['spec', 'metadata']],
      ]);
      expect(
        (await world.call('post', `/applications/${ID.search}/terminate`))
          .status,
      ).toBe(400);
    });

    it('are for owners, as the policy says', async () => {
      world.decide = (permission, user) =>
        permission === READ ? ALLOW : ifOwner(user);
      const path = `/applications/${ID.production}/refresh`;
      expect((await world.call('post', path, { user: 'ada' })).status).toBe(
        200,
      );
      world.backend.patches.length = 0;
      world.backend.audited.length = 0;

      const refused = await world.call('post', path, { user: 'grace' });
      expect(refused.status).toBe(403);
      expect(refused.body.error.message).toMatch(/ask ada$/);
      expect(world.backend.patches).toEqual([]);
      expect(world.backend.audited).toHaveLength(1);
      expect(world.backend.audited[0].fail).toHaveBeenCalledWith({
        error: expect.objectContaining({ name: 'NotAllowedError' }),
        meta: expect.objectContaining({ name: 'orders-production' }),
      });
    });

    it('on what belongs to nobody need a permission without conditions', async () => {
      const path = `/applications/${ID.stray}/refresh`;
      world.decide = (permission, user) =>
        permission === READ
          ? ALLOW
          : ({
              ...ifOwner(user),
              // Even one that says "not an owner".
              conditions: { not: (ifOwner(user) as any).conditions },
            } as any);
      const told = async () =>
        (await world.call('get', `/applications/${ID.stray}`)).body;
      expect((await world.call('post', path)).status).toBe(403);
      expect(await told()).toMatchObject({
        commandRuns: [],
        permissions: {
          operate: {
            allowed: false,
            reason: expect.stringContaining('register its component'),
          },
        },
      });
      world.decide = () => ALLOW;
      const { body } = await world.call('post', path);
      expect(await told()).toMatchObject({
        ...{ id: ID.stray, commandRuns: [body.run] },
        permissions: { operate: { allowed: true } },
      });
      const { body: other } = await world.call(
        'get',
        `/applications/${ID.dev}`,
      );
      expect(other.commandRuns).toEqual([]);
    });

    it('are refused when the policy fails', async () => {
      world.decide = permission => {
        if (permission === READ) {
          return ALLOW;
        }
        throw new Error('The policy is broken');
      };
      const response = await world.call(
        'post',
        `/applications/${ID.production}/sync`,
      );
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(world.backend.patches).toEqual([]);
    });

    it.each([
      [403, 503, 'ServiceUnavailableError'],
      [404, 404, 'NotFoundError'],
      [409, 409, 'ConflictError'],
      [422, 400, 'InputError'],
    ])(
      'say what the cluster said: its %i is our %i',
      async (of, status, name) => {
        world.clusterStatus = of;
        const response = await world.call(
          'post',
          `/applications/${ID.production}/refresh`,
        );
        expect([response.status, response.body.error.name]).toEqual([
          status,
          name,
        ]);
        expect(world.backend.audited[0].fail).toHaveBeenCalledTimes(1);
      },
    );

    it('say what the credential lacks, for reading and for writing', async () => {
      const path = `/applications/${ID.production}/refresh`;
      world.clusterStatus = 403;
      const unwritten = await world.call('post', path);
      expect(unwritten.body.error.message).toMatch(/grant it patch$/);
      world.readStatus = 403;
      const unread = await world.call('post', path);
      expect([unread.status, unread.body.error.message]).toEqual([
        503,
        expect.stringMatching(
          /^Nothing was asked for, because Application orders-production could not be read just before.*grant it get/,
        ),
      ]);
      expect(world.backend.patches).toHaveLength(1);
    });

    it('are followed when the cluster does not say whether it took them', async () => {
      world.clusterStatus = 500;
      const { status, body } = await world.call(
        'post',
        `/applications/${ID.production}/refresh`,
      );
      expect([status, body.run.state]).toEqual([200, 'requested']);
      expect(body.message).toMatch(/not known whether the command arrived/);
    });
  });

  describe('the permission system', () => {
    it('knows the resources, and whether their owner asks', async () => {
      const applyTo = async (resourceRef: string, user: string) => {
        const { body } = await request(world.backend.server)
          .post(
            '/api/gitops/.well-known/backstage/permissions/apply-conditions',
          )
          .set('authorization', mockCredentials.service.header())
          .send({
            items: [
              {
                id: '1',
                resourceRef,
                resourceType: 'gitops-application',
                conditions: (ifOwner(`user:default/${user}`) as any).conditions,
              },
            ],
          });
        return body.items[0].result;
      };
      expect(await applyTo(ID.production, 'ada')).toBe('ALLOW');
      expect(await applyTo(ID.production, 'grace')).toBe('DENY');
      expect(await applyTo(ID.stray, 'ada')).toBe('DENY');
      expect(await applyTo('nothing', 'ada')).toBe('DENY');
    });
  });
});
