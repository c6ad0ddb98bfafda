import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import type {
  FactObservation,
  KubernetesObject,
  Observation,
} from '@fairway/plugin-gitops-node';
import {
  objectKey,
  type AsOf,
  type ObjectProblem,
  type WatchedResource,
  type WatchSink,
} from '../cluster/WatchedResource';
import type { GitopsConfig } from '../config';
import {
  objectId,
  objectVersionOf,
  type ObjectVersion,
  type ObservedOrigin,
  type RecorderStore,
  type Removal,
  type StoredSource,
} from '../store';
import {
  ApplicationRecorder,
  type RecordingBatch,
} from './ApplicationRecorder';
import type { ChangeListener } from './ChangePublisher';
import type { EntityResolver } from './EntityResolver';
import { FactRecorder } from './FactRecorder';
import { fingerprintAsWritten, fingerprintOf } from './fingerprint';
import { HealthAlerts } from './HealthAlerts';
import { isFaultOfObject } from './isFaultOfObject';
import type { ObservedApplication } from './planApplication';
import { WriteQueue } from './WriteQueue';

/** Objects in a transaction: enough to share its cost, few enough that readers do not wait long. */
const BATCH_SIZE = 100;
/** Objects that are read without a turn for others. */
const SLICE_SIZE = 25;
const PAGE_SIZE = 500;
const QUIET_WITHIN_MILLIS = 2_000;

/** What the recorder works with. */
export interface RecorderOptions {
  store: RecorderStore;
  resolver: EntityResolver;
  listener: ChangeListener;
  config: GitopsConfig;
  logger: LoggerService;
  /** Called after deployments were recorded, so that their commits are looked for. */
  onDeploymentRecorded?(): void;
  /** Called after objects were recorded, so that commands about them are followed. */
  onObserved?(
    watch: WatchedResource,
    objects: readonly KubernetesObject[],
  ): Promise<void>;
  now?: () => Date;
}

