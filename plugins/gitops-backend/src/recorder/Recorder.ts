import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import type {
  ApplicationObservation,
  KubernetesObject,
  Observation,
  SourceObservation,
} from '@fairway/plugin-gitops-node';
import {
  objectKey,
  type ObjectProblem,
  type WatchedResource,
  type WatchSink,
} from '../cluster/WatchedResource';
import { forEachLimited } from '../cluster/waiting';
import type { GitopsConfig } from '../config';
import {
  objectId,
  type ObservedOrigin,
  type RecorderStore,
  type StoredObservation,
} from '../store';
import { ApplicationRecorder } from './ApplicationRecorder';
import type { ChangeListener } from './ChangePublisher';
import type { EntityResolver } from './EntityResolver';
import { FactRecorder } from './FactRecorder';
import { fingerprintOf } from './fingerprint';
import { KeyedQueue } from './KeyedQueue';

/** Enough to hide the latency of a database, few enough to leave connections to readers. */
const CONCURRENT_OBSERVATIONS = 4;

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

/**
 * Turns observations into what is stored, and tells what changed.
 *
 * @remarks
 * Observations of one application are recorded one after the other, those of different ones side
 * by side; an application that refers to a source queues with the source, so that neither misses
 * a change of the other. Everything that an observation changes is written in one transaction,
 * and told after it. Recording the same observation again writes nothing.
 */
