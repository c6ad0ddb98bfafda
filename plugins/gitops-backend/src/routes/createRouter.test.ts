import { mockCredentials } from '@backstage/backend-test-utils';
import request from 'supertest';
import { readSpec } from './__testUtils__/readSpec';
import { DENY, ID, useAnswersBackend } from './__testUtils__/useAnswersBackend';

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
  ['get', '/commands/{id}', '/commands/COMMAND'],
  ['get', '/services/{namespace}/{name}', '/services/default/orders'],
  ['get', '/deployments', '/deployments'],
  ['get', '/deployments/{id}', '/deployments/DEPLOYMENT'],
  ['get', '/dora', '/dora?scope=all'],
  ['get', '/name-check', '/name-check?name=new-service'],
];

jest.setTimeout(60_000);

const NOW = new Date().toISOString();

describe('the HTTP API', () => {
  const world = useAnswersBackend();

  async function urlOf(path: string): Promise<string> {
    if (path.includes('COMMAND')) {
      const { body } = await world.call(
        'post',
        `/applications/${ID.production}/refresh`,
      );
      await world.backend.store.updateCommandRun(body.run.id, {
        ...{ state: 'failed', message: 'It would not do', heardAt: NOW },
        finishedAt: NOW,
        results: [
          {
            ...{ group: 'batch', kind: 'Job', namespace: 'a', name: 'b' },
            ...{ status: 'synced', change: 'created', message: 'created' },
            ...{ hook: 'PreSync', phase: 'failed' },
          },
        ],
        omittedResults: 1,
      });
      return path.replace('COMMAND', body.run.id);
    }
    if (!path.includes('DEPLOYMENT')) {
      return path;
    }
    const { body } = await world.call('get', '/deployments?limit=1');
    return path.replace('DEPLOYMENT', body.items[0].id);
  }

  describe('described by the specification', () => {
    it('has the routes of the specification, and no others', async () => {
      const { paths } = readSpec();
      // Webhooks have a router of their own, and no credentials; see webhooks.test.ts.
      const { '/webhooks/{source}': _, ...others } = paths;
      const described = Object.entries(others).flatMap(([path, item]) =>
        Object.keys(item).map(method => `${method} ${path}`),
      );
      expect(described.sort()).toEqual(
        ROUTES.map(([method, path]) => `${method} ${path}`).sort(),
      );
      expect((await world.call('get', '/nothing')).status).toBe(404);
    });

    it.each(ROUTES)('%s %s answers as described', async (method, path, url) => {
      const { paths, validate } = readSpec();
      const response = await world.call(method, await urlOf(url));
      expect(response.status).toBe(200);
      validate(paths[path][method].responses['200'], response.body);

      const refused = await request(world.backend.server)
        [method](`/api/gitops${await urlOf(url)}`)
        .set('authorization', mockCredentials.none.header());
      expect(refused.status).toBe(401);
      validate(readSpec().errorResponse, refused.body);
    });

    it.each(ROUTES)(
      '%s %s is forbidden to who may read nothing',
      async (method, _, url) => {
        const path = await urlOf(url);
        world.decide = () => DENY;
        const response = await world.call(method, path);
        expect(response.status).toBe(403);
        expect(response.body.error.name).toBe('NotAllowedError');
      },
    );

    it('is open to other plugins', async () => {
      const response = await request(world.backend.server)
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
      '/deployments?from=2026-02-30',
      '/dora',
      '/dora?scope=galaxy',
      '/dora?scope=service',
      '/name-check',
      '/name-check?name=fine&repoUrl=not%20a%20url',
      '/name-check?name=fine&repoUrl=evil.example.com?owner=a%26repo=b',
    ])('%s is a bad request', async path => {
      const response = await world.call('get', path);
      expect([path, response.status, response.body.error?.name]).toEqual([
        path,
        400,
        'InputError',
      ]);
    });

    it.each([
      ['an unknown command', 'explode', {}],
      ['an unknown field', 'sync', { everywhere: true }],
      ['a list of no objects', 'sync', { resources: [] }],
      ['an object without a kind', 'sync', { resources: [{ name: 'x' }] }],
      ['a field of the wrong type', 'sync', { prune: 'yes' }],
      ['a command that the engine does not have', 'suspend', {}],
    ])('refuses %s', async (_, command, body) => {
      const response = await world.call(
        'post',
        `/applications/${ID.production}/${command}`,
        { body },
      );
      expect(response.status).toBe(400);
      expect(world.backend.patches).toEqual([]);
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
      const response = await world.call('get', path);
      expect([path, response.status]).toEqual([path, 404]);
    });
  });
});
