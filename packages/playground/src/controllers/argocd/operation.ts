import { Cluster, KubernetesObject } from '../../types';
import { assessHealth } from '../health';
import { preciseTimestamp } from '../objects/conditions';
import { differs } from '../objects/differs';
import { groupOf, NAMESPACE } from '../objects/kinds';
import { messageOf } from '../Reconciler';
import { hasSyncOption } from './annotations';
import { projectOf, resourceViolation } from './project';
import { describeTask, planTasks, resultOf, SyncTask } from './syncTasks';
import { Comparison, Operation, OperationState, ResourceResult } from './types';

const FIELD_MANAGER = 'argocd-controller';

/** What every step of an operation needs. */
interface Run {
  cluster: Cluster;
  application: KubernetesObject;
  comparison: Comparison;
  operation: Operation;
  results: Map<string, ResourceResult>;
}

type Outcome = Pick<OperationState, 'phase' | 'message'>;

/**
 * Takes an operation as far as it goes now: applies wave after wave, each when the one
 * before is healthy, then prunes. Called again while the phase is `Running`; what was
 * applied is in `syncResult` and is not applied twice.
 */
export function advanceOperation(options: {
  cluster: Cluster;
  application: KubernetesObject;
  comparison: Comparison;
  state: OperationState;
}): OperationState {
  const { comparison, state } = options;
  if (state.phase === 'Terminating') {
    return finish(state, { phase: 'Failed', message: 'Operation terminated' });
  }
  if (comparison.errors.length > 0) {
    const message = comparison.errors
      .map(error => `${error.type}: ${error.message}`)
      .join('; ');
    return finish(state, { phase: 'Error', message });
  }
  const before = state.syncResult?.resources ?? [];
  const run: Run = {
    ...options,
    operation: state.operation,
    results: new Map(before.map(result => [resultId(result), result])),
  };
  const outcome = runTasks(run);
  const next: OperationState = {
    ...state,
    syncResult: {
      revision: comparison.revision!,
      source: comparison.source,
      resources: [...run.results.values()],
    },
  };
  return outcome.phase === 'Running'
    ? { ...next, ...outcome }
    : finish(next, outcome);
}

function finish(state: OperationState, outcome: Outcome): OperationState {
  return { ...state, ...outcome, finishedAt: preciseTimestamp() };
}

function resultId(result: ResourceResult): string {
  return [result.group, result.kind, result.namespace, result.name].join('/');
}

function runTasks(run: Run): Outcome {
  const { operation, results } = run;
  const { groups, prune } = planTasks(run.comparison, operation);
  createNamespace(run);
  for (const [index, group] of groups.entries()) {
    for (const task of group) {
      if (!results.has(task.id)) {
        results.set(task.id, applyTask(run, task));
      }
    }
    const failed = [...results.values()].find(
      result => result.status === 'SyncFailed',
    );
    if (failed) {
      return {
        phase: 'Failed',
        message: `one or more objects failed to apply, reason: ${failed.message}`,
      };
    }
    const isLast = index === groups.length - 1;
    const waiting = operation.sync?.dryRun
      ? undefined
      : waitFor(run, isLast ? group.filter(task => task.hook) : group);
    if (waiting) {
      return waiting;
    }
  }
  for (const task of prune) {
    if (!results.has(task.id)) {
      results.set(task.id, pruneTask(run, task));
    }
  }
  return {
    phase: 'Succeeded',
    message:
      results.size > 0
        ? 'successfully synced (all tasks run)'
        : 'successfully synced (no more tasks)',
  };
}

function createNamespace({ cluster, application, operation }: Run): void {
  const { destination, syncPolicy = {} } = application.spec;
  const syncOptions: string[] =
    operation.sync?.syncOptions ?? syncPolicy.syncOptions ?? [];
  const name: string | undefined = destination?.namespace;
  const isWanted = syncOptions.includes('CreateNamespace=true') && name;
  if (
    !isWanted ||
    operation.sync?.dryRun ||
    cluster.get({ ...NAMESPACE, name })
  ) {
    return;
  }
  const { labels, annotations } = syncPolicy.managedNamespaceMetadata ?? {};
  cluster.apply(
    { ...NAMESPACE, metadata: { name, labels, annotations } },
    FIELD_MANAGER,
  );
}

