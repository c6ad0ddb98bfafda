import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onEnd } from '../cleanup.mjs';
import { ports } from '../settings.mjs';
import { summary } from '../statistics.mjs';
import { startPostgres } from './postgres.mjs';
import { read, readersClient } from './readersClient.mjs';
import { readersConfig } from './readersConfig.mjs';
import { seed, startBackend } from './readersProcesses.mjs';

const SIZES = [1_000, 10_000];
/** The size that the promises are about. */
const PROMISED_SIZE = 10_000;
const PROMISE_MS = { fleet: 30, service: 20 };
const CLUSTERS = 20;
const READERS = 50;
/** Different services that are opened. */
const SERVICES = 200;
/** A person opens a page each second. */
const PACE_MS = 1_000;
const ENVIRONMENTS = 3;
const MB = 2 ** 20;

/** Filters, orders and pages as people use them; 50 rows each. */
const FLEET = [
  'sort=trouble',
  'sort=trouble&owner=group:default/team-7',
  'sort=name&environment=production&health=degraded',
  'sort=name&search=service-001',
  'sort=last-deployment&cluster=cluster-3',
  'sort=last-deployment',
  'sort=owner&sync=out-of-sync',
  'sort=owner&system=system:default/system-5',
  'sort=name',
  `sort=name&cursor=${Buffer.from('["name",50]').toString('base64url')}`,
];

const serviceName = index => `service-${String(index).padStart(5, '0')}`;

const PAGES = {
  trivial: () => () => '/api/baseline/trivial',
  fleet: () => (reader, turn) =>
    `/api/gitops/fleet?limit=50&${FLEET[(reader + turn) % FLEET.length]}`,
  service: services => (reader, turn) =>
    `/api/gitops/services/default/${serviceName(
      (reader * 7 + turn * 13) % Math.min(SERVICES, services),
    )}`,
};

/** Each page once, by one reader: nobody has looked at it since something changed. */
async function readFirst({ client, tokens, services }) {
  const headers = { authorization: `Bearer ${tokens[0]}` };
  const count = Math.min(SERVICES, services);
  const timesOf = async paths => {
    const times = [];
    for (const path of paths) {
      const began = performance.now();
      await client.json(path, headers);
      times.push(performance.now() - began);
    }
    return summary(times);
  };
  return {
    fleet: await timesOf(
      FLEET.map(query => `/api/gitops/fleet?limit=50&${query}`),
    ),
    service: await timesOf(
      Array.from(
        { length: count },
        (_, index) => `/api/gitops/services/default/${serviceName(index)}`,
      ),
    ),
  };
}

async function measurePages({ client, tokens, services, seconds, everyMs }) {
  const results = {};
  for (const [name, pathsOf] of Object.entries(PAGES)) {
    const pathOf = pathsOf(services);
    const before = await client.json('/api/baseline/usage');
    const { times, count, perSecond, bytesEach } = await read(client, {
      ...{ tokens, pathOf, seconds, everyMs },
    });
    const after = await client.json('/api/baseline/usage');
    results[name] = {
      ...summary(times),
      ...{ perSecond, bytesEach },
      cpuMs: (after.cpuMs - before.cpuMs) / count,
      clusterRequests: after.clusterRequests - before.clusterRequests,
      after,
    };
  }
  return results;
}

