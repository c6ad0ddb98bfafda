import { toError } from '@backstage/errors';
import {
  connectionErrorReason,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import type { CommandNews, StoredCommandRun, TargetObject } from '../store';
import { findTarget, type TargetPlaces } from './readTarget';
import { writeOnto } from './writeOnto';

type NewsOfStep = Omit<CommandNews, 'heardAt'>;

/**
 * Writes what comes next when a command succeeded at its object so far.
 *
 * @remarks
 * Whichever replica comes first writes; another one that comes late finds that it was asked, or
 * writes the same once more. What was asked later, or stands still now, is left alone.
 *
 * @returns undefined when it is to be tried again: the object changed at the same moment.
 * @throws ConnectionError when the cluster does not answer.
 */
export async function takeNextStep(
  { run, target }: StoredCommandRun,
  options: TargetPlaces & {
    observer: GitopsObserver;
    clusters: Pick<ClusterApi, 'get' | 'patch'>;
  },
): Promise<NewsOfStep | undefined> {
  const { observer, clusters } = options;
  const { ref, plural, then = [] } = target;
  const done = nameOf(target);
  for (const [index, patch] of then.entries()) {
    const next = nameOf(patch);
    const object = await findTarget(patch, options);
    if (!object && !patch.optional) {
      return {
        state: 'failed',
        message: `Only a part was done: ${done} took it, and ${next} is gone`,
      };
    }
    if (object) {
      const progress = observer.progress?.(object, run, {
        beforehand: true,
      });
      if (progress?.state === 'failed' || progress?.state === 'superseded') {
        return { ...progress, message: progress.message ?? run.message };
      }
      try {
        if (!progress) {
          await writeOnto(object, patch, clusters);
        }
      } catch (error) {
        return onFailure(error, { done, next });
      }
      return {
        state: 'running',
        message: `${done} is ready, and ${next} was asked`,
        target: {
          ...{ ref: patch.ref, plural: patch.plural },
          before: { ref, plural },
          then: then.slice(index + 1),
        },
      };
    }
  }
  return undefined;
}

function onFailure(
  error: unknown,
  { done, next }: { done: string; next: string },
): NewsOfStep | undefined {
  const { name, message } = toError(error);
  if (name === 'ConflictError') {
    return undefined;
  }
  if (
    name === 'ServiceUnavailableError' &&
    connectionErrorReason(error) !== 'forbidden'
  ) {
    throw error;
  }
  return {
    state: 'failed',
    message: `Only a part was done: ${done} took it, ${next} did not: ${message}`,
  };
}

function nameOf({ ref }: TargetObject): string {
  return `${ref.kind} ${ref.name}`;
}
