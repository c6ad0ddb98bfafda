import { urls } from './settings.mjs';
import { until } from './waiting.mjs';

/** A plain client of the portal's HTTP API, signed in as the guest. */
export async function portalClient() {
  const answer = await fetch(`${urls.portal}/api/auth/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  if (!answer.ok) {
    throw new Error(`The guest cannot sign in: ${answer.status}`);
  }
  const { backstageIdentity } = await answer.json();
  const headers = { authorization: `Bearer ${backstageIdentity.token}` };
  const request = path => fetch(`${urls.portal}${path}`, { headers });
  return {
    request,
    json: async path => {
      const response = await request(path);
      if (!response.ok) {
        throw new Error(`${path}: ${response.status}`);
      }
      return response.json();
    },
  };
}

/** How much the portal holds. */
export async function readSize(client) {
  const { counts, rows } = await client.json('/api/gitops/fleet?limit=500');
  const size = {
    services: counts.services,
    applications: counts.applications,
    deployments: 0,
    commits: 0,
  };
  let cursor;
  do {
    const page = await client.json(
      `/api/gitops/deployments?limit=500${
        cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''
      }`,
    );
    size.deployments += page.items.length;
    size.commits += page.items.reduce(
      (sum, { commits }) => sum + commits.length,
      0,
    );
    cursor = page.nextCursor;
  } while (cursor);
  const moving = rows
    .flatMap(({ cells }) => cells)
    .filter(({ health }) => health === 'progressing').length;
  return { size, moving };
}

const SETTLED_MS = 6_000;

/**
 * Waits until the history is read and nothing moves any more, so that measurements do not
 * compete with it; resolves to how much the portal holds.
 */
export async function settled(client) {
  let last = '';
  let since = Date.now();
  const { size } = await until(
    async () => {
      const now = await readSize(client);
      const text = JSON.stringify(now);
      if (text !== last || now.moving > 0 || now.size.deployments === 0) {
        last = text;
        since = Date.now();
      }
      return Date.now() - since > SETTLED_MS && now;
    },
    {
      what: 'The sample world comes to rest',
      timeoutMs: 300_000,
      everyMs: 1_000,
    },
  );
  return size;
}
