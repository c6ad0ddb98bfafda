import { settled } from './portalApi.mjs';
import { summary } from './statistics.mjs';

const BASELINE = '/.backstage/health/v1/readiness';

const PATHS = [
  '/api/gitops/fleet',
  '/api/gitops/services/default/orders',
  '/api/gitops/dora?scope=all',
];

/** Readers at once, and requests of all of them together. */
const ROUNDS = [
  { readers: 1, requests: 60 },
  { readers: 20, requests: 300 },
];

async function timed(client, path) {
  const began = performance.now();
  const response = await client.request(path);
  const body = await response.arrayBuffer();
  if (!response.ok) {
    throw new Error(`${path}: ${response.status}`);
  }
  return { milliseconds: performance.now() - began, bytes: body.byteLength };
}

/** Each reader asks again as soon as it has its answer. */
async function read(client, path, { readers, requests }) {
  await timed(client, path);
  let left = requests;
  const all = [];
  await Promise.all(
    Array.from({ length: readers }, async () => {
      while (left > 0) {
        left -= 1;
        all.push(await timed(client, path));
      }
    }),
  );
  return {
    ...summary(all.map(({ milliseconds }) => milliseconds)),
    bytes: all[0].bytes,
  };
}

/** How long the backend takes to answer, with one reader and with many. */
export async function measureAnswers(world) {
  const { client } = world;
  const input = await settled(client);
  const figures = [];
  for (const round of ROUNDS) {
    const baseline = await read(client, BASELINE, round);
    for (const path of PATHS) {
      const { p50, p95, bytes } = await read(client, path, round);
      const readers = `${round.readers} reader${round.readers > 1 ? 's' : ''}`;
      for (const [name, value] of Object.entries({ p50, p95 })) {
        figures.push({
          what: `GET ${path.replace('/api/gitops', '')}, ${readers}, ${name}`,
          value,
          unit: 'ms',
          baseline: { what: 'readiness', value: baseline[name] },
          ...(name === 'p50' ? { bytes } : {}),
        });
      }
    }
  }
  return {
    input,
    figures,
    notes: [
      ROUNDS.map(
        ({ readers, requests }) =>
          `${readers} reader${
            readers > 1 ? 's' : ''
          }: ${requests} requests for each address`,
      ).join('; '),
      'The readers run on the machine that answers them',
    ],
  };
}
