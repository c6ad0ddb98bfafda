import { gunzipSync } from 'node:zlib';
import { get as httpGet } from 'node:http';
import { ordersDev, ordersProduction, searchDev } from './__testUtils__/world';
import { as, ifOwner } from './__testUtils__/startAnswersBackend';
import {
  ALLOW,
  DENY,
  READ,
  useAnswersBackend,
} from './__testUtils__/useAnswersBackend';

jest.setTimeout(60_000);

const PAGES = ['/fleet', '/applications', '/services/default/orders'];

describe('answers that are made once for many readers', () => {
  const world = useAnswersBackend();
  const call = (path: string, user: string) =>
    world.call('get', path, { user });
  const namesOf = async (user: string) =>
    (await call('/fleet', user)).body.rows.map(({ name }: any) => name);

  it('are never shared by those who may see something else', async () => {
    world.decide = (_, user) => ifOwner(user);
    const users = ['ada', 'grace', 'nobody'];
    const answers = await Promise.all(
      users.flatMap(user =>
        [...PAGES, ...PAGES].map(async path => {
          const { status, body } = await call(path, user);
          const seen = body.rows ?? body.items ?? [];
          return [
            user,
            path,
            status,
            seen.map(({ name, ref }: any) => name ?? ref.name),
          ];
        }),
      ),
    );
    const expected = (user: string, path: string) =>
      answers
        .filter(one => one[0] === user && one[1] === path)
        .map(([, , status, names]) => [status, names]);
    for (const [user, fleet, applications, service] of [
      ['ada', ['idle', 'orders'], ['orders-dev', 'orders-production'], 200],
      ['grace', ['search'], ['search-dev'], 404],
      ['nobody', [], [], 404],
    ] as const) {
      const twice = (status: number, names: readonly string[]) => [
        [status, names],
        [status, names],
      ];
      expect(expected(user, '/fleet')).toEqual(twice(200, fleet));
      expect(expected(user, '/applications')).toEqual(twice(200, applications));
      expect(expected(user, PAGES[2])).toEqual(twice(service, []));
    }
  });

  it('say to each reader what that reader may do', async () => {
    world.decide = (permission, user) =>
      permission === READ ? ALLOW : ifOwner(user);
    const mayOperate = async (user: string) =>
      (await call(PAGES[2], user)).body.permissions.operate.allowed;
    expect([
      await mayOperate('ada'),
      await mayOperate('grace'),
      await mayOperate('ada'),
    ]).toEqual([true, false, true]);
  });

  it('show what is written, to the next reader', async () => {
    const { store } = world.backend;
    const healthOf = async (user: string) => {
      const { body: fleet } = await call('/fleet?search=orders', user);
      const { body: list } = await call(
        '/applications?search=orders-production',
        user,
      );
      const { body: service } = await call('/services/default/orders', user);
      return [
        fleet.rows[0].cells[1].health,
        fleet.counts.health.degraded,
        list.items[0].health,
        service.environments[2].applications[0].health,
      ];
    };
    expect(await healthOf('ada')).toEqual([
      'degraded',
      1,
      'degraded',
      'degraded',
    ]);
    const healthy = {
      ...ordersProduction,
      application: {
        ...ordersProduction.application,
        health: 'healthy' as const,
      },
      fingerprint: 'f2',
    };
    await store.applyApplicationChange({
      stored: healthy,
      deployments: [],
      failures: [],
    });
    expect(await healthOf('ada')).toEqual(['healthy', 0, 'healthy', 'healthy']);
    expect(await healthOf('grace')).toEqual([
      'healthy',
      0,
      'healthy',
      'healthy',
    ]);

    const { origin } = ordersDev;
    await store.recording([origin.cluster], recording =>
      recording.deleteObjects([{ origin, keep: [] }]),
    );
    const { body } = await call('/fleet?search=orders', 'ada');
    expect(body.rows[0].cells.map(({ ref }: any) => ref.name)).toEqual([
      'orders-production',
    ]);
    await store.applyApplicationChange({
      stored: ordersDev,
      deployments: [],
      failures: [],
    });
    await store.applyApplicationChange({
      stored: ordersProduction,
      deployments: [],
      failures: [],
    });
    expect(await healthOf('ada')).toEqual([
      'degraded',
      1,
      'degraded',
      'degraded',
    ]);
  });

  it('say that a cluster was lost, and that it is back', async () => {
    const { store } = world.backend;
    const watch = searchDev.origin;
    const staleOf = async () => {
      const { body: fleet } = await call('/fleet?search=search', 'ada');
      const { body: service } = await call('/services/default/search', 'ada');
      return [
        fleet.rows[0].cells[0].staleSince,
        service.environments[0].applications[0].staleSince,
        service.errors.length,
      ];
    };
    const resource = 'kustomize.toolkit.fluxcd.io/v1/kustomizations';
    const lost = '2026-01-02T00:00:00.000Z';
    expect(await staleOf()).toEqual([lost, lost, 1]);
    await store.putClusterStatus(watch, {
      ...{ resource, state: 'connected' },
      since: new Date().toISOString(),
      lastSeenAt: new Date().toISOString(),
    });
    expect(await staleOf()).toEqual([undefined, undefined, 0]);
    await store.putClusterStatus(watch, {
      ...{ resource, state: 'unreachable', lastSeenAt: lost },
      since: new Date().toISOString(),
      message: 'Connection refused; see that it runs',
    });
    expect(await staleOf()).toEqual([lost, lost, 1]);
  });

  it('are for nobody whose permission was taken away ten seconds ago', async () => {
    const allowed = () => ALLOW;
    world.decide = allowed;
    for (const path of PAGES) {
      expect((await call(path, 'ada')).status).toBe(200);
    }
    const { clock } = world.backend;
    let decision: typeof ALLOW | typeof DENY = ALLOW;
    world.decide = () => decision;
    expect(await namesOf('ada')).toContain('orders');
    decision = DENY;
    clock.ahead += 9_000;
    expect((await call('/fleet', 'ada')).status).toBe(200);
    clock.ahead += 1_001;
    for (const path of PAGES) {
      expect((await call(path, 'ada')).status).toBe(403);
    }
  });

  it('are not what a command is decided by', async () => {
    let decision: typeof ALLOW | typeof DENY = ALLOW;
    world.decide = permission => (permission === READ ? ALLOW : decision);
    const operate = (await call(PAGES[2], 'ada')).body.permissions.operate;
    expect(operate.allowed).toBe(true);
    decision = DENY;
    const { status } = await world.call(
      'post',
      `/applications/${ordersDev.application.id}/refresh`,
    );
    expect(status).toBe(403);
    expect(world.backend.patches).toEqual([]);
  });

  it('cost nothing when the browser has them, and are compressed once', async () => {
    const { headers, body } = await call('/fleet', 'ada');
    expect(headers).toMatchObject({
      'cache-control': 'private, no-cache, no-transform',
      'content-type': 'application/json; charset=utf-8',
    });
    const port = Number(
      (world.backend.server.address() as { port: number }).port,
    );
    const raw = (wanted: Record<string, string>) =>
      new Promise<any>((resolve, reject) => {
        httpGet(
          {
            ...{ host: '127.0.0.1', port, path: '/api/gitops/fleet' },
            headers: { authorization: as('ada'), ...wanted },
          },
          response => {
            const chunks: Buffer[] = [];
            response.on('data', chunk => chunks.push(chunk));
            response.on('end', () =>
              resolve({
                status: response.statusCode,
                encoding: response.headers['content-encoding'],
                body: Buffer.concat(chunks),
              }),
            );
          },
        ).on('error', reject);
      });
    const known = await raw({ 'if-none-match': headers.etag });
    expect([known.status, known.body.length]).toEqual([304, 0]);
    const plain = await raw({ 'accept-encoding': 'identity' });
    expect([plain.status, plain.encoding]).toEqual([200, undefined]);
    expect(JSON.parse(plain.body)).toEqual(body);
    const compressed = await raw({ 'accept-encoding': 'gzip, br' });
    expect(compressed.encoding).toBe('gzip');
    expect(JSON.parse(gunzipSync(compressed.body).toString())).toEqual(body);
  });
});
