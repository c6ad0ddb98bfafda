import type {
  KubernetesObject,
  ObjectEvent,
} from '@fairway/plugin-gitops-node';
import type { BufferedEvent } from './EventBuffer';

/** Reads one application again, for events that there was no room for. */
export type GetApplication = (
  application: Pick<BufferedEvent, 'name' | 'namespace' | 'project'>,
  signal?: AbortSignal,
) => Promise<KubernetesObject>;

const BARE = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' };

/**
 * The object of an event, asked for when there was no room to keep it; undefined when it is gone
 * or hidden by now.
 */
export async function objectOf(
  event: BufferedEvent,
  get: GetApplication,
  signal?: AbortSignal,
): Promise<KubernetesObject | undefined> {
  if (event.object) {
    return event.object;
  }
  if (event.type === 'DELETED') {
    const { name, namespace, version } = event;
    return { ...BARE, metadata: { name, namespace, resourceVersion: version } };
  }
  try {
    return await get(event, signal);
  } catch (error) {
    // Deleted meanwhile, which the stream will say, or hidden, which a check will find.
    const { name, reason } = error as { name?: string; reason?: unknown };
    if (name === 'NotFoundError' || reason === 'forbidden') {
      return undefined;
    }
    throw error;
  }
}

/** Nothing changed, and all is well. */
export function bookmark(resourceVersion: string): ObjectEvent {
  return {
    type: 'BOOKMARK',
    object: { ...BARE, metadata: { name: '', resourceVersion } },
  };
}