function applyTask(run: Run, task: SyncTask): ResourceResult {
  const { cluster, application, operation } = run;
  const target = task.target!;
  const project = projectOf(cluster, application);
  const group = groupOf(task.key);
  const violation =
    project && resourceViolation(project, target, application.spec.destination);
  if (violation) {
    return resultOf(task, { status: 'SyncFailed', message: violation });
  }
  const subject = `${task.key.kind.toLowerCase()}${group && `.${group}`}/${
    task.key.name
  }`;
  try {
    const live = cluster.get(task.key);
    const isChanged = !live || task.hook || differs(target, live);
    const verb = isChanged ? (live && 'configured') ?? 'created' : 'unchanged';
    if (operation.sync?.dryRun) {
      const message = `${subject} ${verb} (dry run)`;
      return resultOf(task, { status: 'Synced', message });
    }
    if (task.hook) {
      // BeforeHookCreation, the default: the hook of the last sync makes room.
      cluster.delete(task.key);
    }
    if (isChanged) {
      cluster.apply(target, FIELD_MANAGER);
    }
    return resultOf(task, { status: 'Synced', message: `${subject} ${verb}` });
  } catch (error) {
    return resultOf(task, {
      status: 'SyncFailed',
      message: applyFailure(error, task),
    });
  }
}

function applyFailure(error: unknown, { key }: SyncTask): string {
  const message = messageOf(error);
  return message.includes('could not find the requested resource')
    ? `The Kubernetes API could not find ${groupOf(key)}/${
        key.kind
      } for requested resource ${key.namespace ?? ''}/${
        key.name
      }. Make sure the "${
        key.kind
      }" CRD is installed on the destination cluster.`
    : message;
}

/** Undefined when every task is healthy; else why the operation waits or has failed. */
function waitFor(run: Run, tasks: SyncTask[]): Outcome | undefined {
  const waiting: SyncTask[] = [];
  for (const task of tasks) {
    const live = run.cluster.get(task.key);
    const status = live ? assessHealth(live)?.status ?? 'Healthy' : 'Missing';
    const result = run.results.get(task.id)!;
    if (status === 'Degraded') {
      run.results.set(task.id, {
        ...result,
        ...(task.hook && { hookPhase: 'Failed' as const }),
      });
      return {
        phase: 'Failed',
        message: 'one or more synchronization tasks completed unsuccessfully',
      };
    }
    if (status === 'Healthy' && task.hook) {
      run.results.set(task.id, { ...result, hookPhase: 'Succeeded' });
    }
    if (status !== 'Healthy' && status !== 'Suspended') {
      waiting.push(task);
    }
  }
  if (waiting.length === 0) {
    return undefined;
  }
  const what = tasks.some(task => task.hook)
    ? 'completion of hook'
    : 'healthy state of';
  const more =
    waiting.length > 1
      ? ` and ${waiting.length - 1} more ${
          tasks.some(task => task.hook) ? 'hooks' : 'resources'
        }`
      : '';
  return {
    phase: 'Running',
    message: `waiting for ${what} ${describeTask(waiting[0])}${more}`,
  };
}

function pruneTask(run: Run, task: SyncTask): ResourceResult {
  const { sync } = run.operation;
  if (!sync?.prune) {
    return resultOf(task, {
      status: 'PruneSkipped',
      message: 'ignored (requires pruning)',
    });
  }
  if (hasSyncOption(task.live, 'Prune=false')) {
    return resultOf(task, {
      status: 'PruneSkipped',
      message: 'ignored (no prune)',
    });
  }
  if (sync.dryRun) {
    return resultOf(task, { status: 'Pruned', message: 'pruned (dry run)' });
  }
  run.cluster.delete(task.key);
  return resultOf(task, { status: 'Pruned', message: 'pruned' });
}
