import type {
  GitopsConnection,
  KubernetesObject,
  ObservedResource,
} from '@fairway/plugin-gitops-node';
import { connectionErrorReason } from '@fairway/plugin-gitops-node';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Who reads a connection by its contract, and keeps what it says: lists, watches, lists again when
 * the watch cannot go on, and takes nothing for deleted that may be hidden.
 */
export class Follower {
  /** As last told, by `<namespace>/<name>`. */
  readonly objects = new Map<string, KubernetesObject>();
  /** Names in the order in which events told them. */
  readonly events: string[] = [];
  /** Sizes of the pages of the last list. */
  pages: number[] = [];
  lists = 0;
  state: 'connecting' | 'connected' | string = 'connecting';
  message: string | undefined;
  /** All messages there ever were. */
  readonly messages: unknown[] = [];
  readonly #connection: GitopsConnection;
  readonly #resource: ObservedResource;
  readonly #limit: number;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(
    connection: GitopsConnection,
    options: { plural?: string; limit?: number } = {},
  ) {
    const { plural = 'applications', limit = 100 } = options;
    this.#connection = connection;
    this.#limit = limit;
    this.#resource = connection.resources.find(
      resource => resource.plural === plural,
    )!;
    this.#done = this.#run();
  }

  get names(): string[] {
    return [...this.objects.keys()].sort();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        let from = await this.#list();
        for (;;) {
          from = await this.#watch(from);
          signal.throwIfAborted();
        }
      } catch (error) {
        const reason = connectionErrorReason(error);
        if (!signal.aborted) {
          this.messages.push(error);
        }
        if (reason !== 'expired' && !signal.aborted) {
          this.state = reason;
          this.message = (error as Error).message;
          await pause(20);
        }
      }
    }
  }

  async #list(): Promise<string> {
    const { signal } = this.#stop;
    const seen = new Set<string>();
    const pages: number[] = [];
    let partial: { message: string } | undefined;
    let resourceVersion = '';
    let next: string | undefined;
    do {
      const page = await this.#connection.listPage(this.#resource, {
        limit: this.#limit,
        continue: next,
        signal,
      });
      pages.push(page.items.length);
      for (const item of page.items) {
        seen.add(this.#put(item));
      }
      partial ??= page.partial;
      resourceVersion = page.resourceVersion;
      next = page.continue;
    } while (next);
    for (const [key, object] of this.objects) {
      if (!seen.has(key) && !(partial && !(await this.#isGone(object)))) {
        this.objects.delete(key);
      }
    }
    this.pages = pages;
    this.lists += 1;
    this.state = 'connected';
    this.message = partial?.message;
    this.messages.push(partial?.message);
    return resourceVersion;
  }

  async #watch(resourceVersion: string): Promise<string> {
    let last = resourceVersion;
    for await (const { type, object } of this.#connection.watch(
      this.#resource,
      { resourceVersion, timeoutSeconds: 1, signal: this.#stop.signal },
    )) {
      last = object.metadata.resourceVersion ?? last;
      if (type === 'DELETED') {
        this.objects.delete(keyOf(object));
      } else if (type !== 'BOOKMARK') {
        this.#put(object);
      }
      if (type !== 'BOOKMARK') {
        this.events.push(`${type} ${keyOf(object)}`);
      }
    }
    return last;
  }

  #isGone(object: KubernetesObject): Promise<boolean> {
    const { apiVersion, kind, metadata } = object;
    const { namespace, name } = metadata;
    return this.#connection.isGone(
      {
        ref: {
          cluster: this.#connection.name,
          ...{ apiVersion, kind, namespace, name },
        },
        project: (object.spec as { project?: string } | undefined)?.project,
      },
      { signal: this.#stop.signal },
    );
  }

  #put(object: KubernetesObject): string {
    const key = keyOf(object);
    this.objects.set(key, object);
    return key;
  }
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
