import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  ClusterObjectProblem,
  ClusterResourceStatus,
} from '@fairway/plugin-gitops-common';
import type {
  ObjectProblem,
  WatchedResource,
  WatchSink,
} from './WatchedResource';

/** Objects that are told; more would say nothing new. */
const MAXIMUM_PROBLEMS = 20;

/** Tells the sink, and the log, how a watch stands. */
export class WatchStatus {
  readonly #options: {
    watch: WatchedResource;
    sink: WatchSink;
    logger: LoggerService;
    /** At most so often is it written that a quiet watch is still well. */
    seenEveryMillis: number;
    /** Called when nothing is stored of the watch any more, though something was. */
    onForgotten?(): void;
  };
  readonly #problems = new Map<string, ClusterObjectProblem>();
  #told = '[]';
  #status?: ClusterResourceStatus;
  /** The last one that was taken. */
  #stored?: ClusterResourceStatus;
  #seenWrittenAt = 0;

  constructor(options: {
    watch: WatchedResource;
    sink: WatchSink;
    logger: LoggerService;
    seenEveryMillis: number;
    onForgotten?(): void;
  }) {
    this.#options = options;
  }

  /** The version that is looked at. */
  version = '';

  /** The state that is stored. */
  get state(): ClusterResourceStatus['state'] | undefined {
    return this.#stored?.state;
  }

  /** States how the watch stands; a message says cause and what to do. */
  async set(
    state: ClusterResourceStatus['state'],
    message?: string,
    options: {
      /** What is stored was so a moment ago; always when connected. */
      isSeen?: boolean;
    } = {},
  ): Promise<void> {
    const { watch, sink, onForgotten } = this.#options;
    const now = new Date();
    const { group, plural } = watch.resource;
    const changed = this.#status?.state !== state;
    const problems = this.#firstProblems();
    const status: ClusterResourceStatus = {
      resource: [group, this.version, plural].filter(Boolean).join('/'),
      state,
      since: changed ? now.toISOString() : this.#status!.since,
      ...(state === 'connected' || options.isSeen
        ? { lastSeenAt: now.toISOString() }
        : {}),
      ...(message ? { message } : {}),
      ...(problems.length > 0 ? { problems } : {}),
    };
    if (changed) {
      this.#log(status);
    }
    if (state === 'connected') {
      this.#seenWrittenAt = now.getTime();
    }
    this.#status = status;
    this.#told = JSON.stringify(problems);
    try {
      const { isNew } = await sink.status(watch, status);
      if (isNew && this.#stored) {
        onForgotten?.();
      }
      this.#stored = status;
    } catch (error) {
      // Said again at the next occasion.
      this.#seenWrittenAt = 0;
      throw error;
    }
  }

  /** The watch was heard: writes so, now and then. */
  async seen(): Promise<void> {
    const { seenEveryMillis } = this.#options;
    const news = JSON.stringify(this.#firstProblems()) !== this.#told;
    if (
      this.#status?.state === 'connected' &&
      (news || Date.now() - this.#seenWrittenAt >= seenEveryMillis)
    ) {
      await this.set('connected', this.#status.message);
    }
  }

  /** These objects were looked at, and these of them cannot be read. */
  looked(
    objects: Iterable<string>,
    problems: readonly ObjectProblem[] = [],
  ): void {
    const messages = new Map(
      problems.map(({ object, message }) => [object, message]),
    );
    for (const object of objects) {
      if (!messages.has(object)) {
        this.#problems.delete(object);
      }
    }
    const now = new Date().toISOString();
    for (const [object, message] of messages) {
      const since = this.#problems.get(object)?.since ?? now;
      this.#problems.set(object, { object, message, since });
    }
  }

  /** A list ended: an object that is not in it has no problem any more. */
  lookedAtAll(objects: ReadonlySet<string>): void {
    for (const object of [...this.#problems.keys()]) {
      if (!objects.has(object)) {
        this.#problems.delete(object);
      }
    }
  }

  #firstProblems(): ClusterObjectProblem[] {
    return [...this.#problems.values()].slice(0, MAXIMUM_PROBLEMS);
  }

  #log({ resource, state, message }: ClusterResourceStatus): void {
    const { watch, logger } = this.#options;
    const text = `Cluster '${watch.cluster}', ${resource}: ${state}`;
    if (state === 'unreachable' || state === 'forbidden') {
      logger.warn(`${text}: ${message}`);
    } else if (state !== 'connecting') {
      logger.info(text);
    }
  }
}