/** What a number of applications costs on one database. */
async function measureSize({ world, database, applications }) {
  const { log, onLine, client, seconds } = world;
  const size = { applications, clusters: CLUSTERS, users: READERS };
  const services = Math.floor(applications / ENVIRONMENTS);
  const folder = mkdtempSync(join(tmpdir(), 'fairway-bench-readers-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, 'config.yaml'),
    JSON.stringify(
      readersConfig({ port: ports.watching, database: database.in(folder) }),
    ),
  );
  const options = { folder, size, onLine };
  log(`readers: ${database.name}, ${applications}: filling the store`);
  const deployments = await seed(options);
  log(`readers: ${database.name}, ${applications}: starting the backend`);
  const backend = await startBackend({
    ...options,
    ...{ client, services, readers: READERS },
  });
  const { tokens } = backend;
  log(`readers: ${database.name}, ${applications}: reading`);
  const asked = { client, tokens, services, seconds };
  const first = await readFirst(asked);
  const paced = await measurePages({ ...asked, everyMs: PACE_MS });
  const closed = await measurePages(asked);
  await backend.stop();
  return { deployments, services, first, closed, paced };
}

function figuresOf({ database, applications, measured }) {
  const where = `${database.name}, ${applications} applications`;
  const promised = applications === PROMISED_SIZE;
  const figures = ['fleet', 'service'].map(name => ({
    what: `${where}: ${name} page, one reader, the first since a change, p50`,
    ...{ value: measured.first[name].p50, unit: 'ms' },
  }));
  for (const [how, results] of [
    ['each a page a second', measured.paced],
    ['each again at once', measured.closed],
  ]) {
    for (const name of ['fleet', 'service']) {
      const { p50, p95, cpuMs, perSecond } = results[name];
      const { trivial } = results;
      const what = `${where}: ${name} page, ${READERS} readers, ${how}`;
      figures.push(
        {
          ...{ what: `${what}, p50`, value: p50, unit: 'ms' },
          baseline: { what: 'a route that does nothing', value: trivial.p50 },
        },
        {
          ...{ what: `${what}, p95`, value: p95, unit: 'ms' },
          baseline: { what: 'a route that does nothing', value: trivial.p95 },
          ...(promised && how.includes('second')
            ? { atMost: PROMISE_MS[name] }
            : {}),
        },
        {
          ...{ what: `${what}, CPU of a request`, value: cpuMs, unit: 'ms' },
          baseline: { what: 'a route that does nothing', value: trivial.cpuMs },
          perSecond,
        },
      );
    }
  }
  const pages = [measured.closed, measured.paced].flatMap(
    ({ fleet, service }) => [fleet, service],
  );
  figures.push({
    what: `${where}: requests to a cluster`,
    value: pages.reduce((sum, page) => sum + page.clusterRequests, 0),
    unit: 'requests',
    expected: 0,
  });
  return figures;
}

function stores() {
  const connection = startPostgres(ports.watchingDatabase);
  let count = 0;
  return [
    {
      name: 'SQLite',
      in: folder => {
        const directory = join(folder, 'database');
        mkdirSync(directory, { recursive: true });
        return { client: 'better-sqlite3', connection: { directory } };
      },
    },
    ...(connection
      ? [
          {
            name: 'PostgreSQL',
            in: () => {
              count += 1;
              return {
                ...{ client: 'pg', connection },
                prefix: `readers_${count}_`,
              };
            },
          },
        ]
      : []),
  ];
}

/** How long the pages take that many people read, of many applications. */
export async function measureReaders({
  log,
  onLine,
  quick = false,
  sizes = SIZES,
}) {
  const client = readersClient(ports.watching);
  onEnd(() => client.close());
  const world = { log, onLine, client, seconds: quick ? 4 : 12 };
  const figures = [];
  const notes = [
    'Real catalog, sign-in, permission backend with the policy of the portal, and HTTP; the store is filled before, and nothing is watched meanwhile. Each reader is a user of their own',
    `Fleet: ${FLEET.length} filters, orders and pages of 50 rows; service: ${SERVICES} services. The readers run on the machine that answers them`,
    'The promises are about people: fifty who each open a page a second. Readers who ask again at once find out how much one process can answer; then a route that does nothing waits as long',
  ];
  const databases = stores();
  const input = {};
  for (const applications of sizes) {
    for (const database of databases) {
      const measured = await measureSize({ world, database, applications });
      const { closed, paced, services, deployments } = measured;
      figures.push(...figuresOf({ database, applications, measured }));
      const p95 = ({ fleet, service, trivial }) =>
        [fleet, service, trivial].map(one => one.p95.toFixed(1)).join(', ');
      log(
        `readers: ${database.name}, ${applications}: p95 of fleet, service and nothing: ` +
          `${p95(paced)} ms; again at once ${p95(closed)} ms`,
      );
      input[`services of ${applications} applications`] = services;
      input[`deployments of ${applications}`] = deployments;
      const { rss, heapUsed } = paced.service.after;
      notes.push(
        `${database.name}, ${applications}: ${closed.fleet.perSecond.toFixed(
          0,
        )} fleet and ${closed.service.perSecond.toFixed(
          0,
        )} service pages a second at most (${closed.trivial.perSecond.toFixed(
          0,
        )} of the route that does nothing); ${Math.round(
          closed.fleet.bytesEach / 1000,
        )} and ${Math.round(
          closed.service.bytesEach / 1000,
        )} kB each; the process has ${Math.round(rss / MB)} MiB, ${Math.round(
          heapUsed / MB,
        )} MiB of it objects`,
      );
    }
  }
  if (databases.length === 1) {
    notes.push('PostgreSQL was left out: there is none in /usr/lib/postgresql');
  }
  return {
    input: { readers: READERS, clusters: CLUSTERS, ...input },
    figures,
    notes,
  };
}
