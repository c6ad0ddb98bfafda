import { KubernetesObject, ObjectKey } from '../../types';
import { byApplyOrder } from '../objects/applyOrder';
import { groupOf, keyOf, resourceId, versionOf } from '../objects/kinds';
import { hookType, syncWave } from './annotations';
import { Comparison, Operation, ResourceResult } from './types';

const PHASES = ['PreSync', 'Sync', 'PostSync'] as const;
type SyncPhase = (typeof PHASES)[number];

/** One object to apply, or to prune when it has no target. */
export interface SyncTask {
  id: string;
  key: ObjectKey;
  target?: KubernetesObject;
  live?: KubernetesObject;
  phase: SyncPhase;
  hook?: string;
  wave: number;
}

/** Applied together; the next group starts when this one is healthy. */
export type TaskGroup = SyncTask[];

/** The tasks of an operation: by phase, then wave, then kind; pruning comes last. */
export function planTasks(
  comparison: Comparison,
  operation: Operation,
): { groups: TaskGroup[]; prune: SyncTask[] } {
  const { sync } = operation;
  const selected = comparison.resources.filter(
    ({ key }) =>
      !sync?.resources?.length ||
      sync.resources.some(
        item =>
          (item.group ?? '') === groupOf(key) &&
          item.kind === key.kind &&
          item.name === key.name &&
          (!item.namespace || item.namespace === (key.namespace ?? '')),
      ),
  );
  // As in Argo CD, a partial sync runs no hooks.
  const hooks = sync?.resources?.length ? [] : comparison.hooks;
  const tasks: SyncTask[] = [
    ...selected.map(({ key, target, live, wave }) => ({
      id: resourceId(key),
      key,
      target,
      live,
      wave,
      phase: 'Sync' as const,
    })),
    ...hooks.flatMap(hookTask),
  ];
  const groups = new Map<string, TaskGroup>();
  for (const task of tasks.filter(({ target }) => target).sort(byOrder)) {
    const id = `${task.phase} ${task.wave}`;
    groups.set(id, [...(groups.get(id) ?? []), task]);
  }
  return {
    groups: [...groups.values()],
    prune: tasks
      .filter(({ target }) => !target)
      .sort(byOrder)
      .reverse(),
  };
}

function hookTask(target: KubernetesObject): SyncTask[] {
  const hook = hookType(target)!;
  const phase = PHASES.find(name => name === hook);
  if (!phase) {
    // Skip, SyncFail and what Argo CD does not know: not part of a sync that goes well.
    return [];
  }
  const key = keyOf(target);
  const wave = syncWave(target);
  return [{ id: resourceId(key), key, target, phase, hook, wave }];
}

function byOrder(left: SyncTask, right: SyncTask): number {
  return (
    PHASES.indexOf(left.phase) - PHASES.indexOf(right.phase) ||
    left.wave - right.wave ||
    byApplyOrder((left.target ?? left.live)!, (right.target ?? right.live)!)
  );
}

/** An entry of `syncResult.resources`. */
export function resultOf(
  task: SyncTask,
  outcome: Pick<ResourceResult, 'status' | 'message'>,
): ResourceResult {
  const { key, hook } = task;
  return {
    group: groupOf(key),
    version: versionOf(key),
    kind: key.kind,
    namespace: key.namespace ?? '',
    name: key.name,
    ...outcome,
    syncPhase: task.phase,
    ...(hook && {
      hookType: hook,
      hookPhase: outcome.status === 'SyncFailed' ? 'Failed' : 'Running',
    }),
  };
}

/** `apps/Deployment/orders`, or `Service/orders` in the core group. */
export function describeTask({ key }: SyncTask): string {
  return [groupOf(key), key.kind, key.name].filter(Boolean).join('/');
}
