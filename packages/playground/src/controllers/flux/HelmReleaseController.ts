import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import {
  DEPLOYMENT,
  GIT_REPOSITORY,
  HELM_CHART,
  HELM_RELEASE,
  keyOf,
} from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { messageOf, queueKey, Reconciler } from '../Reconciler';
import { ChartContent } from './chart';
import { setConditions } from './fluxConditions';
import { FINALIZER, isRequested, requestedAt } from './fluxObjects';
import { HelmAction } from './HelmAction';
import {
  applyHelmChart,
  helmChartKey,
  releaseOf,
  whyNotReady,
} from './helmChartTemplate';
import { inventoryKeys, pruneInventory } from './inventory';
import { markSeen } from './markSeen';

/** Stands in for Flux's helm controller. */
export function createHelmReleaseController(
  context: ControllerContext,
): Controller {
  const actions = new Map<string, HelmAction>();
  const confirmed = new Map<string, number>();
  return new Reconciler({
    ...context,
    name: 'helm-controller',
    kind: HELM_RELEASE,
    watches: [
      {
        kind: DEPLOYMENT,
        keys: ({ object }) => releaseOf(object).filter(key => actions.has(key)),
      },
      { kind: HELM_CHART, keys: ({ object }) => releaseOf(object) },
    ],
    reconcile: release => reconcile(context, { release, actions, confirmed }),
  });
}

interface Reconciliation {
  release: KubernetesObject;
  actions: Map<string, HelmAction>;
  /** When each was last found to be as it should. */
  confirmed: Map<string, number>;
}

async function reconcile(
  context: ControllerContext,
  { release, actions, confirmed }: Reconciliation,
): Promise<number | undefined> {
  const { cluster, timing } = context;
  const { metadata, spec } = release;
  const key = queueKey(metadata);
  if (metadata.deletionTimestamp || spec.suspend) {
    actions.delete(key);
    if (metadata.deletionTimestamp) {
      return uninstall(context, release);
    }
    markSeen(cluster, release, { withGeneration: true });
    return undefined;
  }
  if (!metadata.finalizers?.includes(FINALIZER)) {
    const finalizers = [...(metadata.finalizers ?? []), FINALIZER];
    cluster.patch(keyOf(release), { metadata: { finalizers } });
    return 0;
  }
  let content: ChartContent;
  try {
    content = await chartOf(context, release);
  } catch (error) {
    writeSourceFailure(context, release, messageOf(error));
    return timing.retryMs;
  }
  const current = cluster.get(keyOf(release));
  if (!current || current.metadata.generation !== metadata.generation) {
    return 0;
  }
  const action = new HelmAction({ context, release: current, content });
  const running = actions.get(key);
  if (running?.isSameAs(action)) {
    return proceed(running, { key, actions, timing });
  }
  actions.delete(key);
  if (action.isDeployed) {
    const last = confirmed.get(key) ?? -Infinity;
    const waitMs = Math.max(0, last + timing.intervalMs - Date.now());
    if (waitMs > 0 && !isRequested(current)) {
      return waitMs;
    }
    confirmed.set(key, Date.now());
    action.confirm();
    return timing.intervalMs;
  }
  const waitMs = action.untilDue();
  if (waitMs !== 0) {
    return waitMs;
  }
  actions.set(key, action);
  action.start();
  return proceed(action, { key, actions, timing });
}

function proceed(
  action: HelmAction,
  options: {
    key: string;
    actions: Map<string, HelmAction>;
    timing: ControllerContext['timing'];
  },
): number {
  const { key, actions, timing } = options;
  if (action.advance() === 'waiting') {
    return Math.max(timing.debounceMs, 200);
  }
  actions.delete(key);
  return timing.debounceMs;
}

async function chartOf(
  context: ControllerContext,
  release: KubernetesObject,
): Promise<ChartContent> {
  const { cluster, forge, charts } = context;
  if (!release.spec.chart) {
    throw new Error('the playground has no charts from artifacts');
  }
  const chart = applyHelmChart(context, release);
  const problem = whyNotReady(chart);
  if (problem) {
    throw new Error(problem);
  }
  const source = cluster.get({
    ...GIT_REPOSITORY,
    namespace: chart.metadata.namespace,
    name: chart.spec.sourceRef.name,
  });
  const gitDirectory = forge.gitDirectory(source?.spec.url ?? '');
  return charts.unpack(chart, gitDirectory ?? '');
}

function writeSourceFailure(
  { cluster }: ControllerContext,
  release: KubernetesObject,
  message: string,
): void {
  const { generation } = release.metadata;
  const chart = helmChartKey(release);
  writeStatus(cluster, release, {
    ...release.status,
    helmChart: `${chart.namespace}/${chart.name}`,
    lastHandledReconcileAt: requestedAt(release),
    conditions: setConditions(release.status?.conditions, {
      generation,
      set: [
        {
          type: 'Reconciling',
          status: 'True',
          reason: 'Progressing',
          message: 'Fulfilling prerequisites',
        },
        { type: 'Ready', status: 'False', reason: 'SourceNotReady', message },
      ],
    }),
  });
}

function uninstall(
  { cluster, timing }: ControllerContext,
  release: KubernetesObject,
): number | undefined {
  const { finalizers = [] } = release.metadata;
  if (!finalizers.includes(FINALIZER)) {
    return undefined;
  }
  const { inventory } = release.status ?? {};
  const chart = helmChartKey(release);
  if (cluster.get(chart)) {
    cluster.delete(chart);
  }
  pruneInventory(cluster, inventory);
  if (inventoryKeys(inventory).some(key => cluster.get(key))) {
    return timing.debounceMs;
  }
  cluster.patch(keyOf(release), {
    metadata: { finalizers: finalizers.filter(name => name !== FINALIZER) },
  });
  return undefined;
}
