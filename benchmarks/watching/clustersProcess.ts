/**
 * The clusters of the measurement as a process of their own: stand-ins for the Kubernetes API that
 * hold Applications, and change them when they are told.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createCluster,
  type RunningCluster,
} from '../../packages/playground/src/cluster';
import {
  applicationName,
  benchApplication,
  benchChange,
  NAMESPACE,
  revisionOf,
} from './application';

/** What the process is told; it answers each order with its `order` and a `result`. */
export type ClustersOrder =
  | { order: 'start'; clusters: number; token: string }
  | { order: 'fill'; applications: number }
  | { order: 'change'; perSecond: number; seconds: number };

const TICK_MILLIS = 50;
const NEVER_MILLIS = 2 ** 31 - 1;

const directory = mkdtempSync(join(tmpdir(), 'fairway-bench-clusters-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const running: RunningCluster[] = [];
let filled = 0;

async function start(order: { clusters: number; token: string }) {
  for (let index = 0; index < order.clusters; index += 1) {
    const cluster = createCluster({
      port: 0,
      directory: join(directory, String(index)),
      token: order.token,
      saveDelayMs: NEVER_MILLIS,
      historyLimit: 20_000,
    });
    await cluster.start();
    running.push(cluster);
  }
  return running.map(({ url }) => url);
}

/** Spreads applications over the clusters until there are so many. */
async function fill({ applications }: { applications: number }) {
  let bytes = 0;
  let smallest = Infinity;
  let largest = 0;
  for (; filled < applications; filled += 1) {
    const application = benchApplication(filled);
    const { cluster } = running[filled % running.length];
    const size = JSON.stringify(cluster.create(application)).length;
    bytes += size;
    smallest = Math.min(smallest, size);
    largest = Math.max(largest, size);
    if (filled % 50 === 0) {
      await new Promise(resolve => setImmediate(resolve));
    }
  }
  return { bytes, smallest, largest };
}

/** Changes applications all over the clusters; tells of each what shows that it was seen. */
async function change({
  perSecond,
  seconds,
}: {
  perSecond: number;
  seconds: number;
}) {
  const began = Date.now();
  const total = perSecond * seconds;
  let made = 0;
  while (made < total) {
    const due = Math.min(total, ((Date.now() - began) / 1000) * perSecond);
    const told = [];
    while (made < due) {
      // A step that is prime to the number of applications comes by all of them.
      const index = (made * 7919) % filled;
      const name = applicationName(index);
      const marker = revisionOf(index, 1_000 + Math.floor(Math.random() * 1e9));
      running[index % running.length].cluster.patchStatus(
        {
          ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
          ...{ namespace: NAMESPACE, name },
        },
        benchChange(marker, made),
      );
      told.push({ index, name, marker, at: Date.now() });
      made += 1;
    }
    process.send!({ changes: told });
    await new Promise(resolve => setTimeout(resolve, TICK_MILLIS));
  }
  return { made, seconds: (Date.now() - began) / 1000 };
}

async function carryOut(message: ClustersOrder) {
  switch (message.order) {
    case 'start':
      return start(message);
    case 'fill':
      return fill(message);
    case 'change':
      return change(message);
    default:
      return undefined;
  }
}

process.on('message', async (message: ClustersOrder) => {
  try {
    process.send!({ order: message.order, result: await carryOut(message) });
  } catch (error) {
    process.send!({ order: message.order, error: String(error) });
  }
});
// The benchmark is gone, however it ended.
process.once('disconnect', () => process.exit());
