import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onEnd } from '../cleanup.mjs';
import { ports } from '../settings.mjs';
import { summary } from '../statistics.mjs';
import { pause, until } from '../waiting.mjs';
import { startPostgres } from './postgres.mjs';
import { startProcess } from './processes.mjs';

const CLUSTERS = 20;
const SIZES = [1_000, 10_000];
/** The size that the promises are about. */
const PROMISED_SIZE = 10_000;
const PROMISE = { seconds: 60, memoryMb: 250, latencyMs: 1_000 };

const CHANGES_PER_SECOND = 200;
/** One of so many changes is looked for, so that those who look are not the load. */
const SAMPLED = 100;
const LOOK_EVERY_MS = 50;
const GIVE_UP_MS = 15_000;
const IDLE_MS = 8_000;
const STORED_TIMEOUT_MS = 600_000;
const MB = 1e6;

const LIST = '/apis/argoproj.io/v1alpha1/applications?limit=500';

const clusterName = index => `cluster-${String(index + 1).padStart(2, '0')}`;

/** Answers of the process with the clusters, by order; and the changes that it makes. */
async function startClusters({ onLine, onChange }) {
  const waiting = new Map();
  const child = startProcess({
    name: 'clustersProcess.ts',
    onLine,
    execArgv: ['--max-old-space-size=8192'],
    onMessage: message => {
      if (message.changes) {
        message.changes.forEach(onChange);
      } else if (message.order) {
        const { resolve, reject } = waiting.get(message.order);
        waiting.delete(message.order);
        if (message.error) {
          reject(new Error(message.error));
        } else {
          resolve(message.result);
        }
      }
    },
  });
  const ask = order =>
    Promise.race([
      new Promise((resolve, reject) => {
        waiting.set(order.order, { resolve, reject });
        child.send(order);
      }),
      child.failed,
    ]);
  const token = randomUUID();
  const urls = await ask({ order: 'start', clusters: CLUSTERS, token });
  return {
    ask,
    clusters: urls.map((url, index) => ({
      ...{ name: clusterName(index), url, token },
    })),
  };
}

