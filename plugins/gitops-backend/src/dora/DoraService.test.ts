import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { DatabaseGitopsStore, type BackfilledDeployment } from '../store';
import { DoraService, type ServiceEntry } from './DoraService';

jest.setTimeout(60_000);

const NOW = new Date('2026-05-31T00:00:00Z');
const SERVICES: ServiceEntry[] = [
  {
    entityRef: 'component:default/orders',
    name: 'orders',
    owner: 'group:default/payments',
    system: 'system:default/shop',
    domain: 'domain:default/retail',
  },
  {
    entityRef: 'component:default/carts',
    name: 'carts',
    owner: 'group:default/payments',
  },
  {
    entityRef: 'component:default/search',
    name: 'search',
    owner: 'group:default/search',
    system: 'system:default/shop',
  },
];

function deployment(
  service: string,
  day: string,
  more: Partial<BackfilledDeployment> & { leadHours?: number } = {},
): BackfilledDeployment {
  const { leadHours = 2, ...rest } = more;
  const finishedAt = `2026-${day}T12:00:00.000Z`;
  const authoredAt = new Date(
    Date.parse(finishedAt) - leadHours * 3_600_000,
  ).toISOString();
  return {
    key: `git/${day}`,
    from: {},
    applicationId: service,
    applicationName: service,
    entityRef: `component:default/${service}`,
    environment: 'production',
    tier: 'production',
    engine: 'flux',
    cluster: 'eu',
    source: 'git',
    kind: 'release',
    rework: false,
    counted: true,
    revision: day,
    images: [],
    finishedAt,
    outcome: 'succeeded',
    attribution: 'configuration',
    commits: [
      {
        sha: `${service}-${day}`,
        repoUrl: 'https://git.example.com/shop/x.git',
        subject: 'Change',
        author: 'Ada',
        authoredAt,
        committedAt: authoredAt,
      },
    ],
    failures: [],
    ...rest,
  };
}

describe('DoraService', () => {
  const databases = TestDatabases.create({
    ids: process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
      ? ['SQLITE_3', 'POSTGRES_15']
      : ['SQLITE_3'],
  });

  async function setup(databaseId = databases.eachSupportedId()[0][0]) {
    const knex = await databases.init(databaseId);
    const store = await DatabaseGitopsStore.create({
      database: mockServices.database({ knex }),
    });
    await store.insertBackfilled([
      deployment('orders', '04-20'),
      deployment('orders', '05-10', { leadHours: 4 }),
      deployment('orders', '05-11', {
        leadHours: 8,
        failures: [
          {
            signal: 'health',
            reason: 'Degraded',
            startedAt: '2026-05-11T12:10:00.000Z',
            endedAt: '2026-05-11T12:40:00.000Z',
          },
        ],
      }),
      deployment('orders', '05-12', {
        key: 'staging',
        tier: 'staging',
        environment: 'staging',
        counted: false,
        notCountedReason: 'not-production',
      }),
      deployment('orders', '05-13', {
        counted: false,
        notCountedReason: 'not-touched',
      }),
      deployment('carts', '05-20', { leadHours: 30 }),
      deployment('search', '05-21', { leadHours: 1 }),
      deployment('secret', '05-22', { leadHours: 100 }),
    ]);
    let queries = 0;
    const service = new DoraService({
      store: {
        deploymentsInWindow: query => {
          queries++;
          return store.deploymentsInWindow(query);
        },
      },
      now: () => NOW,
    });
    return { service, store, queries: () => queries };
  }

  it.each(databases.eachSupportedId())(
    'reports over scopes and compares their services (%s)',
    async databaseId => {
      const { service } = await setup(databaseId);
      const report = (
        kind: 'owner' | 'system' | 'domain' | 'all' | 'service',
        ref?: string,
      ) => service.getReport({ scope: { kind, ref } }, { services: SERVICES });

      const team = await report('owner', 'group:default/payments');
      expect(team.report.window).toEqual({
        from: '2026-05-01T00:00:00.000Z',
        to: '2026-05-31T00:00:00.000Z',
        timeZone: 'UTC',
      });
      expect(team.report.interval).toBe('day');
      expect(
        team.report.metrics.map(({ result }) =>
          result.status === 'measured' ? result.value : result.count,
        ),
      ).toEqual([3 / 30, 8 * 3600, 1 / 3, 1800, 0]);
      expect(team.report.metrics[0].previous).toMatchObject({ count: 1 });
      expect(team.services.map(one => [one.name, one.deployments])).toEqual([
        ['orders', 2],
        ['carts', 1],
      ]);
      expect(team.services[0].values[2]).toMatchObject({ value: 0.5 });
      expect(team.services[1].values[2]).toMatchObject({
        status: 'not-enough-data',
      });
      expect(
        team.deployments.map(one => [one.revision, one.commitCount]),
      ).toEqual([
        ['05-20', 1],
        ['05-13', 1],
        ['05-11', 1],
        ['05-10', 1],
      ]);

      const counts = await Promise.all([
        report('all'),
        report('system', 'system:default/shop'),
        report('domain', 'domain:default/retail'),
        report('service', 'component:default/orders'),
      ]);
      expect(
        counts.map(one => [
          one.report.metrics[0].result.count,
          one.services.length,
        ]),
      ).toEqual([
        // Nobody said that the caller may read "secret".
        [4, 3],
        [3, 2],
        [2, 1],
        [2, 0],
      ]);
    },
  );

  it('takes windows, zones, intervals and bands from the query', async () => {
    const { service } = await setup();
    const { report } = await service.getReport(
      {
        scope: { kind: 'all' },
        from: '2026-04-01T00:00:00+02:00',
        to: '2026-06-01T00:00:00+02:00',
        timeZone: 'Europe/Berlin',
        interval: 'month',
        bands: 2021,
      },
      { services: SERVICES },
    );
    expect(report.metrics[0].series).toMatchObject([
      { from: '2026-03-31T22:00:00.000Z', count: 1 },
      { from: '2026-04-30T22:00:00.000Z', count: 4 },
    ]);
    expect(report.metrics[1].band).toEqual({ level: 'high', year: 2021 });
  });

  it('refuses what it cannot answer', async () => {
    const { service } = await setup();
    const ask = (query: Parameters<DoraService['getReport']>[0]) =>
      service.getReport(query, { services: SERVICES });
    await expect(
      ask({ scope: { kind: 'service', ref: 'component:default/secret' } }),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
    await expect(ask({ scope: { kind: 'owner' } })).rejects.toMatchObject({
      name: 'InputError',
    });
    await expect(
      ask({ scope: { kind: 'all' }, from: 'yesterday' }),
    ).rejects.toThrow(/start of the window is not a time/);
    await expect(
      ask({ scope: { kind: 'all' }, timeZone: 'Nowhere' }),
    ).rejects.toMatchObject({ name: 'InputError' });
  });

  it('measures the lead time of a service once for each change of it', async () => {
    const { service, queries } = await setup();
    const refs = ['component:default/orders', 'component:default/unknown'];
    let version = 1;
    const read = async (asked: string[]) => [
      ...(await service.leadTimes(asked, () => version)),
    ];
    const orders = [['component:default/orders', 6 * 3600]];
    expect(await Promise.all([read(refs), read(refs)])).toEqual([
      orders,
      orders,
    ]);
    expect(queries()).toBe(1);
    expect(await read([...refs, 'component:default/search'])).toEqual([
      ...orders,
      ['component:default/search', 3600],
    ]);
    expect(queries()).toBe(2);
    version = 2;
    expect(await read(refs)).toEqual(orders);
    expect(queries()).toBe(3);
  });
});
