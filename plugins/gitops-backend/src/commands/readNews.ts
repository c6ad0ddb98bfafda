import type {
  GitopsObserver,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import type { CommandNews, StoredCommandRun } from '../store';
import { findTarget, type TargetPlaces } from './readTarget';
import { takeNextStep } from './takeNextStep';

/** What an object says of a command. */
export interface ReadNews {
  /** Absent when it is known already. */
  news?: Omit<CommandNews, 'heardAt'>;
  /** The engine works on it, or there is something new. */
  isHeard: boolean;
}

/**
 * What the object that a command is followed by says of it. When it succeeded there and more is
 * to be written, the next write is done, and the news are those of it.
 *
 * @throws ConnectionError when the cluster does not answer.
 */
export async function readNews(
  stored: StoredCommandRun,
  object: KubernetesObject,
  options: TargetPlaces & {
    observer: GitopsObserver;
    clusters: Pick<ClusterApi, 'get' | 'patch'>;
  },
): Promise<ReadNews> {
  const { run, target } = stored;
  const before = target.before && (await findTarget(target.before, options));
  const progress = options.observer.progress?.(object, run, { before });
  if (!progress) {
    return { isHeard: false };
  }
  if (progress.state === 'succeeded' && target.then?.length) {
    return { news: await takeNextStep(stored, options), isHeard: true };
  }
  const message = progress.message ?? run.message;
  return progress.state !== run.state || message !== run.message
    ? { news: { ...progress, message }, isHeard: true }
    : { isHeard: run.state === 'running' };
}
