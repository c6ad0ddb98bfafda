import { createServer, type Server } from 'node:http';
import { mockCredentials } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import request from 'supertest';
import {
  as,
  ifOwner,
  startAnswersBackend,
  type AnswersBackendOptions,
} from './__testUtils__/startAnswersBackend';
import {
  entities,
  ordersDev,
  ordersProduction,
  searchDev,
  seed,
  stray,
} from './__testUtils__/world';
import { readSpec } from './__testUtils__/readSpec';

jest.setTimeout(60_000);

const ID = {
  dev: ordersDev.application.id,
  production: ordersProduction.application.id,
  search: searchDev.application.id,
  stray: stray.application.id,
};
const READ = 'gitops.application.read';
const ALLOW = { result: AuthorizeResult.ALLOW } as const;
const DENY = { result: AuthorizeResult.DENY } as const;

/** Every route, with a request of it that is right. */
const ROUTES: Array<['get' | 'post', string, string]> = [
  ['get', '/fleet', '/fleet'],
  ['get', '/clusters', '/clusters'],
  ['get', '/applications', '/applications'],
  ['get', '/applications/{id}', `/applications/${ID.production}`],
  [
    'post',
    '/applications/{id}/{command}',
    `/applications/${ID.production}/refresh`,
  ],
  ['get', '/services/{namespace}/{name}', '/services/default/orders'],
  ['get', '/deployments', '/deployments'],
  ['get', '/deployments/{id}', '/deployments/DEPLOYMENT'],
  ['get', '/dora', '/dora?scope=all'],
  ['get', '/name-check', '/name-check?name=new-service'],
];

