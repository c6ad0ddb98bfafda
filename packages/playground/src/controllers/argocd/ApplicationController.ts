import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { preciseTimestamp, timestamp } from '../objects/conditions';
import { namesRepository } from '../objects/namesRepository';
import { APP_PROJECT, APPLICATION, keyOf, kindOf } from '../objects/kinds';
import { mergePatchBetween } from '../objects/writeStatus';
import { queueKey, Reconciler } from '../Reconciler';
import {
  instanceName,
  REFRESH,
  RESOURCES_FINALIZER,
  SKIP_RECONCILE,
} from './annotations';
import { applicationStatus } from './applicationStatus';
import { decideAutoSync } from './autoSync';
import { compare } from './comparison';
import { ManagedResources } from './ManagedResources';
import { advanceOperation } from './operation';
import { retryOperation } from './retry';
import { ApplicationSource, Comparison, OperationState } from './types';

const DEFAULT_HISTORY_LIMIT = 10;

/** Stands in for Argo CD's application controller and repository server. */
export function createApplicationController(
  context: ControllerContext,
): Controller {
  const { cluster, forge } = context;
  const managed = new ManagedResources({ cluster });
  const everyApplication = () =>
    cluster.list(APPLICATION).map(({ metadata }) => queueKey(metadata));
  const reconciler = new Reconciler({
    ...context,
    name: 'argocd-application-controller',
    kind: APPLICATION,
    watches: [{ kind: APP_PROJECT, keys: everyApplication }],
    subscribe: enqueue =>
      forge.onPush(push => {
        for (const application of cluster.list(APPLICATION)) {
          if (namesRepository(application.spec.source?.repoURL, push)) {
            enqueue(queueKey(application.metadata), 0);
          }
        }
      }),
    reconcile: application => reconcile(context, { application, managed }),
  });
  return {
    name: reconciler.name,
    start() {
      reconciler.start();
      managed.start(reconciler);
    },
    stop: () => reconciler.stop(),
  };
}

interface Reconciliation {
  application: KubernetesObject;
  managed: ManagedResources;
}

async function reconcile(
  context: ControllerContext,
  { application, managed }: Reconciliation,
): Promise<number | undefined> {
  const { annotations, deletionTimestamp } = application.metadata;
  if (deletionTimestamp) {
    return remove(context, { application, managed });
  }
  if (annotations?.[SKIP_RECONCILE] === 'true') {
    return undefined;
  }
  const source: ApplicationSource = application.spec.source ?? {};
  const fresh = annotations?.[REFRESH] === 'hard';
  const comparison = await compare(context, {
    application,
    managed,
    source,
    fresh,
  });
  managed.watch(comparison.resources.map(({ key }) => kindOf(key)));
  const running = await advance(context, { application, managed }, comparison);
  // Rendering took time: what is written is written onto what is there now.
  const current = context.cluster.get(keyOf(application));
  if (
    !current ||
    current.metadata.deletionTimestamp ||
    current.metadata.resourceVersion !== application.metadata.resourceVersion
  ) {
    return 0;
  }
  if (running) {
    return record(context, { application: current, comparison, ...running });
  }
  const { timing } = context;
  const decision = decideAutoSync({ application: current, comparison, timing });
  record(context, {
    application: current,
    comparison,
    operation: decision.operation,
    syncError: decision.error,
  });
  return Math.min(timing.pollMs, decision.waitMs ?? timing.pollMs);
}

interface Running {
  operationState?: OperationState;
  waitMs: number;
}

/**
 * Starts or continues the operation of an application; undefined when there is none. What asks
 * for it decides: a state that says that it runs, or is to end, is no operation.
 */
