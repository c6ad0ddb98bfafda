import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { isCommandOver } from '@fairway/plugin-gitops-common';
import type {
  GitopsConnection,
  GitopsObserver,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import type { WatchedResource } from '../cluster/WatchedResource';
import { forEachLimited } from '../cluster/waiting';
import {
  objectId,
  type CommandNews,
  type CommandStore,
  type StoredCommandRun,
} from '../store';
import { LatestWork } from './LatestWork';
import { readNews } from './readNews';
import { readTarget } from './readTarget';

/** How long what is open is believed without asking the database again. */
const OPEN_CACHE_MS = 1_000;
/** How often commands that nothing was heard of are looked after. */
const LOOK_EVERY_MS = 5_000;
/** How long a cluster has to answer a look. */
const LOOK_TIMEOUT_MS = 10_000;
const CONCURRENT_LOOKS = 8;
/** How long nothing may be heard of a command before it is given up. */
const LOST_AFTER_MS = 10 * 60_000;

/** What the follower works with. */
export interface CommandFollowerOptions {
  store: Pick<
    CommandStore,
    'openCommandRuns' | 'updateCommandRun' | 'touchCommandRun'
  >;
  observers(): readonly GitopsObserver[];
  connections(): readonly GitopsConnection[];
  clusters: Pick<ClusterApi, 'get' | 'patch'>;
  logger: LoggerService;
  /** A command stands otherwise than before. */
  onChanged(change: { applicationId: string; entityRef?: string }): void;
  now?: () => Date;
}

/**
 * Follows commands until they end.
 *
 * @remarks
 * What is open stands in the database, so that any replica can follow a command that another one
 * took, also after a restart. News come with the objects that the watches record. In addition,
 * each command that nothing was heard of for some seconds is looked after by reading its object
 * once: the watch may have shown the object before this replica knew of the command, or may be
 * down. A command that nothing is heard of for ten minutes is given up as lost; one that its
 * engine works on is news each time it is seen.
 *
 * A command of several writes is taken to the next one when it succeeded at the object of the one
 * before: the source of an application first, then the application.
 */
export class CommandFollower {
  readonly #options: CommandFollowerOptions;
  #open: { runs: Promise<StoredCommandRun[]>; until: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  /** Looks at single commands, by their ids. */
  readonly #looks = new LatestWork();
  readonly #stopped = new AbortController();

  constructor(options: CommandFollowerOptions) {
    this.#options = options;
  }

  /** Looks after open commands from now on. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look().finally(() => {
        this.#looking = undefined;
      });
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Resolves when nothing is looked at any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#looking;
    await this.#looks.settled();
  }

  /** Forgets what it believes to be open, because that changed here. */
  changed(): void {
    this.#open = undefined;
  }

  /** Hears of objects that were recorded; never rejects, because recording goes on without it. */
  async observed(
    watch: Pick<WatchedResource, 'cluster' | 'observer'>,
    objects: readonly KubernetesObject[],
  ): Promise<void> {
    if (!watch.observer.progress) {
      return;
    }
    try {
      const open = await this.#openRuns();
      for (const stored of open) {
        const object =
          stored.engine === watch.observer.id &&
          objects.find(candidate => isTarget(candidate, watch.cluster, stored));
        if (object && takesMore(stored)) {
          this.#lookSoon(stored);
        } else if (object) {
          await this.#judge(stored, object, watch.observer);
        }
      }
    } catch (error) {
      this.#warn(`Commands on cluster '${watch.cluster}'`, error);
    }
  }

  /** Beside the recording, which must not wait for what the cluster is asked for. */
  #lookSoon(stored: StoredCommandRun): void {
    const { id } = stored.run;
    this.#looks.add(id, () =>
      this.#lookAfter(stored).catch(error =>
        this.#warn(`Command ${id}`, error),
      ),
    );
  }

  #warn(what: string, error: unknown): void {
    this.#options.logger.warn(
      `${what} could not be followed; it is looked after again soon`,
      toError(error),
    );
  }

  /** Looks after each command that nothing was heard of lately; never rejects. */
  async look(): Promise<void> {
    try {
      this.changed();
      const now = this.#now().getTime();
      const silent = (await this.#openRuns()).filter(
        ({ heardAt }) => now - Date.parse(heardAt) >= LOOK_EVERY_MS,
      );
      // Side by side: a cluster that does not answer must not hold up the others.
      await forEachLimited(silent, CONCURRENT_LOOKS, stored =>
        this.#lookAfter(stored),
      );
    } catch (error) {
      this.#warn('What is open', error);
    }
  }

  async #lookAfter(stored: StoredCommandRun): Promise<void> {
    const observer = this.#options
      .observers()
      .find(({ id }) => id === stored.engine);
    let trouble: string | undefined;
    try {
      const object = observer?.progress
        ? await readTarget(stored.target, this.#places())
        : undefined;
      if (object && observer && (await this.#judge(stored, object, observer))) {
        return;
      }
    } catch (error) {
      if (this.#stopped.signal.aborted) {
        return;
      }
      const { name, message } = toError(error);
      if (name === 'NotFoundError') {
        await this.#write(stored, {
          state: 'lost',
          message: `${stored.target.ref.kind} ${stored.target.ref.name} is gone, so how it ended is not known`,
        });
        return;
      }
      trouble = message;
    }
    await this.#giveUp(stored, trouble);
  }

  async #giveUp(
    stored: StoredCommandRun,
    trouble: string | undefined,
  ): Promise<void> {
    const silence = this.#now().getTime() - Date.parse(stored.heardAt);
    if (silence < LOST_AFTER_MS) {
      return;
    }
    await this.#write(stored, {
      state: 'lost',
      message: `Nothing was heard of it for ${Math.round(
        silence / 60_000,
      )} minutes${
        trouble ? `: ${trouble}` : ''
      }; look at the application, see that its engine runs, and give the command again`,
    });
  }

  /** Resolves to whether the object says something new, or that the engine works on it. */
  async #judge(
    stored: StoredCommandRun,
    object: KubernetesObject,
    observer: GitopsObserver,
  ): Promise<boolean> {
    const { news, isHeard } = await readNews(stored, object, {
      ...this.#places(),
      observer,
    });
    if (news) {
      await this.#write(stored, news);
    } else if (
      isHeard &&
      this.#now().getTime() - Date.parse(stored.heardAt) >= LOOK_EVERY_MS
    ) {
      await this.#options.store.touchCommandRun(
        stored.run.id,
        this.#now().toISOString(),
      );
    }
    return isHeard;
  }

  async #write(
    stored: StoredCommandRun,
    news: Omit<CommandNews, 'heardAt'>,
  ): Promise<void> {
    const { run, entityRef } = stored;
    const now = this.#now().toISOString();
    const isOver = isCommandOver({ ...run, state: news.state });
    const written: CommandNews = {
      ...news,
      heardAt: now,
      finishedAt: isOver ? news.finishedAt ?? now : undefined,
    };
    if (!(await this.#options.store.updateCommandRun(run.id, written))) {
      this.changed();
      return;
    }
    this.changed();
    if (isOver) {
      this.#options.logger.info(
        `The ${run.command} of ${run.applicationId} that ${run.requestedBy} asked for at ${run.requestedAt} ended: ${news.state}: ${news.message}`,
      );
    }
    this.#options.onChanged({ applicationId: run.applicationId, entityRef });
  }

  #openRuns(): Promise<StoredCommandRun[]> {
    const now = this.#now().getTime();
    if (!this.#open || this.#open.until <= now) {
      const runs = this.#options.store.openCommandRuns();
      this.#open = { runs, until: now + OPEN_CACHE_MS };
      runs.catch(() => this.changed());
    }
    return this.#open.runs;
  }

  /** Where objects are read, for as long as a look may take. */
  #places() {
    return {
      clusters: this.#options.clusters,
      connections: this.#options.connections(),
      signal: AbortSignal.any([
        this.#stopped.signal,
        AbortSignal.timeout(LOOK_TIMEOUT_MS),
      ]),
    };
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

/** Whether more than the object itself is looked at to follow it. */
function takesMore({ target }: StoredCommandRun): boolean {
  return target.before !== undefined || Boolean(target.then?.length);
}

function isTarget(
  object: KubernetesObject,
  cluster: string,
  { target }: StoredCommandRun,
): boolean {
  const { kind, apiVersion, metadata } = object;
  const { namespace, name } = metadata;
  return (
    name === target.ref.name &&
    objectId({ cluster, apiVersion, kind, namespace, name }) ===
      objectId(target.ref)
  );
}
