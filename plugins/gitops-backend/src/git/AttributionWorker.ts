import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Deployment } from '@fairway/plugin-gitops-common';
import type {
  ApplicationToBackfill,
  DeploymentToAttribute,
  GitopsStore,
} from '../store';
import { DeploymentCompleter } from './DeploymentCompleter';
import type { GitHistory } from './GitHistory';
import {
  gitSourceOf,
  SourceHistory,
  type CodeLocator,
  type GitSource,
} from './SourceHistory';

/** What changed, for browsers. */
export interface AttributedChange {
  applicationIds: string[];
  entityRefs: string[];
}

/** What {@link AttributionWorker} stands on. */
export interface AttributionWorkerOptions {
  store: GitopsStore;
  history: GitHistory;
  logger: LoggerService;
  /** How far back the history of a new application is read; 0 reads none. */
  backfillDays: number;
  /** Called after deployments were completed or read from Git. Must not throw. */
  onChanged?(change: AttributedChange): void;
  /** Where the code of a component is, when not beside its manifests. */
  locateCode?: CodeLocator;
  now?: () => Date;
}

type Work =
  | { type: 'backfill'; source?: GitSource; item: ApplicationToBackfill }
  | { type: 'attribute'; source?: GitSource; item: DeploymentToAttribute };

const LEASE = { name: 'attribution', seconds: 60 };
const BATCH = 500;
const POLL_MS = 15_000;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 6 * 60 * 60_000;
/** Applications that are done before browsers hear of them, where many wait. */
const TELL_AFTER = 20;
const NO_SOURCE = '';
/**
 * Repositories at a time: enough to be patient with some that do not answer, few enough to leave
 * processes and connections of the database to others.
 */
const CONCURRENT_REPOSITORIES = 12;

function pauseAfter(attempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS);
}

function applicationIdOf(work: Work): string {
  return work.type === 'backfill'
    ? work.item.application.id
    : work.item.deployment.applicationId;
}

/**
 * Completes what the recorder writes down: reads the history of new applications from Git, and for
 * each deployment finds its images, kind, author and commits, and which earlier ones it takes back.
 *
 * @remarks
 * Repositories are worked on side by side, so that one that does not answer holds up no other; the
 * deployments of one application in their order. What fails because a repository cannot be reached
 * is tried again, later each time, and logged once per repository. One replica works at a time.
 */
export class AttributionWorker {
  readonly #options: AttributionWorkerOptions;
  readonly #completer: DeploymentCompleter;
  readonly #holder = randomUUID();
  readonly #busy = new Map<string, Promise<void>>();
  /** By repository: what waits for its turn. */
  readonly #waiting = new Map<string, Work[]>();
  readonly #reported = new Map<string, string>();
  #whenQuiet: () => Promise<void> = async () => {};
  #running = false;
  #looking?: Promise<void>;
  #again = false;
  #timer?: NodeJS.Timeout;

