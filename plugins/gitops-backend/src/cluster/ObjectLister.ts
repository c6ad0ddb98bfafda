import {
  ConnectionError,
  connectionErrorReason,
  type ObjectPage,
} from '@fairway/plugin-gitops-node';
import type { ResourceRecorder } from './ResourceRecorder';
import type { Semaphore } from './Semaphore';
import type { WatchedResource } from './WatchedResource';
import type { WatchSource } from './WatchSource';
import type { WatchStatus } from './WatchStatus';
import { PAGE_SIZE } from './WatchTimes';
import type { WatchedApplication } from './ClusterRegistry';

const MAXIMUM_PAGE_SIZE = 1_600;

/** What is known after a list. */
export interface EndedList {
  /** Where to watch from. */
  resourceVersion: string;
  /** False when objects without a name are in it: nobody can say what became of them. */
  allNamed: boolean;
  /** Why the list does not show everything, if so. */
  message?: string;
}

/** Lists everything of one kind, and records it page by page. */
export class ObjectLister {
  readonly #options: {
    source: WatchSource;
    watch: WatchedResource;
    recorder: ResourceRecorder;
    status: WatchStatus;
    /** A permit for each page in memory. */
    lists: Semaphore;
    missing(listed: ReadonlySet<string>): Promise<WatchedApplication[]>;
    /** Called when a page came. */
    onPage(): void;
  };
  #pageSize = PAGE_SIZE;

  constructor(options: {
    source: WatchSource;
    watch: WatchedResource;
    recorder: ResourceRecorder;
    status: WatchStatus;
    lists: Semaphore;
    missing(listed: ReadonlySet<string>): Promise<WatchedApplication[]>;
    onPage(): void;
  }) {
    this.#options = options;
  }

  /** Lists in the first version that the cluster serves. */
  async list(signal: AbortSignal): Promise<EndedList> {
    const { status, watch } = this.#options;
    const { versions } = watch.resource;
    for (const version of versions) {
      status.version = version;
      try {
        return await this.#listVersion(version, signal);
      } catch (error) {
        const reason = connectionErrorReason(error);
        if (reason === 'expired') {
          this.hurry();
        }
        const isLast = version === versions[versions.length - 1];
        if (reason !== 'not-installed' || isLast) {
          throw error;
        }
      }
    }
    throw new ConnectionError('not-installed', 'The observer names no version');
  }

  /** Fewer pages take less time; the server forgets old versions after some. */
  hurry(): void {
    this.#pageSize = Math.min(this.#pageSize * 4, MAXIMUM_PAGE_SIZE);
  }

  async #listVersion(version: string, signal: AbortSignal): Promise<EndedList> {
    const { recorder } = this.#options;
    const at = new Date().toISOString();
    const listed = new Set<string>();
    let partial: ObjectPage['partial'];
    let allNamed = true;
    let resourceVersion = '';
    let next: string | undefined;
    do {
      signal.throwIfAborted();
      const page = await this.#page({ version, next, listed }, signal);
      partial ??= page.partial;
      allNamed &&= page.allNamed;
      resourceVersion = page.resourceVersion;
      next = page.next;
    } while (next !== undefined);
    signal.throwIfAborted();
    if (partial) {
      await this.#removeGone(listed, signal);
      recorder.listedInPart(listed);
      return { resourceVersion, allNamed, message: partial.message };
    }
    if (!allNamed) {
      recorder.listedInPart(listed);
      return { resourceVersion, allNamed };
    }
    await recorder.listed(listed, at, resourceVersion);
    return { resourceVersion, allNamed };
  }

  /** Reads and records one page, with a permit while it is in memory. */
  async #page(
    at: { version: string; next?: string; listed: Set<string> },
    signal: AbortSignal,
  ): Promise<{
    resourceVersion: string;
    next?: string;
    partial?: ObjectPage['partial'];
    allNamed: boolean;
  }> {
    const { source, watch, recorder, lists } = this.#options;
    let release: (() => void) | undefined;
    try {
      const page = await source.listPage(
        { resource: watch.resource, version: at.version },
        {
          limit: this.#pageSize,
          continue: at.next,
          signal,
          admit: async () => {
            release = await lists.acquire(signal);
          },
        },
      );
      this.#options.onPage();
      const allNamed = await recorder.page(page.items, at.listed);
      return {
        allNamed,
        resourceVersion: page.resourceVersion,
        next: page.continue,
        partial: page.partial,
      };
    } finally {
      release?.();
    }
  }

  /** What a list that is not whole does not name may be hidden: the source knows. */
  async #removeGone(
    listed: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<void> {
    const { source, recorder, missing } = this.#options;
    if (!source.isGone) {
      return;
    }
    for (const { object, application } of await missing(listed)) {
      if (await source.isGone(application, { signal })) {
        await recorder.removed(object);
      }
    }
  }
}
