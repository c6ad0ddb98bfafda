import {
  ConnectionError,
  connectionErrorReason,
  type KubernetesObject,
  type ObjectEvent,
  type ObjectPage,
} from '@fairway/plugin-gitops-node';
import type { ArgocdClient } from './ArgocdClient';
import type { ArgocdTimes } from './ArgocdTimes';
import type { Permissions } from './Permissions';
import type { ServedKind } from './servedKinds';
import { wait } from './wait';
import { withKind } from './withKind';

interface List {
  metadata?: { resourceVersion?: string };
  items?: KubernetesObject[] | null;
}

const keyOf = ({ metadata }: KubernetesObject) =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

/**
 * Watches a kind that Argo CD's API lists and does not stream, AppProjects and ApplicationSets,
 * by listing it again and again. It remembers no more than the version of each object.
 */
export class PolledKind {
  readonly #kind: ServedKind;
  readonly #client: ArgocdClient;
  readonly #permissions: Permissions;
  readonly #projects: string[] | undefined;
  readonly #times: ArgocdTimes;
  #seen: Map<string, KubernetesObject> | undefined;
  /** Watches may be shorter than the time between polls. */
  #pollAt = 0;

  constructor(options: {
    kind: ServedKind;
    client: ArgocdClient;
    permissions: Permissions;
    projects?: string[];
    times: ArgocdTimes;
  }) {
    this.#kind = options.kind;
    this.#client = options.client;
    this.#permissions = options.permissions;
    this.#projects = options.projects;
    this.#times = options.times;
  }

  async listPage(options: { signal?: AbortSignal }): Promise<ObjectPage> {
    const { signal } = options;
    const { rbac } = this.#kind;
    await this.#permissions.assertSignedIn(signal);
    // Asked on both sides of the list: a right may come or go while it is made.
    const before = await this.#hidden(signal);
    const list = await this.#list(signal);
    const after = await this.#hidden(signal);
    const partial = this.#permissions.partial(rbac, [
      ...new Set([...before, ...after]),
    ]);
    if (partial && list.items.length === 0) {
      throw new ConnectionError('forbidden', partial.message);
    }
    this.#seen = new Map(list.items.map(item => [keyOf(item), bare(item)]));
    this.#pollAt = Date.now() + this.#times.poll;
    return { ...list, ...(partial && { partial }) };
  }

  async *watch(options: {
    timeoutSeconds: number;
    signal?: AbortSignal;
  }): AsyncGenerator<ObjectEvent> {
    const { signal } = options;
    const until = Date.now() + options.timeoutSeconds * 1000;
    while (!signal?.aborted && Date.now() < until) {
      await wait(Math.min(this.#pollAt, until) - Date.now(), signal);
      if (signal?.aborted || Date.now() < this.#pollAt) {
        return;
      }
      const seen = this.#seen;
      if (!seen) {
        throw new ConnectionError('expired', 'Nothing was listed yet');
      }
      await this.#permissions.assertSignedIn(signal);
      const { items, resourceVersion } = await this.#list(signal);
      this.#pollAt = Date.now() + this.#times.poll;
      yield* this.#differences(seen, items, signal);
      yield {
        type: 'BOOKMARK',
        object: withKind(
          { metadata: { name: '', resourceVersion } } as KubernetesObject,
          this.#kind.kind,
        ),
      };
    }
  }

  async *#differences(
    seen: Map<string, KubernetesObject>,
    items: KubernetesObject[],
    signal?: AbortSignal,
  ): AsyncGenerator<ObjectEvent> {
    const missing = new Map(seen);
    for (const object of items) {
      const key = keyOf(object);
      const before = seen.get(key)?.metadata;
      missing.delete(key);
      if (
        before?.resourceVersion !== object.metadata.resourceVersion ||
        before?.uid !== object.metadata.uid
      ) {
        seen.set(key, bare(object));
        yield { type: before ? 'MODIFIED' : 'ADDED', object };
      }
    }
    for (const [key, object] of missing) {
      if (await this.isGone(object.metadata, signal)) {
        seen.delete(key);
        yield { type: 'DELETED', object };
      }
    }
  }

  /** Deleted rather than hidden: Argo CD tells the two apart for one object. */
  async isGone(
    object: { namespace?: string; name: string },
    signal?: AbortSignal,
  ): Promise<boolean> {
    try {
      await this.get(object, signal);
      return false;
    } catch (error) {
      if ((error as Error).name === 'NotFoundError') {
        return true;
      }
      if (connectionErrorReason(error) === 'forbidden') {
        return false;
      }
      throw error;
    }
  }

  async get(
    object: { namespace?: string; name: string },
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    const { kind } = this.#kind;
    const found = await this.#client.json<KubernetesObject>({
      ...this.#kind.request(object),
      signal,
    });
    return withKind(found, kind);
  }

  #hidden(signal?: AbortSignal): Promise<string[]> {
    return this.#permissions.hidden(
      this.#kind.rbac,
      this.#projects ?? ['*'],
      signal,
    );
  }

  async #list(
    signal?: AbortSignal,
  ): Promise<{ items: KubernetesObject[]; resourceVersion: string }> {
    const { rbac, plural, kind, path, isFiltered } = this.#kind;
    const list = await this.#client.json<List>({
      path: [path],
      query: isFiltered ? { projects: this.#projects } : {},
      what: `list ${plural}`,
      needs: `p, <role>, ${rbac}, get, ${rbac === 'projects' ? '*' : '*/*'}`,
      signal,
    });
    const items = (list.items ?? []).map(item => withKind(item, kind));
    const { resourceVersion = '' } = list.metadata ?? {};
    const isExpected = ({ metadata }: KubernetesObject) =>
      isFiltered || (this.#projects?.includes(metadata.name) ?? true);
    return { items: items.filter(isExpected), resourceVersion };
  }
}

/** What is remembered of an object. */
function bare({ apiVersion, kind, metadata }: KubernetesObject) {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion },
  };
}