export class Recorder implements WatchSink {
  readonly #options: RecorderOptions;
  readonly #store: RecorderStore;
  readonly #applications: ApplicationRecorder;
  readonly #facts: FactRecorder;
  readonly #queue = new KeyedQueue();
  readonly #configFingerprint: string;
  /** By watch; browsers hear of changes alone. */
  readonly #states = new Map<string, ClusterResourceStatus['state']>();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#applications = new ApplicationRecorder(options);
    this.#facts = new FactRecorder(options);
    this.#configFingerprint = fingerprintOf([
      options.config.environments,
      options.config.argocd,
    ]);
  }

  async observe(
    watch: WatchedResource,
    objects: readonly KubernetesObject[],
  ): Promise<ObjectProblem[]> {
    const problems: ObjectProblem[] = [];
    await forEachLimited(objects, CONCURRENT_OBSERVATIONS, async object => {
      const message = await this.#observe(watch, object);
      if (message !== undefined) {
        problems.push({ object: objectKey(object), message });
      }
    });
    await this.#options.onObserved?.(watch, objects);
    return problems;
  }

  /** Resolves to why the object cannot be read, if it cannot. */
  async #observe(
    watch: WatchedResource,
    object: KubernetesObject,
  ): Promise<string | undefined> {
    const origin = this.#origin(watch, objectKey(object));
    let observations: Observation[];
    try {
      observations = watch.observer.observe(object, {
        cluster: watch.cluster,
        now: this.#now(),
      });
    } catch (error) {
      this.#options.logger.warn(
        `Observer '${watch.observer.id}' cannot read ${object.kind} ${origin.object} of cluster '${watch.cluster}'; what was known of it stays`,
        toError(error),
      );
      return `${watch.observer.id} cannot read it: ${
        toError(error).message
      }; look at its YAML, and report it with the version of the engine`;
    }
    const keep: string[] = [];
    let changed = false;
    for (const observation of observations) {
      const recorded = await this.#record(observation, origin);
      keep.push(recorded.id);
      changed ||= recorded.changed;
    }
    if (changed || observations.length !== 1) {
      await this.#forget(origin, keep);
    }
    return undefined;
  }

  async remove(watch: WatchedResource, object: string): Promise<void> {
    await this.#forget(this.#origin(watch, object), []);
  }

  async listed(
    watch: WatchedResource,
    objects: ReadonlySet<string>,
    at: string,
  ): Promise<void> {
    const where = { cluster: watch.cluster, resource: watch.key };
    for (const object of await this.#store.listObjects(where)) {
      if (!objects.has(object)) {
        await this.remove(watch, object);
      }
    }
    await this.#store.touchObserved(where, at);
  }

  async status(
    watch: WatchedResource,
    status: ClusterResourceStatus,
  ): Promise<void> {
    await this.#store.putClusterStatus(
      { cluster: watch.cluster, resource: watch.key },
      status,
    );
    const key = `${watch.cluster} ${watch.key}`;
    if (this.#states.get(key) !== status.state) {
      this.#states.set(key, status.state);
      this.#options.listener.clusterChanged(watch.cluster);
    }
  }

  /** Decides anew what belongs to which component, after the catalog changed. */
  async rejoin(): Promise<void> {
    for (const stored of await this.#store.listStoredApplications()) {
      const { observation, application } = stored;
      if (
        this.#applications.entityRefOf(observation) !== application.entityRef
      ) {
        await this.#reconsider(observation);
      }
    }
    await this.#facts.rejoin();
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #origin(watch: WatchedResource, object: string): ObservedOrigin {
    return { cluster: watch.cluster, resource: watch.key, object };
  }

  #record(
    observation: Observation,
    origin: ObservedOrigin,
  ): Promise<{ id: string; changed: boolean }> {
    switch (observation.type) {
      case 'application':
        return this.#recordApplication(observation, origin);
      case 'source':
        return this.#recordSource(observation, origin);
      default:
        return this.#facts.record(observation, origin);
    }
  }

  async #recordApplication(
    { deployments, ...observation }: ApplicationObservation,
    origin: ObservedOrigin,
  ): Promise<{ id: string; changed: boolean }> {
    const id = objectId(observation.ref);
    const changed = await this.#queue.run(this.#queueKey(observation), () =>
      this.#applications.record(
        {
          observation,
          history: deployments,
          origin,
          fingerprint: fingerprintOf([
            observation,
            deployments,
            this.#configFingerprint,
          ]),
        },
        { evenIfEqual: false },
      ),
    );
    return { id, changed };
  }

  async #recordSource(
    observation: SourceObservation,
    origin: ObservedOrigin,
  ): Promise<{ id: string; changed: boolean }> {
    const key = objectId(observation.ref);
    const changed = await this.#queue.run(key, async () => {
      const stored = await this.#store.getSource(key);
      if (
        stored &&
        fingerprintOf(stored.observation) === fingerprintOf(observation)
      ) {
        return false;
      }
      await this.#store.putSource({ key, observation, origin });
      return true;
    });
    if (changed) {
      await this.#reconsiderUsersOf(key);
    }
    return { id: key, changed };
  }

  async #reconsiderUsersOf(sourceKey: string): Promise<void> {
    for (const user of await this.#store.applicationsOfSource(sourceKey)) {
      await this.#reconsider(user.observation);
    }
  }

  /** Builds an application anew from what was last observed of it. */
  #reconsider(observed: StoredObservation): Promise<boolean> {
    return this.#queue.run(this.#queueKey(observed), async () => {
      const stored = await this.#store.getStoredApplication(
        objectId(observed.ref),
      );
      return stored
        ? this.#applications.record(
            { ...stored, history: [] },
            { evenIfEqual: true },
          )
        : false;
    });
  }

  #queueKey(observation: StoredObservation): string {
    return objectId(observation.sourceRef ?? observation.ref);
  }

  async #forget(
    origin: ObservedOrigin,
    keep: readonly string[],
  ): Promise<void> {
    const removed = await this.#store.deleteObject(origin, keep);
    const { listener } = this.#options;
    removed.applications.forEach(item => listener.applicationRemoved(item));
    removed.facts.forEach(({ entityRef }) =>
      listener.factChanged({ entityRef }),
    );
    for (const key of removed.sourceKeys) {
      await this.#reconsiderUsersOf(key);
    }
  }
}