/** What it costs without Fairway: every page from the clusters themselves, parsed. */
async function rawList(clusters) {
  const began = Date.now();
  let count = 0;
  for (const { url, token } of clusters) {
    let next;
    do {
      const page = next ? `&continue=${encodeURIComponent(next)}` : '';
      const answer = await fetch(`${url}${LIST}${page}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const list = JSON.parse(await answer.text());
      count += list.items.length;
      next = list.metadata.continue;
    } while (next);
  }
  return { seconds: (Date.now() - began) / 1000, count };
}

/** A backend on a database with nothing in it. */
async function startBackend({
  onLine,
  database,
  clusters,
  applications,
  name,
}) {
  const token = randomUUID();
  const state = { rss: 0, peak: 0, startingAt: 0, cpuSeconds: 0 };
  let listening;
  const isListening = new Promise(resolve => {
    listening = resolve;
  });
  const profile = process.env.FAIRWAY_BENCH_PROFILE;
  const child = startProcess({
    name: 'backendProcess.ts',
    onLine,
    env: profile
      ? { FAIRWAY_BENCH_PROFILE: join(profile, `${name}.cpuprofile`) }
      : {},
    onMessage: message => {
      if (message === 'listening') {
        listening();
      } else if (message.rss) {
        state.rss = message.rss;
        state.cpuSeconds = message.cpuSeconds;
        state.peak = Math.max(state.peak, message.rss);
      } else if (message.starting) {
        state.startingAt = message.starting;
      }
    },
  });
  child.send({ port: ports.watching, token, database, clusters, applications });
  await Promise.race([isListening, child.failed]);
  const get = async path => {
    const answer = await fetch(
      `http://127.0.0.1:${ports.watching}/api/gitops${path}`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    return answer.ok ? answer.json() : undefined;
  };
  return { state, get, stop: child.stop, failed: child.failed };
}

/** Databases with nothing in them, one for each call. */
function databases() {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-bench-watching-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  const sqlite = () => {
    count += 1;
    const directory = join(folder, String(count));
    mkdirSync(directory);
    return { client: 'better-sqlite3', connection: { directory } };
  };
  const connection = startPostgres(ports.watchingDatabase);
  const postgres = () => {
    count += 1;
    return {
      ...{ client: 'pg', connection },
      prefix: `bench_${count}_`,
    };
  };
  return [
    { name: 'SQLite', fresh: sqlite },
    ...(connection ? [{ name: 'PostgreSQL', fresh: postgres }] : []),
  ];
}

async function measureIdle({ onLine, database, clusters }) {
  const backend = await startBackend({
    ...{ onLine, clusters, applications: Math.max(...SIZES) },
    ...{ database: database.fresh(), name: `idle-${database.name}` },
  });
  await pause(IDLE_MS);
  await backend.stop();
  return backend.state.rss;
}

async function measureStored({ backend, applications }) {
  await Promise.race([
    until(
      async () => {
        const page = await backend.get('/clusters');
        const stored = page?.items.reduce(
          (sum, cluster) => sum + cluster.applications,
          0,
        );
        return stored === applications;
      },
      {
        what: `${applications} applications are stored`,
        ...{ timeoutMs: STORED_TIMEOUT_MS, everyMs: 250 },
      },
    ),
    backend.failed,
  ]);
  return (Date.now() - backend.state.startingAt) / 1000;
}

/** From a change of a cluster until a reader of the API sees it. */
async function look({ backend, change }) {
  const { index, marker, at } = change;
  const id = `${clusterName(index % CLUSTERS)}~application~argocd~${
    change.name
  }`;
  while (Date.now() - at < GIVE_UP_MS) {
    const application = await backend.get(`/applications/${id}`);
    if (application?.desiredRevision === marker) {
      return Date.now() - at;
    }
    await pause(LOOK_EVERY_MS);
  }
  return GIVE_UP_MS;
}

/** All figures of one number of applications on one database. */
async function measureSize({ world, database, applications, idle, raw }) {
  const { log, clusters, listeners, ask, seconds } = world;
  const backend = await startBackend({
    ...{ onLine: world.onLine, clusters, applications },
    ...{ database: database.fresh(), name: `${database.name}-${applications}` },
  });
  const stored = await measureStored({ backend, applications });
  const { peak: listPeak, cpuSeconds } = backend.state;
  log(
    `watching: ${database.name}, ${applications}: stored after ${stored.toFixed(
      1,
    )} s`,
  );
  const looking = [];
  let seen = 0;
  listeners.onChange = change => {
    seen += 1;
    if (seen % SAMPLED === 0) {
      looking.push(look({ backend, change }));
    }
  };
  const made = await ask({
    ...{ order: 'change', perSecond: CHANGES_PER_SECOND, seconds },
  });
  const latency = summary(await Promise.all(looking));
  listeners.onChange = () => {};
  const peak = backend.state.peak;
  await backend.stop();
  const promised = applications === PROMISED_SIZE;
  const where = `${database.name}, ${applications} applications`;
  const figure = (what, value, unit, atMost, baseline) => ({
    ...{ what: `${where}: ${what}`, value, unit },
    ...(promised && atMost ? { atMost } : {}),
    ...(baseline ? { baseline } : {}),
  });
  return {
    figures: [
      figure('from empty until all are stored', stored, 's', PROMISE.seconds, {
        ...{ what: 'list and parse alone', value: raw.seconds },
      }),
      figure(
        'CPU of the backend until then, its start included',
        cpuSeconds,
        's',
      ),
      figure(
        'memory above idle while they are listed, peak',
        (listPeak - idle) / MB,
        'MB',
        PROMISE.memoryMb,
        { what: 'idle', value: idle / MB },
      ),
      figure(
        `memory above idle during ${CHANGES_PER_SECOND} changes/s, peak`,
        ...[(peak - idle) / MB, 'MB', undefined],
        { what: 'idle', value: idle / MB },
      ),
      figure('a change is visible to a reader, p50', latency.p50, 'ms'),
      figure(
        'a change is visible to a reader, p95',
        ...[latency.p95, 'ms', PROMISE.latencyMs],
      ),
    ],
    changes: { ...made, ...latency },
  };
}

/** How long it takes and what it costs to see many applications, and every change of them. */
export async function measureWatching({ log, onLine, quick = false }) {
  const listeners = { onChange: () => {} };
  const { ask, clusters } = await startClusters({
    onLine,
    onChange: change => listeners.onChange(change),
  });
  const seconds = quick ? 10 : 60;
  const world = { log, onLine, clusters, listeners, ask, seconds };
  const stores = databases();
  const idle = new Map();
  for (const database of stores) {
    log(`watching: ${database.name}, idle`);
    idle.set(database, await measureIdle({ onLine, database, clusters }));
  }
  const figures = [];
  const notes = [
    'Each time a backend of the kubernetes plugin, Fairway and its module for Argo CD, on a database with nothing in it, through the proxy of the kubernetes plugin; from the first line of its start',
    'The catalog is one in memory, history before the first sight is not read (gitops.dora.backfill.days: 0), and who looks for a change asks GET /applications/{id} every 50 ms',
    'The 20 clusters run in one process on the same machine; the baseline lists them one after the other, past the portal',
    'Idle is the same backend with 20 clusters that have no application, 8 s after its start',
  ];
  let filled;
  for (const applications of SIZES) {
    log(`watching: making ${applications} applications`);
    filled = await ask({ order: 'fill', applications });
    const raw = await rawList(clusters);
    for (const database of stores) {
      log(`watching: ${database.name}, ${applications} applications`);
      const measured = await measureSize({
        ...{ world, database, applications, raw },
        idle: idle.get(database),
      });
      figures.push(...measured.figures);
      const { made, n, max } = measured.changes;
      notes.push(
        `${
          database.name
        }, ${applications}: ${made} changes in ${measured.changes.seconds.toFixed(
          1,
        )} s, ${n} of them looked for, the slowest seen after ${max} ms`,
      );
    }
  }
  if (!stores.some(({ name }) => name === 'PostgreSQL')) {
    notes.push('PostgreSQL was left out: there is none in /usr/lib/postgresql');
  }
  return {
    input: {
      clusters: CLUSTERS,
      applications: SIZES.join(' and '),
      'KB each': `${Math.round(filled.smallest / 1000)} to ${Math.round(
        filled.largest / 1000,
      )}`,
      'changes/s': CHANGES_PER_SECOND,
      's of changes': seconds,
    },
    figures,
    notes,
  };
}