  constructor(options: AttributionWorkerOptions) {
    this.#options = options;
    this.#completer = new DeploymentCompleter({
      store: options.store,
      backfillDays: options.backfillDays,
      onGitMissing: message => this.#report(NO_SOURCE, message),
      now: () => this.#now(),
    });
  }

  /**
   * Starts to work; returns at once.
   *
   * @param options.whenQuiet - resolves when what is more urgent leaves the database alone, or
   *   soon in any case
   */
  start(options: { whenQuiet?(): Promise<void> } = {}) {
    if (!this.#running) {
      this.#running = true;
      this.#whenQuiet = options.whenQuiet ?? this.#whenQuiet;
      this.wake();
    }
  }

  /** Says that there may be something to do. Cheap; call it after every change. */
  wake() {
    if (!this.#running) {
      return;
    }
    if (this.#looking) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = this.#look()
      .catch(error =>
        this.#options.logger.error(
          'Deployments could not be attributed; it is tried again',
          error as Error,
        ),
      )
      .then(() => {
        this.#looking = undefined;
        if (this.#again) {
          this.#again = false;
          this.wake();
        } else if (this.#running) {
          this.#timer = setTimeout(() => this.wake(), POLL_MS);
          this.#timer.unref();
        }
      });
  }

  /** Stops, after what is being written is written. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#waiting.clear();
    await this.#looking;
    this.#options.history.close();
    await Promise.allSettled(this.#busy.values());
    await this.#options.store.releaseLease({
      name: LEASE.name,
      holder: this.#holder,
    });
  }

  async #look(): Promise<void> {
    const { store } = this.#options;
    await this.#whenQuiet();
    const mine =
      store.exclusive ||
      (await store.acquireLease({ ...LEASE, holder: this.#holder }));
    if (!mine) {
      return;
    }
    const [applications, deployments] = await Promise.all([
      store.applicationsToBackfill(BATCH),
      store.deploymentsToAttribute(BATCH),
    ]);
    const groups = new Map<string, Work[]>();
    const add = (work: Work) => {
      const key = work.source?.repoUrl ?? NO_SOURCE;
      groups.set(key, [...(groups.get(key) ?? []), work]);
    };
    for (const item of applications) {
      const { source: rendered, drySource: dry } = item.application;
      const source = gitSourceOf({ ...rendered, dry });
      add({ type: 'backfill', source, item });
    }
    for (const item of deployments) {
      add({ type: 'attribute', source: gitSourceOf(item.from), item });
    }
    for (const [repoUrl, works] of groups) {
      // What it is busy with is among the works, and is asked for again when it is done.
      if (!this.#busy.has(repoUrl)) {
        this.#waiting.set(repoUrl, works);
      }
    }
    this.#beginMore();
  }

  #beginMore() {
    for (const [repoUrl, works] of this.#waiting) {
      if (!this.#running || this.#busy.size >= CONCURRENT_REPOSITORIES) {
        return;
      }
      this.#waiting.delete(repoUrl);
      this.#begin(repoUrl, works);
    }
  }

  /** Goes on with what waits; when nothing does, looks whether there is more. */
  #goOn() {
    if (this.#waiting.size > 0) {
      this.#beginMore();
    } else {
      this.wake();
    }
  }

  #begin(repoUrl: string, works: Work[]) {
    const task = this.#workOn(repoUrl, works).then(
      () => {
        this.#busy.delete(repoUrl);
        this.#goOn();
      },
      error => {
        // The next look for it comes by itself, after a while.
        this.#busy.delete(repoUrl);
        this.#beginMore();
        this.#options.logger.error(
          `Deployments from ${withoutUserInfo(
            repoUrl,
          )} could not be attributed; it is tried again`,
          error as Error,
        );
      },
    );
    this.#busy.set(repoUrl, task);
  }

  async #workOn(repoUrl: string, works: Work[]): Promise<void> {
    const changed = new Map<string, string | undefined>();
    const stuck = new Set<string>();
    for (const work of works) {
      const applicationId = applicationIdOf(work);
      if (!this.#running || stuck.has(applicationId)) {
        continue;
      }
      try {
        await this.#whenQuiet();
        changed.set(applicationId, await this.#do(work));
      } catch (error) {
        stuck.add(applicationId);
        await this.#postpone(repoUrl, work, error as Error);
      }
      if (changed.size >= TELL_AFTER) {
        this.#tell(changed);
      }
    }
    this.#tell(changed);
  }

  /** Tells of what changed, and forgets it. */
  #tell(changed: Map<string, string | undefined>) {
    if (changed.size > 0) {
      const refs = new Set(changed.values());
      refs.delete(undefined);
      this.#options.onChanged?.({
        applicationIds: [...changed.keys()],
        entityRefs: [...refs] as string[],
      });
      changed.clear();
    }
  }

  async #do(work: Work): Promise<string | undefined> {
    const application =
      work.type === 'backfill' ? work.item.application : work.item.deployment;
    const history = this.#open(work.source, application);
    if (work.type === 'backfill') {
      await this.#completer.backfill(work.item, history);
    } else {
      await this.#completer.attribute(work.item, history);
    }
    if (work.source && history) {
      this.#recovered(work.source.repoUrl);
    }
    return application.entityRef;
  }

  /** `undefined` when there is no Git source, or none that may ever be read; that is said once. */
  #open(
    source: GitSource | undefined,
    { entityRef, environment }: Pick<Deployment, 'entityRef' | 'environment'>,
  ): SourceHistory | undefined {
    if (!source) {
      return undefined;
    }
    const { history, locateCode } = this.#options;
    try {
      return new SourceHistory({
        ...{ history, source, entityRef, environment, locateCode },
      });
    } catch (error) {
      this.#report(source.repoUrl, (error as Error).message);
      return undefined;
    }
  }

  async #postpone(repoUrl: string, work: Work, error: Error): Promise<void> {
    const { store } = this.#options;
    this.#report(repoUrl, error.message);
    const until = new Date(
      this.#now() + pauseAfter(work.item.attempts),
    ).toISOString();
    if (work.type === 'backfill') {
      await store.postponeBackfill(work.item.application.id, until);
    } else {
      await store.postponeAttribution(work.item.deployment.id, until);
    }
  }

  #report(repoUrl: string, message: string) {
    if (this.#reported.get(repoUrl) !== message) {
      this.#reported.set(repoUrl, message);
      this.#options.logger.warn(
        repoUrl === NO_SOURCE
          ? message
          : `Deployments from ${withoutUserInfo(
              repoUrl,
            )} have no commits yet: ${message}`,
      );
    }
  }

  #recovered(repoUrl: string) {
    if (this.#reported.delete(repoUrl)) {
      this.#options.logger.info(
        `Deployments from ${withoutUserInfo(repoUrl)} have commits again`,
      );
    }
  }

  #now(): number {
    return (this.#options.now?.() ?? new Date()).getTime();
  }
}

function withoutUserInfo(repoUrl: string): string {
  return repoUrl.replace(/(\w+:\/\/)[^\s/@]+@/, '$1');
}