async function advance(
  context: ControllerContext,
  { application, managed }: Reconciliation,
  comparison: Comparison,
): Promise<Running | undefined> {
  const { cluster, timing } = context;
  const before: OperationState | undefined = application.status?.operationState;
  const isRunning =
    before?.phase === 'Running' || before?.phase === 'Terminating';
  if (!application.operation) {
    return undefined;
  }
  if (!isRunning) {
    const operationState: OperationState = {
      phase: 'Running',
      message: 'waiting to start',
      operation: application.operation,
      startedAt: preciseTimestamp(),
    };
    return { operationState, waitMs: timing.syncMs };
  }
  const pause = Date.parse(before.startedAt) + timing.syncMs - Date.now();
  if (before.phase === 'Running' && pause > 0) {
    return { waitMs: pause };
  }
  const retry = retryOperation(before, timing);
  if (retry.waitMs) {
    return { waitMs: retry.waitMs };
  }
  const { sync } = before.operation;
  const source: ApplicationSource = sync?.source ?? application.spec.source;
  const wanted =
    (sync?.revision && sync.revision !== comparison.revision) || sync?.source
      ? await compare(context, {
          application,
          managed,
          source,
          revision: sync?.revision,
        })
      : comparison;
  const present = cluster.get(keyOf(application));
  if (
    present?.metadata.resourceVersion !== application.metadata.resourceVersion
  ) {
    return { waitMs: 0 };
  }
  const state = advanceOperation({
    cluster,
    application,
    comparison: wanted,
    state: retry.state,
  });
  return { operationState: retry.after(state), waitMs: timing.debounceMs };
}

/** Writes what changed in one go, so that nobody sees half of it. Returns when to go on. */
function record(
  { cluster, timing }: ControllerContext,
  options: {
    application: KubernetesObject;
    comparison: Comparison;
    operation?: object;
    operationState?: OperationState;
    syncError?: string;
    waitMs?: number;
  },
): number | undefined {
  const { application, operationState } = options;
  const status = applicationStatus({ ...options, cluster });
  if (operationState) {
    status.operationState = operationState;
    status.history = withHistory(application, operationState);
  }
  const patch: Record<string, unknown> = {};
  const refresh = application.metadata.annotations?.[REFRESH];
  if (refresh) {
    patch.metadata = { annotations: { [REFRESH]: null } };
  }
  if (options.operation) {
    patch.operation = options.operation;
  } else if (operationState?.finishedAt && application.operation) {
    patch.operation = null;
  }
  const statusPatch = mergePatchBetween(
    application.status ?? {},
    JSON.parse(JSON.stringify(status)),
  );
  const reconciledAt = Date.parse(application.status?.reconciledAt ?? 0);
  const isStale = !(Date.now() - reconciledAt < timing.intervalMs);
  if (Object.keys(statusPatch).length > 0 || refresh || isStale) {
    patch.status = { ...statusPatch, reconciledAt: timestamp() };
  }
  if (Object.keys(patch).length > 0) {
    cluster.patch(keyOf(application), patch);
  }
  return options.waitMs;
}

/** Only a full sync that succeeded and was not a dry run becomes history. */
function withHistory(
  { spec, status }: KubernetesObject,
  state: OperationState,
): object[] | undefined {
  const history: Array<{ id: number }> = status?.history ?? [];
  const { sync, initiatedBy } = state.operation;
  const counts =
    state.phase === 'Succeeded' && !sync?.dryRun && !sync?.resources?.length;
  if (!counts || !state.syncResult) {
    return status?.history;
  }
  const entry = {
    id: (history.at(-1)?.id ?? -1) + 1,
    revision: state.syncResult.revision,
    source: state.syncResult.source,
    deployStartedAt: state.startedAt,
    deployedAt: state.finishedAt,
    initiatedBy: initiatedBy ?? {},
  };
  const limit: number = spec.revisionHistoryLimit ?? DEFAULT_HISTORY_LIMIT;
  return limit > 0 ? [...history, entry].slice(-limit) : [];
}

/** With the finalizer, an application goes after everything that it deployed is gone. */
function remove(
  { cluster, timing }: ControllerContext,
  { application, managed }: Reconciliation,
): number | undefined {
  const { finalizers = [] } = application.metadata;
  if (!finalizers.includes(RESOURCES_FINALIZER)) {
    return undefined;
  }
  const left = managed
    .of(instanceName(application))
    .filter(key => cluster.get(key));
  for (const key of left) {
    cluster.delete(key);
  }
  if (left.length > 0) {
    return timing.debounceMs;
  }
  cluster.patch(keyOf(application), {
    metadata: {
      finalizers: finalizers.filter(name => name !== RESOURCES_FINALIZER),
    },
  });
  return undefined;
}
