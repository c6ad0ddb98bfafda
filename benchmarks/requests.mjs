import { isBackground, pathOf } from './clusterDoor.mjs';
import { settled } from './portalApi.mjs';
import { pause } from './waiting.mjs';

/** After a page is complete, so long is waited for requests that should not come. */
const AFTERWARDS_MS = 1_500;

/** Times each page is opened. */
const REPETITIONS = 3;

/** A view in whose time something changed is opened again, at most so often. */
const ATTEMPTS = 8;

const cells = rows => rows.reduce((sum, row) => sum + row.cells.length, 0);

const VIEWS = [
  {
    name: 'catalog',
    path: '/',
    ready: page =>
      page
        .getByRole('row')
        .filter({
          has: page.getByRole('link', { name: 'orders', exact: true }),
        })
        .getByText('Out of sync'),
    shown: ({ rows }) => cells(rows),
    each: 'application shown',
  },
  {
    name: 'fleet',
    path: '/gitops/fleet',
    ready: page => page.getByRole('button', { name: /^orders in Production:/ }),
    shown: ({ rows }) => cells(rows),
    each: 'application shown',
  },
  {
    name: 'service',
    path: '/catalog/default/component/orders/deployments',
    ready: page => page.getByRole('list', { name: 'Environments' }),
    shown: ({ environments, otherApplications }) =>
      environments.reduce((sum, one) => sum + one.applications.length, 0) +
      otherApplications.length,
    each: 'application shown',
  },
  {
    name: 'DORA',
    path: '/gitops/dora',
    ready: page => page.getByRole('region', { name: 'Deployment frequency' }),
    shown: ({ services }) => services.length,
    each: 'service shown',
  },
];

/** Opens a page once; resolves to what was asked in its time. */
async function openOnce(world, view) {
  const { page, clusterNotes, watched } = world;
  const began = Date.now();
  const asked = [];
  const answers = [];
  let signals = 0;
  const onRequest = request => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith('/api/gitops/')) {
      asked.push(
        `${Date.now() - began} ms ${request.method()} ${pathname}${search}`,
      );
      answers.push(
        request.response().then(
          response => response?.json(),
          () => undefined,
        ),
      );
    }
  };
  const onSocket = socket =>
    socket.on('framereceived', ({ payload }) => {
      signals += String(payload).includes('"gitops"') ? 1 : 0;
    });
  page.on('request', onRequest);
  page.on('websocket', onSocket);
  const from = clusterNotes.length;
  try {
    await page.goto(view.path, { waitUntil: 'commit' });
    await view.ready(page).first().waitFor({ timeout: 60_000 });
    await pause(AFTERWARDS_MS);
  } finally {
    page.off('request', onRequest);
    page.off('websocket', onSocket);
  }
  const body = await answers[0];
  const notes = clusterNotes.slice(from);
  const ofPage = notes.filter(note => !isBackground(note, watched));
  return {
    signals,
    asked,
    shown: body ? view.shown(body) : 0,
    toCluster: ofPage.map(({ method, url }) => `${method} ${url}`),
    background: notes.length - ofPage.length,
  };
}

/** A live update is no page view: a view in whose time a signal came is opened again. */
async function openQuietly(world, view) {
  for (let attempt = 1; ; attempt += 1) {
    const seen = await openOnce(world, view);
    if (seen.signals === 0 || attempt === ATTEMPTS) {
      return seen;
    }
    world.log(`requests: ${view.name}: a signal came meanwhile, once more`);
  }
}

/** Requests of a page view: from the browser to the backend, from the backend to the cluster. */
export async function measureRequests(world) {
  const input = await settled(world.client);
  const watched = new Set(world.clusterNotes.map(pathOf));
  const figures = [];
  const notes = [];
  for (const view of VIEWS) {
    const views = [];
    for (let count = 0; count < REPETITIONS; count += 1) {
      views.push(await openQuietly({ ...world, watched }, view));
    }
    const most = list => Math.max(...views.map(one => one[list].length));
    const { shown } = views[0];
    figures.push({
      what: `${view.name}: browser to backend`,
      value: most('asked'),
      unit: 'requests',
      expected: 1,
      baseline: { what: `one for each ${view.each}`, value: shown },
    });
    figures.push({
      what: `${view.name}: backend to cluster`,
      value: most('toCluster'),
      unit: 'requests',
      expected: 0,
      baseline: { what: `one for each ${view.each}`, value: shown },
    });
    for (const one of views) {
      if (one.asked.length !== 1 || one.toCluster.length > 0) {
        notes.push(
          `${view.name}, in one of ${REPETITIONS} views: ${[
            ...one.asked,
            ...one.toCluster,
          ].join(', ')}`,
        );
      }
      if (one.signals > 0) {
        notes.push(
          `${view.name}: a signal came in each of ${ATTEMPTS} attempts, so live updates are counted too`,
        );
      }
    }
    const background = views.reduce((sum, one) => sum + one.background, 0);
    if (background > 0) {
      notes.push(
        `${view.name}: ${background} requests of the watchers' own in ${REPETITIONS} views, not counted (renewed watches, looking again for kinds that are not installed)`,
      );
    }
  }
  return { input, figures, notes };
}
