import { KubernetesObject } from '../../types';
import { Status } from '../StatusError';

/** The objects of one kind, all of them or those of a namespace. */
export interface Collection {
  group: string;
  version: string;
  plural: string;
  namespace: string;
}

/** The query of a list. */
export interface ListQuery {
  limit?: number;
  continue?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** The query of a watch. */
export interface WatchQuery {
  resourceVersion?: string;
  labelSelector?: string;
  allowWatchBookmarks?: boolean;
  timeoutSeconds?: number;
}

/** A list as it came over the wire. */
export interface ObjectList {
  metadata: {
    resourceVersion: string;
    continue?: string;
    remainingItemCount?: number;
  };
  items: KubernetesObject[];
}

/** How a patch is sent. */
export interface PatchRequest {
  type: 'merge' | 'json' | 'strategic' | 'apply';
  body: object;
  status?: boolean;
  fieldManager?: string;
  force?: boolean;
  dryRun?: boolean;
}

/** A line of a watch. */
export interface WatchLine {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: any;
}

/** A refused request. */
export class Refusal extends Error {
  readonly code: number;
  readonly status: Status;

  constructor(code: number, status: Status) {
    super(`${code} ${status?.reason}: ${status?.message}`);
    this.code = code;
    this.status = status;
  }
}

/**
 * A way into a cluster that the contract is checked through.
 *
 * A refused request rejects with a Refusal.
 */
export interface Door {
  list(collection: Collection, query?: ListQuery): Promise<ObjectList>;
  get(collection: Collection, name: string): Promise<KubernetesObject>;
  create(
    collection: Collection,
    object: KubernetesObject,
  ): Promise<KubernetesObject>;
  replace(
    collection: Collection,
    object: KubernetesObject,
  ): Promise<KubernetesObject>;
  patch(
    collection: Collection,
    name: string,
    patch: PatchRequest,
  ): Promise<KubernetesObject>;
  delete(collection: Collection, name: string): Promise<unknown>;
  /** The session is there before the server has answered; `next` waits for lines. */
  watch(collection: Collection, query: WatchQuery): Promise<WatchSession>;
  log(
    pod: { namespace: string; name: string },
    query: { container: string; tailLines?: number; previous?: boolean },
  ): Promise<string>;
}

/** The media types of patches. */
export const PATCH_TYPES: Record<PatchRequest['type'], string> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** How long a line of a watch may be on its way before the test fails. */
const LINE_TIMEOUT_MS = 10_000;

/** The lines of an open watch, in order. */
export class WatchSession {
  readonly #lines: WatchLine[] = [];
  readonly #close: () => void;
  #wake?: () => void;
  #ended = false;
  #error?: Error;

  constructor(close: () => void) {
    this.#close = close;
  }

  push(line: WatchLine): void {
    this.#lines.push(line);
    this.#wake?.();
  }

  /** @param error - why the watch did not come about or broke off */
  end(error?: Error): void {
    this.#ended = true;
    this.#error ??= error;
    this.#wake?.();
  }

  /** The next line; undefined when the server has ended the watch. */
  async next(): Promise<WatchLine | undefined> {
    const deadline = Date.now() + LINE_TIMEOUT_MS;
    while (this.#lines.length === 0 && !this.#ended) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error('no line came over the watch in time')),
          deadline - Date.now(),
        );
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const line = this.#lines.shift();
    if (!line && this.#error) {
      throw this.#error;
    }
    return line;
  }

  /** The next lines, as `TYPE name`. */
  async take(count: number): Promise<string[]> {
    const taken: string[] = [];
    while (taken.length < count) {
      const line = await this.next();
      if (!line) {
        throw new Error(`the watch ended after ${taken.join(', ')}`);
      }
      taken.push(`${line.type} ${line.object.metadata?.name ?? ''}`.trim());
    }
    return taken;
  }

  close(): void {
    this.#close();
    this.end();
  }
}
