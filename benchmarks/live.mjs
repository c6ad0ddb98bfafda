import { settled } from './portalApi.mjs';
import { summary } from './statistics.mjs';
import { pause, until } from './waiting.mjs';

const REPETITIONS = 15;
const CELL = 'ledger in Staging:';
const COLLECTION =
  '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';
const NAME = 'ledger-staging';

/** A change should be in an open browser within this time. */
const PROMISE_MS = 1_000;

/**
 * Resolves, in the page, to the time of the first frame in which the cell says so. Both clocks
 * are the machine's own.
 */
function whenShown(page, suspended) {
  return page.evaluate(
    options =>
      new Promise((resolve, reject) => {
        const isShown = () => {
          const cell = document.querySelector(
            `button[aria-label^="${options.cell}"]`,
          );
          const label = cell?.getAttribute('aria-label') ?? '';
          return label !== '' && /Suspended/.test(label) === options.suspended;
        };
        const finish = () => requestAnimationFrame(() => resolve(Date.now()));
        const observer = new MutationObserver(() => {
          if (isShown()) {
            observer.disconnect();
            finish();
          }
        });
        observer.observe(document.body, {
          subtree: true,
          childList: true,
          attributes: true,
          attributeFilter: ['aria-label'],
        });
        setTimeout(
          () => reject(new Error('The fleet never showed the change')),
          60_000,
        );
      }),
    { cell: CELL, suspended },
  );
}

/** From a change in the cluster to the fleet page that is open in a browser. */
export async function measureLive(world) {
  const { client, cluster, page } = world;
  const input = await settled(client);
  const frames = [];
  const onSocket = socket =>
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('"gitops"')) {
        frames.push(Date.now());
      }
    });
  page.on('websocket', onSocket);
  await page.goto('/gitops/fleet');
  await page.locator(`button[aria-label^="${CELL}"]`).waitFor();

  const events = [];
  const watch = await cluster.watch(COLLECTION, event => events.push(event));
  const toBrowser = [];
  const toWatch = [];
  const toSignal = [];
  try {
    for (let count = 0; count < REPETITIONS; count += 1) {
      const suspended = count % 2 === 0;
      // Not in step with anything: nobody changes a cluster every two seconds sharp.
      await pause(1_500 + Math.random() * 1_000);
      const shown = whenShown(page, suspended);
      events.length = 0;
      frames.length = 0;
      const began = Date.now();
      await cluster.mergePatch(`${COLLECTION}/${NAME}`, {
        spec: { suspend: suspended },
      });
      const isChange = ({ object }) =>
        object.metadata.name === NAME &&
        Boolean(object.spec.suspend) === suspended;
      toBrowser.push((await shown) - began);
      const { at } = await until(() => events.find(isChange), {
        what: 'The raw watch says that the object changed',
        timeoutMs: 10_000,
      });
      toWatch.push(at - began);
      if (frames.length > 0) {
        toSignal.push(frames[0] - began);
      }
    }
  } finally {
    page.off('websocket', onSocket);
    await watch.stop();
  }
  const browser = summary(toBrowser);
  const raw = summary(toWatch);
  return {
    input: { ...input, changes: REPETITIONS },
    figures: ['p50', 'p95', 'max'].map(name => ({
      what: `change in the cluster to the open fleet page, ${name}`,
      value: browser[name],
      unit: 'ms',
      atMost: PROMISE_MS,
      baseline: { what: 'a raw watch of the object', value: raw[name] },
    })),
    notes: [
      `In milliseconds, suspending and resuming by turns: ${toBrowser.join(
        ', ',
      )}`,
      toSignal.length > 0
        ? `The signal was in the browser after ${
            summary(toSignal).p50
          } ms (p50 of ${toSignal.length})`
        : 'No signal was seen in the browser: it found the change by looking again',
    ],
  };
}