describe('the HTTP API', () => {
  let backend: Awaited<ReturnType<typeof startAnswersBackend>>;
  let decide: NonNullable<AnswersBackendOptions['decide']>;
  let clusterStatus = 200;
  let forge: Server;
  let forgeHost: string;
  const forgeRequests: Array<{ url?: string; authorization?: string }> = [];

  beforeAll(async () => {
    forge = createServer((incoming, response) => {
      forgeRequests.push({
        url: incoming.url,
        authorization: incoming.headers.authorization,
      });
      const status = incoming.url?.startsWith('/shop/taken.git') ? 200 : 404;
      response
        .writeHead(incoming.url?.startsWith('/broken/') ? 500 : status)
        .end();
    });
    await new Promise<void>(done => {
      forge.listen(0, '127.0.0.1', done);
    });
    forgeHost = `127.0.0.1:${(forge.address() as { port: number }).port}`;
    backend = await startAnswersBackend({
      entities,
      seed,
      decide: (...of) => decide(...of),
      clusterStatus: () => clusterStatus,
      config: {
        integrations: {
          gitea: [
            {
              host: forgeHost,
              baseUrl: `http://${forgeHost}`,
              username: 'robot',
              password: 'secret',
            },
          ],
        },
      },
    });
  });

  afterAll(async () => {
    await backend?.stop();
    forge?.close();
  });

  beforeEach(() => {
    decide = () => ALLOW;
    clusterStatus = 200;
    backend.patches.length = 0;
    backend.audited.length = 0;
    forgeRequests.length = 0;
  });

  async function call(
    method: 'get' | 'post',
    path: string,
    options: { user?: string; body?: object } = {},
  ) {
    const sent = request(backend.server)
      [method](`/api/gitops${path}`)
      .set('authorization', as(options.user ?? 'ada'));
    return method === 'post' ? sent.send(options.body ?? {}) : sent;
  }

  async function urlOf(path: string): Promise<string> {
    if (!path.includes('DEPLOYMENT')) {
      return path;
    }
    const { body } = await call('get', '/deployments?limit=1');
    return path.replace('DEPLOYMENT', body.items[0].id);
  }

  describe('described by the specification', () => {
    it('has the routes of the specification, and no others', async () => {
      const { paths } = readSpec();
      const described = Object.entries(paths).flatMap(([path, item]) =>
        Object.keys(item).map(method => `${method} ${path}`),
      );
      expect(described.sort()).toEqual(
        ROUTES.map(([method, path]) => `${method} ${path}`).sort(),
      );
      expect((await call('get', '/nothing')).status).toBe(404);
    });

    it.each(ROUTES)('%s %s answers as described', async (method, path, url) => {
      const { paths, validate } = readSpec();
      const response = await call(method, await urlOf(url));
      expect(response.status).toBe(200);
      validate(paths[path][method].responses['200'], response.body);

      const refused = await request(backend.server)
        [method](`/api/gitops${await urlOf(url)}`)
        .set('authorization', mockCredentials.none.header());
      expect(refused.status).toBe(401);
      validate(readSpec().errorResponse, refused.body);
    });

    it.each(ROUTES)(
      '%s %s is forbidden to who may read nothing',
      async (method, _, url) => {
        const path = await urlOf(url);
        decide = () => DENY;
        const response = await call(method, path);
        expect(response.status).toBe(403);
        expect(response.body.error.name).toBe('NotAllowedError');
      },
    );

    it('is open to other plugins', async () => {
      const response = await request(backend.server)
        .get('/api/gitops/fleet')
        .set('authorization', mockCredentials.service.header());
      expect(response.status).toBe(200);
    });
  });

  describe('malformed requests', () => {
    it.each([
      '/fleet?limit=0',
      '/fleet?limit=501',
      '/fleet?sort=colour',
      '/fleet?health=great',
      '/fleet?owner[a]=b',
      '/fleet?unknown=1',
      '/fleet?cursor=abc',
      '/applications?unregistered=perhaps',
      '/deployments?from=yesterday',
      '/dora',
      '/dora?scope=galaxy',
      '/dora?scope=service',
      '/name-check',
      '/name-check?name=fine&repoUrl=not%20a%20url',
      '/name-check?name=fine&repoUrl=evil.example.com?owner=a%26repo=b',
    ])('%s is a bad request', async path => {
      const response = await call('get', path);
      expect([path, response.status, response.body.error?.name]).toEqual([
        path,
        400,
        'InputError',
      ]);
    });

    it.each([
      ['an unknown command', 'explode', {}],
      ['an unknown field', 'sync', { force: true }],
      ['a field of the wrong type', 'sync', { prune: 'yes' }],
      ['a command that the engine does not have', 'suspend', {}],
    ])('refuses %s', async (_, command, body) => {
      const response = await call(
        'post',
        `/applications/${ID.production}/${command}`,
        { body },
      );
      expect(response.status).toBe(400);
      expect(backend.patches).toEqual([]);
    });

    it.each([
      '/applications/nothing',
      '/applications/..%2F..%2Fclusters',
      `/applications/${encodeURIComponent("' OR 1=1 --")}`,
      '/applications/a%3Fb=c%26d',
      '/deployments/nothing',
      '/services/default/nobody',
      '/services/..%2Fx/%2e%2e',
      '/services/default/%5F%5Fproto%5F%5F',
    ])('%s is not found', async path => {
      const response = await call('get', path);
      expect([path, response.status]).toEqual([path, 404]);
    });
  });

  describe('the fleet', () => {
    it('has a row per service, and per application without one', async () => {
      const { body } = await call('get', '/fleet');
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
      const { body } = await call('get', `/fleet?${query}`);
      expect(body.rows.map(({ name }: { name: string }) => name)).toEqual(
        names,
      );
      expect(body.counts.applications).toBe(4);
    });

    it('comes in pages', async () => {
      const first = (await call('get', '/fleet?limit=3')).body;
      expect(first.totalRows).toBe(4);
      const next = (
        await call('get', `/fleet?limit=3&cursor=${first.nextCursor}`)
      ).body;
      expect(next.rows.map(({ name }: { name: string }) => name)).toEqual([
        'stray',
      ]);
      expect(next.nextCursor).toBeUndefined();
      const other = await call(
        'get',
        `/fleet?sort=trouble&cursor=${first.nextCursor}`,
      );
      expect(other.status).toBe(400);
    });

    it('costs one query of the store a reader, and the catalog one for all of theirs', async () => {
      backend.getEntities.mockClear();
      backend.listApplications.mockClear();
      await Promise.all(
        Array.from({ length: 50 }, () =>
          call('get', '/fleet', { user: 'many-tabs' }),
        ),
      );
      expect(backend.listApplications).toHaveBeenCalledTimes(50);
      expect(backend.getEntities).toHaveBeenCalledTimes(1);
    });
  });

  describe('the page of a service', () => {
    it('says what waits to be promoted, and what may be done', async () => {
      const { body } = await call('get', '/services/default/orders');
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
      decide = (permission, user) =>
        permission === READ ? ALLOW : ifOwner(user);
      const mine = await call('get', '/services/default/orders');
      expect(mine.body.permissions.operate).toEqual({ allowed: true });
      const theirs = await call('get', '/services/default/search');
      expect(theirs.body.permissions.operate).toEqual({
        allowed: false,
        reason: expect.stringContaining('user:default/grace'),
      });
    });
  });

  describe('conditional reading', () => {
    beforeEach(() => {
      decide = (_, user) => ifOwner(user);
    });

    it('shows owners what is theirs, everywhere', async () => {
      const fleet = (await call('get', '/fleet', { user: 'grace' })).body;
      expect(fleet.rows.map(({ name }: any) => name)).toEqual(['search']);
      expect(fleet.counts).toMatchObject({ services: 1, applications: 1 });
      expect(
        fleet.clusters.map((one: any) => [one.name, one.applications]),
      ).toEqual([
        ['local', 0],
        ['remote', 1],
      ]);
      const { body } = await call('get', '/applications', { user: 'grace' });
      expect(body.items.map(({ id }: any) => id)).toEqual([ID.search]);
      const deployments = await call('get', '/deployments', { user: 'grace' });
      expect(deployments.body.items).toEqual([]);
      const dora = await call('get', '/dora?scope=all', { user: 'grace' });
      expect(dora.body.services.map(({ name }: any) => name)).toEqual([
        'search',
      ]);
      expect(dora.body.deployments).toEqual([]);
    });

    it('does not tell others that it exists', async () => {
      const { body } = await call('get', '/deployments?limit=1');
      for (const path of [
        `/applications/${ID.production}`,
        `/applications/${ID.stray}`,
        '/services/default/orders',
        `/deployments/${body.items[0].id}`,
        '/dora?scope=service&ref=component:default/orders',
      ]) {
        const response = await call('get', path, { user: 'grace' });
        expect([path, response.status]).toEqual([path, 404]);
      }
      const asked = await call(
        'get',
        `/deployments?applicationId=${ID.production}`,
        { user: 'grace' },
      );
      expect(asked.body.items).toEqual([]);
    });
  });

  describe('deployments', () => {
    it('can be had of an application, of a time, and by id', async () => {
      const { body } = await call(
        'get',
        `/deployments?applicationId=${ID.production}`,
      );
      expect(body.items.map(({ version }: any) => version)).toEqual(['1.1.0']);
      const [{ id }] = body.items;
      expect((await call('get', `/deployments/${id}`)).body).toMatchObject({
        id,
        commits: [{ subject: 'Change 1' }],
      });
      const past = await call('get', '/deployments?to=2020-01-01');
      expect(past.body.totalItems).toBe(0);
    });
  });

  describe('commands', () => {
    it('reach the cluster as the observer says, and are audited', async () => {
      const response = await call(
        'post',
        `/applications/${ID.production}/sync`,
        {
          body: { revision: 'v2', prune: true },
        },
      );
      expect(response.status).toBe(200);
      expect(response.body).toMatchObject({
        command: 'sync',
        message: 'Asked Argo CD to sync orders-production to v2, with pruning',
        application: { id: ID.production },
      });
      expect(backend.patches).toEqual([
        {
          cluster: 'local',
          path: '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/orders-production',
          contentType: 'application/merge-patch+json',
          body: {
            operation: {
              initiatedBy: { username: 'user:default/ada' },
              sync: {
                revision: 'v2',
                prune: true,
                dryRun: false,
                syncOptions: ['CreateNamespace=true'],
              },
              retry: { limit: 0 },
            },
          },
        },
      ]);
      expect(backend.audited).toHaveLength(1);
      const [{ event, success, fail }] = backend.audited;
      expect(event).toMatchObject({
        eventId: 'application-sync',
        meta: { applicationId: ID.production, subject: 'user:default/ada' },
      });
      expect(success).toHaveBeenCalledTimes(1);
      expect(fail).not.toHaveBeenCalled();
    });

    it('of Flux are written in order, the source first', async () => {
      const run = (command: string) =>
        call('post', `/applications/${ID.search}/${command}`);
      expect((await run('sync')).body.message).toBe(
        'Asked Flux to sync search-dev',
      );
      expect((await run('suspend')).status).toBe(200);
      expect(
        backend.patches.map(({ cluster, path, body }) => [
          cluster,
          path.split('/').slice(-2).join('/'),
          Object.keys(body),
        ]),
      ).toEqual([
        ['remote', 'gitrepositories/search', ['metadata']],
        ['remote', 'kustomizations/search-dev', ['metadata']],
        ['remote', 'kustomizations/search-dev', ['spec']],
      ]);
      expect(
        (await call('post', `/applications/${ID.search}/terminate`)).status,
      ).toBe(400);
    });

    it('are for owners, as the policy says', async () => {
      decide = (permission, user) =>
        permission === READ ? ALLOW : ifOwner(user);
      const path = `/applications/${ID.production}/refresh`;
      expect((await call('post', path, { user: 'ada' })).status).toBe(200);
      backend.patches.length = 0;
      backend.audited.length = 0;

      const refused = await call('post', path, { user: 'grace' });
      expect(refused.status).toBe(403);
      expect(refused.body.error.message).toContain('user:default/ada');
      expect(backend.patches).toEqual([]);
      expect(backend.audited).toHaveLength(1);
      expect(backend.audited[0].fail).toHaveBeenCalledWith({
        error: expect.objectContaining({ name: 'NotAllowedError' }),
      });
    });

    it('on what belongs to nobody need a permission without conditions', async () => {
      const path = `/applications/${ID.stray}/refresh`;
      decide = (permission, user) =>
        permission === READ
          ? ALLOW
          : ({
              ...ifOwner(user),
              // Even one that says "not an owner".
              conditions: { not: (ifOwner(user) as any).conditions },
            } as any);
      expect((await call('post', path)).status).toBe(403);
      decide = () => ALLOW;
      expect((await call('post', path)).status).toBe(200);
    });

    it('are refused when the policy fails', async () => {
      decide = permission => {
        if (permission === READ) {
          return ALLOW;
        }
        throw new Error('The policy is broken');
      };
      const response = await call(
        'post',
        `/applications/${ID.production}/sync`,
      );
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(backend.patches).toEqual([]);
    });

    it.each([
      [403, 503, 'ServiceUnavailableError'],
      [404, 404, 'NotFoundError'],
      [409, 409, 'ConflictError'],
      [422, 400, 'InputError'],
      [500, 503, 'ServiceUnavailableError'],
    ])(
      'say what the cluster said: its %i is our %i',
      async (of, status, name) => {
        clusterStatus = of;
        const response = await call(
          'post',
          `/applications/${ID.production}/refresh`,
        );
        expect([response.status, response.body.error.name]).toEqual([
          status,
          name,
        ]);
        expect(backend.audited[0].fail).toHaveBeenCalledTimes(1);
      },
    );
  });

  describe('checking a name', () => {
    async function check(name: string, repoUrl?: string) {
      const query = new URLSearchParams({ name, ...(repoUrl && { repoUrl }) });
      const { body } = await call('get', `/name-check?${query}`);
      return [
        body.valid,
        Object.fromEntries(
          body.checks.map((one: any) => [one.where, one.state]),
        ),
      ];
    }

    it.each(['Orders', '-a', 'a-', '1a', 'a_b', 'a'.repeat(41), '../x', ''])(
      "'%s' is malformed",
      async name => {
        expect(await check(name)).toEqual([false, { format: 'invalid' }]);
      },
    );

    it.each([
      ['orders', 'shop', { catalog: 'taken', cluster: 'taken', forge: 'free' }],
      ['stray', 'shop', { catalog: 'free', cluster: 'taken', forge: 'free' }],
      ['taken', 'shop', { catalog: 'free', cluster: 'free', forge: 'taken' }],
    ])('%s is taken', async (name, owner, expected) => {
      expect(await check(name, `${forgeHost}?owner=${owner}`)).toEqual([
        false,
        { format: 'free', ...expected },
      ]);
    });

    it('is free when it is found nowhere, and asks the forge as Git does', async () => {
      expect(await check('fresh', `${forgeHost}?owner=shop&repo=new`)).toEqual([
        true,
        { format: 'free', catalog: 'free', cluster: 'free', forge: 'free' },
      ]);
      expect(forgeRequests).toEqual([
        {
          url: '/shop/new.git/info/refs?service=git-upload-pack',
          authorization: `basic ${Buffer.from('robot:secret').toString(
            'base64',
          )}`,
        },
      ]);
    });

    it('is unknown when the forge cannot say', async () => {
      const [, states] = await check('fresh', `${forgeHost}?owner=broken`);
      expect(states).toMatchObject({ forge: 'unknown' });
    });

    it('asks no other path of the forge, whatever the owner is called', async () => {
      await check('fresh', `${forgeHost}?owner=..%2F..&repo=a%3Fb%23c`);
      expect(forgeRequests.map(({ url }) => url)).toEqual([
        '/..%2F../a%3Fb%23c.git/info/refs?service=git-upload-pack',
      ]);
      const dots = await call(
        'get',
        `/name-check?name=fresh&repoUrl=${encodeURIComponent(
          `${forgeHost}?owner=..&repo=x`,
        )}`,
      );
      expect(dots.status).toBe(400);
    });
  });

  describe('the permission system', () => {
    it('knows the resources, and whether their owner asks', async () => {
      const applyTo = async (resourceRef: string, user: string) => {
        const { body } = await request(backend.server)
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

  describe('actions', () => {
    const invoke = (name: string, input: object, user = 'ada') =>
      backend.actions.invoke({
        id: `test:${name}`,
        input: input as any,
        credentials: mockCredentials.user(`user:default/${user}`),
      }) as Promise<{ output: any }>;

    it('say honestly what they do', async () => {
      const { actions } = await backend.actions.list();
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
      decide = (_, user) => ifOwner(user);
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
      expect(backend.patches).toHaveLength(1);
      expect(backend.audited).toHaveLength(1);
    });

    it('do nothing that the caller may not', async () => {
      decide = permission => (permission === READ ? ALLOW : DENY);
      await expect(
        invoke('sync-gitops-application', { id: ID.production }),
      ).rejects.toThrow(/may not/);
      expect(backend.patches).toEqual([]);
    });
  });
});
