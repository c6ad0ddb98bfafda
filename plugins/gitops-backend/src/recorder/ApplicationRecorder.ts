import type { ObjectRef } from '@fairway/plugin-gitops-common';
import type { SourceObservation } from '@fairway/plugin-gitops-node';
import {
  deploymentId,
  isAnotherObject,
  isLate,
  objectId,
  type OwnedApplication,
  type RecordedState,
  type Recording,
  type Removal,
  type Removed,
  type StoredApplication,
  type StoredSource,
} from '../store';
import type { HealthAlerts } from './HealthAlerts';
import {
  planApplication,
  type ApplicationPlan,
  type ObservedApplication,
} from './planApplication';
import type { RecorderOptions } from './Recorder';

/** More than any engine keeps in an object's history. */
const LATEST_DEPLOYMENTS = 30;

/** What is to be recorded in one transaction. */
export interface RecordingBatch {
  sources?: readonly StoredSource[];
  applications?: readonly ObservedApplication[];
  /** Ids of applications to build anew from what was last observed of them. */
  reconsider?: readonly string[];
  removals?: readonly Removal[];
}

/** What a batch changed. */
export interface RecordedBatch {
  plans: readonly ApplicationPlan[];
  /** Ids of the deployments that were new. */
  inserted: ReadonlySet<string>;
  /** Keys of the sources that were written. */
  sourceKeys: readonly string[];
  removed: Removed;
}

const NOTHING_REMOVED: Removed = {
  applications: [],
  facts: [],
  sourceKeys: [],
};

function clustersOf(batch: RecordingBatch): string[] {
  return [
    ...(batch.sources ?? []).map(({ origin }) => origin.cluster),
    ...(batch.applications ?? []).map(({ origin }) => origin.cluster),
    ...(batch.removals ?? []).map(({ origin }) => origin.cluster),
  ];
}

/**
 * Records sources and applications: plans what they change and writes it, in one transaction that
 * excludes other recorders, and tells of it after that.
 */
export class ApplicationRecorder {
  readonly #options: RecorderOptions;
  readonly #alerts: HealthAlerts;

  constructor(options: RecorderOptions, alerts: HealthAlerts) {
    this.#options = options;
    this.#alerts = alerts;
  }

  /** The component that it belongs to; until the catalog was read, the one that it had. */
  entityRefOf(
    observation: OwnedApplication['observation'],
    previous?: string,
  ): string | undefined {
    const { resolver } = this.#options;
    return resolver.ready ? resolver.resolve(observation)?.entityRef : previous;
  }

  /**
   * Leaves out what is stored as it is, or newer. The recording decides again, so that this only
   * saves the transaction; it reads no document.
   */
  async changed(
    batch: Required<Pick<RecordingBatch, 'sources' | 'applications'>>,
  ): Promise<RecordingBatch> {
    const { store } = this.#options;
    const [applications, sources] = await Promise.all([
      this.#newApplications(store, batch.applications),
      this.#newSources(store, batch.sources),
    ]);
    return { applications, sources };
  }

