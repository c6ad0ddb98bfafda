import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import {
  DEPLOYMENT,
  GIT_REPOSITORY,
  HELM_RELEASE,
  keyOf,
} from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { messageOf, queueKey, Reconciler } from '../Reconciler';
import { ChartContent } from './chart';
import { ChartReader } from './ChartReader';
import { failed, setConditions } from './fluxConditions';
import { FINALIZER, isRequested, requestedAt, sourceKey } from './fluxObjects';
import { commitOf } from './GitRepositoryController';
import { HelmAction } from './HelmAction';
import { inventoryKeys, pruneInventory } from './inventory';

const OWNER_NAME = 'helm.toolkit.fluxcd.io/name';
const OWNER_NAMESPACE = 'helm.toolkit.fluxcd.io/namespace';
const COMMIT_DIGITS = 12;

/** Stands in for Flux's helm controller (and, for charts in Git, its HelmChart objects). */
export function createHelmReleaseController(
  context: ControllerContext,
): Controller {
  const { cluster } = context;
  const actions = new Map<string, HelmAction>();
  const charts = new ChartReader();
  return new Reconciler({
    ...context,
    name: 'helm-controller',
    kind: HELM_RELEASE,
    watches: [
      {
        kind: DEPLOYMENT,
        keys: ({ object }) => {
          const { [OWNER_NAME]: name, [OWNER_NAMESPACE]: namespace } =
            object.metadata.labels ?? {};
          const key = `${namespace}/${name}`;
          return name && actions.has(key) ? [key] : [];
        },
      },
      {
        kind: GIT_REPOSITORY,
        keys: ({ object }) =>
          cluster
            .list(HELM_RELEASE)
            .filter(release => {
              const reference = release.spec.chart?.spec?.sourceRef;
              return (
                reference &&
                sourceKey(release, reference) === queueKey(object.metadata)
              );
            })
            .map(({ metadata }) => queueKey(metadata)),
      },
    ],
    reconcile: release => reconcile(context, { release, actions, charts }),
  });
}

interface Reconciliation {
  release: KubernetesObject;
  actions: Map<string, HelmAction>;
  charts: ChartReader;
}

async function reconcile(
  context: ControllerContext,
  { release, actions, charts }: Reconciliation,
): Promise<number | undefined> {
  const { cluster, timing } = context;
  const { metadata, spec } = release;
  const key = queueKey(metadata);
  if (metadata.deletionTimestamp || spec.suspend) {
    actions.delete(key);
    return metadata.deletionTimestamp ? uninstall(context, release) : undefined;
  }
  if (!metadata.finalizers?.includes(FINALIZER)) {
    const finalizers = [...(metadata.finalizers ?? []), FINALIZER];
    cluster.patch(keyOf(release), { metadata: { finalizers } });
    return 0;
  }
  let content: ChartContent;
  try {
    content = await chartOf(context, release, charts);
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
  const waitMs = action.untilDue();
  if (waitMs !== 0) {
    return waitMs;
  }
  if (isRequested(current) && action.isDeployed) {
    action.confirm();
    return timing.intervalMs;
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
  { cluster, forge }: ControllerContext,
  release: KubernetesObject,
  charts: ChartReader,
): Promise<ChartContent> {
  const reference = release.spec.chart?.spec;
  if (reference?.sourceRef?.kind !== GIT_REPOSITORY.kind) {
    throw new Error('the playground has charts from a GitRepository only');
  }
  const { sourceRef, chart, valuesFiles, reconcileStrategy } = reference;
  const source = cluster.get({
    ...GIT_REPOSITORY,
    namespace: sourceRef.namespace ?? release.metadata.namespace,
    name: sourceRef.name,
  });
  const artifact: string | undefined = source?.status?.artifact?.revision;
  const gitDirectory = forge.gitDirectory(source?.spec.url ?? '');
  if (!artifact || !gitDirectory) {
    throw new Error(
      `no artifact available for GitRepository source '${sourceRef.name}'`,
    );
  }
  const revision = commitOf(artifact);
  const content = await charts.read({
    gitDirectory,
    revision,
    chart,
    valuesFiles,
  });
  if (reconcileStrategy !== 'Revision') {
    return content;
  }
  const version = `${content.chart.version}+${revision.slice(
    0,
    COMMIT_DIGITS,
  )}`;
  return { ...content, chart: { ...content.chart, version } };
}

function writeSourceFailure(
  { cluster }: ControllerContext,
  release: KubernetesObject,
  cause: string,
): void {
  const { namespace, name, generation } = release.metadata;
  const message = `HelmChart '${namespace}/${namespace}-${name}' is not ready: ${cause}`;
  writeStatus(cluster, release, {
    ...release.status,
    lastHandledReconcileAt: requestedAt(release),
    conditions: setConditions(release.status?.conditions, {
      generation,
      set: failed('SourceNotReady', message),
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
  pruneInventory(cluster, inventory, []);
  if (inventoryKeys(inventory).some(key => cluster.get(key))) {
    return timing.debounceMs;
  }
  cluster.patch(keyOf(release), {
    metadata: { finalizers: finalizers.filter(name => name !== FINALIZER) },
  });
  return undefined;
}
