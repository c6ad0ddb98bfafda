import { ifOwner } from './__testUtils__/startAnswersBackend';
import {
  ALLOW,
  ID,
  READ,
  useAnswersBackend,
} from './__testUtils__/useAnswersBackend';

jest.setTimeout(60_000);

describe('reading over HTTP', () => {
  const world = useAnswersBackend();

  describe('the fleet', () => {
    it('has a row per service, and per application without one', async () => {
      const { body } = await world.call('get', '/fleet');
      expect(
        body.rows.map((row: any) => [
          row.name,
          row.health,
          row.sync,
          row.unregistered,
          row.cells.length,
        ]),
      ).toEqual([
        ['idle', 'unknown', 'unknown', true, 0],
        ['orders', 'degraded', 'out-of-sync', false, 2],
        ['search', 'healthy', 'synced', false, 1],
        ['stray', 'missing', 'synced', false, 1],
      ]);
      expect(body.rows[1]).toMatchObject({
        entityRef: 'component:default/orders',
        title: 'The orders',
        owner: 'user:default/ada',
        system: 'system:default/shop',
        engines: ['argocd'],
      });
      expect(body.counts).toMatchObject({
        services: 3,
        applications: 4,
        unregistered: 2,
        health: { healthy: 2, degraded: 1, missing: 1, unknown: 0 },
        sync: { synced: 3, 'out-of-sync': 1 },
      });
      expect(body.errors).toEqual([
        { source: 'remote', message: 'Connection refused; see that it runs' },
      ]);
      expect(body.rows[2].cells[0].staleSince).toBe('2026-01-02T00:00:00.000Z');
      expect(body.rows[1].cells[0].staleSince).toBeUndefined();
    });

    it.each([
      ['search=ORDERS+1.1.0', ['orders']],
      ['search=orders+missing-word', []],
      ['owner=user:default/grace&owner=user:default/nobody', ['search']],
      ['system=system:default/shop', ['orders']],
      ['cluster=remote', ['search']],
      ['environment=production', ['orders']],
      ['health=missing&health=degraded', ['orders', 'stray']],
      ['health=degraded&environment=dev', []],
      ['unregistered=true', ['idle', 'stray']],
      ['unregistered=false', ['orders', 'search']],
      ['entityRef=component:default/search', ['search']],
      ['sort=trouble', ['orders', 'stray', 'search', 'idle']],
      ['sort=last-deployment&limit=1', ['orders']],
      ['engine=flux', ['search']],
    ])('with %s has the rows %j', async (query, names) => {
      const { body } = await world.call('get', `/fleet?${query}`);
      expect(body.rows.map(({ name }: { name: string }) => name)).toEqual(
        names,
      );
      expect(body.counts.applications).toBe(4);
    });

    it('comes in pages', async () => {
      const first = (await world.call('get', '/fleet?limit=3')).body;
      expect(first.totalRows).toBe(4);
      const next = (
        await world.call('get', `/fleet?limit=3&cursor=${first.nextCursor}`)
      ).body;
      expect(next.rows.map(({ name }: { name: string }) => name)).toEqual([
        'stray',
      ]);
      expect(next.nextCursor).toBeUndefined();
      const other = await world.call(
        'get',
        `/fleet?sort=trouble&cursor=${first.nextCursor}`,
      );
      expect(other.status).toBe(400);
    });

    it('costs the catalog and the policy one question, and the store none for its applications', async () => {
      const { queryEntities, authorizeConditional, listApplications } =
        world.backend;
      await world.call('get', '/fleet', { user: 'somebody-else' });
      queryEntities.mockClear();
      authorizeConditional.mockClear();
      listApplications.mockClear();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () =>
          world.call('get', '/fleet', { user: 'many-tabs' }),
        ),
      );
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(authorizeConditional).toHaveBeenCalledTimes(1);
      expect(queryEntities).not.toHaveBeenCalled();
      expect(listApplications).not.toHaveBeenCalled();
    });
  });

  describe('the page of a service', () => {
    it('says what waits to be promoted, and what may be done', async () => {
      const { body } = await world.call('get', '/services/default/orders');
      expect(
        body.environments.map((item: any) => [
          item.environment.name,
          item.applications.length,
          item.waiting.count,
        ]),
      ).toEqual([
        ['dev', 1, 0],
        ['staging', 0, 0],
        ['production', 1, 1],
      ]);
      expect(body.environments[2].waiting.commits[0].subject).toBe('Change 2');
      expect(body.deployments).toHaveLength(3);
      expect(body.dora.metrics).toHaveLength(5);
      expect(body.permissions).toEqual({ operate: { allowed: true } });
      expect(body.clusters.map(({ name }: any) => name)).toEqual(['local']);
    });

    it('says whom to ask when nothing may be done', async () => {
      world.decide = (permission, user) =>
        permission === READ ? ALLOW : ifOwner(user);
      const mine = await world.call('get', '/services/default/orders');
      expect(mine.body.permissions.operate).toEqual({ allowed: true });
      const theirs = await world.call('get', '/services/default/search');
      expect(theirs.body.permissions.operate).toEqual({
        allowed: false,
        reason: expect.stringMatching(/ask grace$/),
      });
    });
  });

  describe('conditional reading', () => {
    beforeEach(() => {
      world.decide = (_, user) => ifOwner(user);
    });

    it('shows owners what is theirs, everywhere', async () => {
      const fleet = (await world.call('get', '/fleet', { user: 'grace' })).body;
      expect(fleet.rows.map(({ name }: any) => name)).toEqual(['search']);
      expect(fleet.counts).toMatchObject({ services: 1, applications: 1 });
      expect(
        fleet.clusters.map((one: any) => [one.name, one.applications]),
      ).toEqual([
        ['local', 0],
        ['remote', 1],
      ]);
      const { body } = await world.call('get', '/applications', {
        user: 'grace',
      });
      expect(body.items.map(({ id }: any) => id)).toEqual([ID.search]);
      const deployments = await world.call('get', '/deployments', {
        user: 'grace',
      });
      expect(deployments.body.items).toEqual([]);
      const dora = await world.call('get', '/dora?scope=all', {
        user: 'grace',
      });
      expect(dora.body.services.map(({ name }: any) => name)).toEqual([
        'search',
      ]);
      expect(dora.body.deployments).toEqual([]);
    });

    it('does not tell others that it exists', async () => {
      const { body } = await world.call('get', '/deployments?limit=1');
      for (const path of [
        `/applications/${ID.production}`,
        `/applications/${ID.stray}`,
        '/services/default/orders',
        `/deployments/${body.items[0].id}`,
        '/dora?scope=service&ref=component:default/orders',
      ]) {
        const response = await world.call('get', path, { user: 'grace' });
        expect([path, response.status]).toEqual([path, 404]);
      }
      const asked = await world.call(
        'get',
        `/deployments?applicationId=${ID.production}`,
        { user: 'grace' },
      );
      expect(asked.body.items).toEqual([]);
    });
  });

  describe('deployments', () => {
    it('can be had of an application, of a time, and by id', async () => {
      const { body } = await world.call(
        'get',
        `/deployments?applicationId=${ID.production}`,
      );
      expect(body.items.map(({ version }: any) => version)).toEqual(['1.1.0']);
      const [{ id }] = body.items;
      expect(
        (await world.call('get', `/deployments/${id}`)).body,
      ).toMatchObject({
        id,
        commits: [{ subject: 'Change 1' }],
      });
      const past = await world.call('get', '/deployments?to=2020-01-01');
      expect(past.body.totalItems).toBe(0);
      const twoHoursAhead = new Date(Date.now() + 7_200_000).toISOString();
      const now = twoHoursAhead.replace('Z', '%2B02:00');
      const recent = await world.call('get', `/deployments?from=${now}`);
      expect([recent.status, recent.body.totalItems]).toEqual([200, 0]);
      const all = await world.call('get', `/deployments?to=${now}`);
      expect(all.body.totalItems).toBe(3);
    });
  });
});