  /**
   * @param clusters - those of the applications to reconsider; the others are known
   */
  async record(
    batch: RecordingBatch,
    clusters: readonly string[] = [],
  ): Promise<RecordedBatch> {
    const all = [...clustersOf(batch), ...clusters];
    if (all.length === 0) {
      return {
        ...{ plans: [], sourceKeys: [], removed: NOTHING_REMOVED },
        inserted: new Set(),
      };
    }
    const recorded = await this.#options.store.recording(all, recording =>
      this.#write(recording, batch),
    );
    this.#tell(recorded);
    return recorded;
  }

  async #write(
    recording: Recording,
    batch: RecordingBatch,
  ): Promise<RecordedBatch> {
    const sources = await this.#newSources(recording, batch.sources ?? []);
    if (sources.length > 0) {
      await recording.putSources(sources);
    }
    const removed = batch.removals?.length
      ? await recording.deleteObjects(batch.removals)
      : NOTHING_REMOVED;
    const sourceKeys = sources.map(({ key }) => key);
    const plans = await this.#plan(recording, batch, [
      ...sourceKeys,
      ...removed.sourceKeys,
    ]);
    const { inserted } =
      plans.length > 0
        ? await recording.applyChanges(plans.map(({ change }) => change))
        : { inserted: new Set<string>() };
    return { plans, inserted, sourceKeys, removed };
  }

  async #plan(
    recording: Recording,
    batch: RecordingBatch,
    changedSources: readonly string[],
  ): Promise<ApplicationPlan[]> {
    const observed = await this.#newApplications(
      recording,
      batch.applications ?? [],
    );
    const ids = observed.map(({ observation }) => objectId(observation.ref));
    const stored = await recording.storedApplications([
      ...ids,
      ...(batch.reconsider ?? []),
    ]);
    if (changedSources.length > 0) {
      for (const user of await recording.applicationsOfSources(
        changedSources,
      )) {
        stored.set(user.application.id, user);
      }
    }
    const todo = new Map<string, ObservedApplication>();
    for (const [id, item] of stored) {
      todo.set(id, { ...item, history: [] });
    }
    observed.forEach((item, index) => todo.set(ids[index], item));
    return this.#planAll(recording, todo, stored);
  }

  async #planAll(
    recording: Recording,
    todo: ReadonlyMap<string, ObservedApplication>,
    stored: ReadonlyMap<string, StoredApplication>,
  ): Promise<ApplicationPlan[]> {
    const ids = [...todo.keys()];
    if (ids.length === 0) {
      return [];
    }
    const { config, resolver } = this.#options;
    const now = this.#options.now?.() ?? new Date();
    const items = [...todo.values()];
    const sourcesOf = await this.#sourcesOf(
      recording,
      items.flatMap(({ observation }) => observation.sourceRef ?? []),
    );
    const latest = await recording.latestDeployments(ids, LATEST_DEPLOYMENTS);
    const known = await recording.knownDeploymentKeys(
      ids,
      items.flatMap(({ history }) => history.map(({ key }) => key)),
    );
    const open = await recording.openFailures(ids);
    return items.map((observed, index) => {
      const id = ids[index];
      const previous = stored.get(id);
      const entityRef = this.entityRefOf(
        observed.observation,
        previous?.application.entityRef,
      );
      return planApplication({
        ...{ observed, entityRef, config, now, stored: previous },
        owner: entityRef ? resolver.get(entityRef)?.owner : undefined,
        sources: sourcesOf(observed.observation.sourceRef),
        latest: latest.get(id) ?? [],
        known: known.get(id) ?? new Set(),
        open: open.get(id) ?? [],
      });
    });
  }

  /** Finds the source that a reference names, and what that is made from, as far as they were seen. */
  async #sourcesOf(
    recording: Recording,
    refs: readonly ObjectRef[],
  ): Promise<(ref?: ObjectRef) => SourceObservation[]> {
    const found = await recording.storedSources(refs.map(objectId));
    const origins = await recording.storedSources(
      [...found.values()].flatMap(({ observation: { sourceRef } }) =>
        sourceRef ? [objectId(sourceRef)] : [],
      ),
    );
    return ref => {
      const source = ref && found.get(objectId(ref))?.observation;
      const origin =
        source?.sourceRef && origins.get(objectId(source.sourceRef));
      return [source, origin?.observation].filter(one => one !== undefined);
    };
  }

  async #newApplications(
    reader: Pick<Recording, 'recordedApplications'>,
    applications: readonly ObservedApplication[],
  ): Promise<ObservedApplication[]> {
    // Where one object is observed twice, the last says how it is.
    const byId = new Map(
      applications.map(item => [objectId(item.observation.ref), item]),
    );
    if (byId.size === 0) {
      return [];
    }
    const recorded = await reader.recordedApplications([...byId.keys()]);
    return [...byId].flatMap(([id, item]) => {
      const state = recorded.get(id);
      const isNew =
        !state ||
        (!this.#isLate(item, state) &&
          (state.fingerprint !== item.fingerprint ||
            isAnotherObject(item.origin.version, state.version) ||
            state.entityRef !==
              this.entityRefOf(item.observation, state.entityRef)));
      return isNew ? [item] : [];
    });
  }

  async #newSources(
    reader: Pick<Recording, 'recordedSources'>,
    sources: readonly StoredSource[],
  ): Promise<StoredSource[]> {
    const byKey = new Map(sources.map(source => [source.key, source]));
    if (byKey.size === 0) {
      return [];
    }
    const recorded = await reader.recordedSources([...byKey.keys()]);
    return [...byKey.values()].filter(source => {
      const state = recorded.get(source.key);
      return (
        !state ||
        (!this.#isLate(source, state) &&
          (state.fingerprint !== source.fingerprint ||
            isAnotherObject(source.origin.version, state.version)))
      );
    });
  }

  #isLate(
    { origin }: Pick<ObservedApplication, 'origin'>,
    state: RecordedState,
  ): boolean {
    const now = this.#options.now?.() ?? new Date();
    return isLate(origin.version, state, now);
  }

  #tell({ plans, inserted, removed }: RecordedBatch): void {
    const { listener, onDeploymentRecorded } = this.#options;
    removed.applications.forEach(item => listener.applicationRemoved(item));
    removed.facts.forEach(({ fact: { entityRef } }) =>
      listener.factChanged({ entityRef }),
    );
    for (const { change, failures, previous } of plans) {
      const { application } = change.stored;
      listener.applicationChanged(application, previous);
      for (const { key } of change.deployments) {
        const id = deploymentId(application.id, key);
        if (inserted.has(id)) {
          listener.deploymentChanged({
            deploymentId: id,
            applicationId: application.id,
            entityRef: application.entityRef,
          });
        }
      }
      failures.opened.forEach(failure => listener.failureOpened(failure));
      failures.closed.forEach(failure => listener.failureClosed(failure));
      if (change.alert) {
        void this.#alerts.send(application, change.alert);
      }
    }
    if (inserted.size > 0) {
      onDeploymentRecorded?.();
    }
  }
}
