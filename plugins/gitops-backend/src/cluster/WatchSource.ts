import type {
  GitopsConnection,
  ObjectEvent,
  ObjectPage,
  ObservedResource,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from './ClusterApi';
import { LinkedAbort } from './LinkedAbort';
import { within } from './waiting';

/** One kind in one version, as it is asked for. */
export interface SourceKind {
  resource: ObservedResource;
  version: string;
}

/** Where the objects of a cluster, or of an engine's own API, are listed and watched. */
export interface WatchSource {
  listPage(
    kind: SourceKind,
    options: {
      limit: number;
      continue?: string;
      signal: AbortSignal;
      /** Called before the page is read into memory. */
      admit(): Promise<void>;
    },
  ): Promise<ObjectPage>;
  watch(
    kind: SourceKind,
    options: {
      resourceVersion: string;
      timeoutSeconds: number;
      signal: AbortSignal;
    },
  ): AsyncIterable<ObjectEvent>;
  /** Whether an application that a partial list does not name is gone; absent: lists are whole. */
  isGone?: GitopsConnection['isGone'];
}

/** A connection that lists everything in one answer needs its time. */
const CONNECTION_LIST_TIMEOUT_MILLIS = 60_000;

/** The objects of a cluster of the `kubernetes:` section. */
export function clusterSource(api: ClusterApi, cluster: string): WatchSource {
  const address = ({ resource, version }: SourceKind) => ({
    cluster,
    group: resource.group,
    version,
    plural: resource.plural,
  });
  return {
    listPage: (kind, options) =>
      api.listPage(address(kind), {
        ...options,
        labelSelector: kind.resource.labelSelector,
      }),
    watch: (kind, options) =>
      api.watch(address(kind), {
        ...options,
        labelSelector: kind.resource.labelSelector,
      }),
  };
}

/** The objects of a connection of a module. */
export function connectionSource(connection: GitopsConnection): WatchSource {
  return {
    async listPage({ resource }, { admit, signal, ...options }) {
      await admit();
      const over = new LinkedAbort(signal);
      try {
        return await within(CONNECTION_LIST_TIMEOUT_MILLIS, signal, () =>
          connection.listPage(resource, {
            ...options,
            signal: over.signal,
          }),
        );
      } catch (error) {
        over.abort();
        throw error;
      } finally {
        over.release();
      }
    },
    watch: ({ resource }, options) => connection.watch(resource, options),
    isGone: (application, options) => connection.isGone(application, options),
  };
}