/** What an object means, on its way into the store. */
interface ReadObject {
  origin: ObservedOrigin;
  sources: StoredSource[];
  applications: ObservedApplication[];
  facts: FactObservation[];
  /** Why it could not be recorded. */
  problem?: string;
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/**
 * Turns observations into what is stored, and tells what changed.
 *
 * @remarks
 * Everything is written by one queue, in the order in which it was seen: what waits for the
 * database is written together. A batch of objects that are stored as they are costs a read of
 * their fingerprints; otherwise what changed is planned and written in one transaction, which
 * excludes those of other replicas about the same clusters, and told after it. So recording the
 * same observation again, by whomever, writes nothing. A version of an object that is older than
 * the recorded one is left out when it comes late; see `isLate`.
 */
export class Recorder implements WatchSink {
  readonly #options: RecorderOptions;
  readonly #store: RecorderStore;
  readonly #applications: ApplicationRecorder;
  readonly #facts: FactRecorder;
  readonly #alerts: HealthAlerts;
  readonly #queue: WriteQueue<ReadObject>;
  readonly #configFingerprint: string;
  /** By watch; browsers hear of changes alone. */
  readonly #states = new Map<string, ClusterResourceStatus['state']>();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#alerts = new HealthAlerts(options);
    this.#applications = new ApplicationRecorder(options, this.#alerts);
    this.#facts = new FactRecorder(options);
    this.#queue = new WriteQueue({
      keyOf: ({ origin: { cluster, resource, object } }) =>
        `${cluster} ${resource} ${object}`,
      maximum: BATCH_SIZE,
      write: objects => this.#write(objects),
    });
    this.#configFingerprint = fingerprintOf([
      options.config.environments,
      options.config.argocd,
    ]);
  }

  /** Sends the alerts that were not sent, by whomever they were recorded, from now on. */
  start(): void {
    this.#alerts.start();
  }

  /** Resolves when none is sent any more. */
  stop(): Promise<void> {
    return this.#alerts.stop();
  }

  async observe(
    watch: WatchedResource,
    objects: readonly KubernetesObject[],
  ): Promise<ObjectProblem[]> {
    const problems: ObjectProblem[] = [];
    for (const slice of chunksOf(objects, BATCH_SIZE)) {
      const read: ReadObject[] = [];
      for (const part of chunksOf(slice, SLICE_SIZE)) {
        read.push(...part.map(object => this.#read(watch, object)));
        await new Promise(resolve => {
          setImmediate(resolve);
        });
      }
      const readable = read.filter(({ problem }) => problem === undefined);
      if (readable.length > 0) {
        await this.#queue.add(readable);
      }
      for (const { origin, problem } of read) {
        if (problem !== undefined) {
          problems.push({ object: origin.object, message: problem });
        }
      }
    }
    await this.#options.onObserved?.(watch, objects);
    return problems;
  }

  /**
   * Resolves when nothing waits to be recorded, or after five seconds, for work that is not urgent:
   * while thousands of objects are listed, the database is theirs.
   */
  quiet(): Promise<void> {
    return this.#queue.quiet(QUIET_WITHIN_MILLIS);
  }

  async remove(
    watch: WatchedResource,
    object: string,
    asOf: AsOf = {},
  ): Promise<void> {
    await this.#queue.run(() =>
      this.#forget([this.#removal(watch, object, asOf)]),
    );
  }

  async listed(
    watch: WatchedResource,
    objects: ReadonlySet<string>,
    at: string,
    asOf: AsOf = {},
  ): Promise<void> {
    const where = { cluster: watch.cluster, resource: watch.key };
    await this.#queue.run(async () => {
      const stored = await this.#store.listObjects(where);
      const gone = [...stored].filter(object => !objects.has(object));
      for (const chunk of chunksOf(gone, BATCH_SIZE)) {
        await this.#forget(
          chunk.map(object => this.#removal(watch, object, asOf)),
        );
      }
      await this.#store.touchObserved(where, at);
    });
  }

  async status(
    watch: WatchedResource,
    status: ClusterResourceStatus,
  ): Promise<{ isNew: boolean }> {
    const { isNew } = await this.#store.putClusterStatus(
      { cluster: watch.cluster, resource: watch.key },
      status,
    );
    const key = `${watch.cluster} ${watch.key}`;
    if (this.#states.get(key) !== status.state) {
      this.#states.set(key, status.state);
      this.#options.listener.clusterChanged(watch.cluster);
    }
    return { isNew };
  }

  /** Decides anew what belongs to which component, after the catalog changed. */
  async rejoin(): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.#store.listOwnedApplications({
        after,
        limit: PAGE_SIZE,
      });
      const moved = page.filter(
        ({ observation, entityRef }) =>
          this.#applications.entityRefOf(observation, entityRef) !== entityRef,
      );
      for (const chunk of chunksOf(moved, BATCH_SIZE)) {
        await this.#queue.run(() =>
          this.#recordBatch(
            { reconsider: chunk.map(({ id }) => id) },
            chunk.map(({ observation }) => observation.ref.cluster),
          ),
        );
      }
      after = page.length === PAGE_SIZE ? page[page.length - 1].id : undefined;
    } while (after !== undefined);
    let last: string | undefined;
    do {
      const fact = last;
      last = await this.#queue.run(() => this.#facts.rejoin(fact));
    } while (last !== undefined);
  }

  /** Learns of what other replicas recorded since the last time, as far as facts depend on it. */
  async catchUp(): Promise<void> {
    await this.#queue.run(() => this.#facts.catchUp());
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #origin(
    watch: WatchedResource,
    object: string,
    version?: ObjectVersion,
  ): ObservedOrigin {
    const { cluster, key } = watch;
    return { cluster, resource: key, object, ...(version ? { version } : {}) };
  }

  #removal(
    watch: WatchedResource,
    object: string,
    { version, lookedAt }: AsOf,
  ): Removal {
    return {
      origin: this.#origin(watch, object, version),
      keep: [],
      at: this.#now().toISOString(),
      ...(lookedAt ? { lookedAt } : {}),
    };
  }

  /** What the object means; with a problem when nobody can tell. */
  #read(watch: WatchedResource, object: KubernetesObject): ReadObject {
    const read: ReadObject = {
      origin: this.#origin(watch, objectKey(object), objectVersionOf(object)),
      ...{ sources: [], applications: [], facts: [] },
    };
    const now = this.#now();
    try {
      for (const observation of watch.observer.observe(object, {
        cluster: watch.cluster,
        now,
      })) {
        this.#add(read, observation, now);
      }
    } catch (error) {
      const { id } = watch.observer;
      this.#options.logger.warn(
        `Observer '${id}' cannot read ${object.kind} ${read.origin.object} of cluster '${watch.cluster}'; what was known of it stays`,
        toError(error),
      );
      read.problem = `${id} cannot read it: ${
        toError(error).message
      }; look at its YAML, and report it with the version of the engine`;
    }
    return read;
  }

  #add(read: ReadObject, observed: Observation, now: Date): void {
    const { origin } = read;
    if (observed.type === 'fact') {
      read.facts.push(observed);
    } else if (observed.type === 'source') {
      read.sources.push({
        ...{ origin, observation: observed },
        key: objectId(observed.ref),
        fingerprint: fingerprintAsWritten(observed),
        recordedAt: now.toISOString(),
      });
    } else {
      const { deployments, annotations, ...observation } = observed;
      read.applications.push({
        ...{ observation, history: deployments, origin },
        fingerprint: fingerprintAsWritten([
          observation,
          deployments,
          this.#configFingerprint,
        ]),
      });
    }
  }

  /** Writes a batch; when that cannot be for one of its objects, the others by themselves. */
  async #write(objects: readonly ReadObject[]): Promise<void> {
    try {
      await this.#record(objects);
    } catch (error) {
      if (!isFaultOfObject(error)) {
        throw error;
      }
      if (objects.length > 1) {
        for (const object of objects) {
          await this.#write([object]);
        }
        return;
      }
      const [{ origin }] = objects;
      this.#options.logger.warn(
        `${origin.object} of cluster '${origin.cluster}' cannot be recorded; what was known of it stays`,
        toError(error),
      );
      objects[0].problem = `It cannot be recorded: ${
        toError(error).message
      }; look at its YAML`;
    }
  }

  async #record(objects: readonly ReadObject[]): Promise<void> {
    const changed = await this.#applications.changed({
      sources: objects.flatMap(({ sources }) => sources),
      applications: objects.flatMap(({ applications }) => applications),
    });
    const written = await this.#recordBatch(changed);
    const removals: Removal[] = [];
    for (const { origin, sources, applications, facts } of objects) {
      const keep = [
        ...sources.map(({ key }) => key),
        ...applications.map(({ observation }) => objectId(observation.ref)),
      ];
      let isChanged = keep.some(id => written.has(id));
      for (const fact of facts) {
        const recorded = await this.#facts.record(fact, origin);
        keep.push(recorded.id);
        isChanged ||= recorded.changed;
      }
      // An object may mean less than before while nothing that it still means has changed.
      if (isChanged || keep.length !== 1 || facts.length > 0) {
        removals.push({ origin, keep, at: this.#now().toISOString() });
      }
    }
    await this.#forget(removals);
  }

  /** Resolves to the ids of applications and the keys of sources that were written. */
  async #recordBatch(
    batch: RecordingBatch,
    clusters?: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const { plans, sourceKeys, removed } = await this.#applications.record(
      batch,
      clusters,
    );
    await this.#facts.removed(removed.facts);
    for (const application of removed.applications) {
      await this.#facts.applicationRemoved(application);
    }
    const written = new Set(sourceKeys);
    for (const { change } of plans) {
      const { observation, application } = change.stored;
      written.add(application.id);
      await this.#facts.applicationObserved(observation, application.entityRef);
    }
    return written;
  }

  async #forget(removals: readonly Removal[]): Promise<void> {
    const outdated = await this.#store.outdatedObjects(removals);
    if (outdated.length > 0) {
      await this.#recordBatch({ removals: outdated });
    }
  }
}
