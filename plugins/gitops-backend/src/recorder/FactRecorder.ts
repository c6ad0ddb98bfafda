import type { Application, Fact } from '@fairway/plugin-gitops-common';
import type { FactObservation } from '@fairway/plugin-gitops-node';
import {
  factId,
  isAnotherObject,
  objectId,
  type FactFailure,
  type ObservedOrigin,
  type StoredFact,
  type StoredObservation,
} from '../store';
import {
  watchedPlacesOf,
  type FactPlace,
  type IndexedApplication,
} from './ApplicationIndex';
import { environmentOf } from './buildApplication';
import { FactFailures } from './FactFailures';
import { FactIndex } from './FactIndex';
import { failuresAfter, failuresWithout } from './failuresAfter';
import { fingerprintOf } from './fingerprint';
import { FollowedApplications } from './FollowedApplications';
import type { RecorderOptions } from './Recorder';

/** Facts read at a time when all are tied anew. */
const PAGE_SIZE = 200;

/** Whose a fact is. */
type Tie = Pick<Fact, 'entityRef' | 'environment' | 'applicationId'>;

/** The value that all have; undefined when they differ. */
function agreed(values: ReadonlyArray<string | undefined>): string | undefined {
  return new Set(values).size === 1 ? values[0] : undefined;
}

function placeOf(observation: FactObservation): FactPlace {
  const { ref, subject, targetNamespace, kind } = observation;
  return {
    cluster: ref.cluster,
    subject: subject ?? ref,
    // What is rolled out runs where the object is; other objects may be about anything.
    namespace:
      targetNamespace ?? (kind === 'rollout' ? ref.namespace : undefined),
  };
}

/**
 * Records facts, ties them to services, and records the failures that they mean. Its members MUST
 * run one after the other.
 *
 * @remarks
 * Facts and applications are seen in any order, and by different replicas: Argo CD in a hub has
 * its applications in one cluster and their objects in others. Where applications deploy and what
 * they manage is kept in memory from the first fact on; when that changes for an application, the
 * facts of the places concerned are tied anew. What other replicas record is learned of by
 * {@link FactRecorder.catchUp}.
 */
export class FactRecorder {
  readonly #options: RecorderOptions;
  readonly #failures: FactFailures;
  readonly #applications: FollowedApplications;
  readonly #facts = new FactIndex();
  /** Facts to look at again; one that could not be is looked at the next time. */
  readonly #due = new Set<string>();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#failures = new FactFailures(options);
    this.#applications = new FollowedApplications(options.store);
  }

  /** Stores the fact unless it is stored as it is, of this object, or a later one of its series is. */
  async record(
    observation: FactObservation,
    origin: ObservedOrigin,
  ): Promise<{ id: string; changed: boolean }> {
    await this.#read();
    const id = factId(observation);
    const stored = await this.#options.store.getFact(id);
    if (stored && isLater(stored.observation, observation)) {
      return { id, changed: false };
    }
    this.#facts.put(id, watchedPlacesOf(placeOf(observation)));
    const tie = this.#tie(observation, stored?.fact);
    if (
      stored &&
      isTied(stored.fact, tie) &&
      // Late news that the earlier object is gone must not take the present one's fact away.
      !isAnotherObject(origin.version, stored.origin.version) &&
      fingerprintOf(stored.observation) === fingerprintOf(observation)
    ) {
      // What a process that ended left undone.
      await this.#recordFailures(stored);
      return { id, changed: false };
    }
    return {
      id,
      changed: await this.#put({ id, observation, origin, tie, stored }),
    };
  }

  /** Facts are gone: they are no failures any more. */
  async removed(facts: readonly StoredFact[]): Promise<void> {
    for (const { fact, failures = [] } of facts) {
      this.#facts.remove(fact.id);
      await this.#failures.record(
        { fact, failures: failuresWithout(failures, this.#now()) },
        this.#applications.get(fact.applicationId),
        { isGone: true },
      );
    }
  }

  /** An application was recorded; its facts are tied anew if it concerns them. */
  async applicationObserved(
    observation: Pick<
      StoredObservation,
      'engine' | 'ref' | 'labels' | 'destination' | 'resources'
    >,
    entityRef: string | undefined,
  ): Promise<void> {
    if (!this.#applications.isRead) {
      return;
    }
    const { environment } = environmentOf(
      observation.labels,
      this.#options.config,
    );
    const id = objectId(observation.ref);
    await this.#concluded({
      places: this.#applications.put({
        ...observation,
        ...{ id, entityRef, environment },
      }),
      applicationIds: [id],
    });
  }

  /** An application is gone. */
  async applicationRemoved({ id }: Pick<Application, 'id'>): Promise<void> {
    await this.#concluded({
      places: this.#applications.remove(id),
      applicationIds: [],
    });
  }

  /** Learns of the applications that other replicas recorded. */
  async catchUp(): Promise<void> {
    if (this.#applications.isRead) {
      await this.#concluded(await this.#applications.catchUp());
    }
  }

  /**
   * Decides anew what belongs to which component, for some facts at a time.
   *
   * @param after - id of the last fact of those before
   * @returns the id to go on after; undefined when none is left
   */
  async rejoin(after: string | undefined): Promise<string | undefined> {
    await this.#read();
    const page = await this.#options.store.listStoredFacts({
      after,
      limit: PAGE_SIZE,
    });
    for (const stored of page) {
      const { fact, observation } = stored;
      this.#facts.put(fact.id, watchedPlacesOf(placeOf(observation)));
      await this.#retie(stored);
    }
    return page.length === PAGE_SIZE ? page.at(-1)?.fact.id : undefined;
  }

  async #read(): Promise<void> {
    if (!this.#applications.isRead) {
      await this.#applications.catchUp();
    }
  }

  async #concluded(learned: {
    places: readonly string[];
    applicationIds: readonly string[];
  }): Promise<void> {
    for (const id of [
      ...this.#facts.at(learned.places),
      ...this.#failures.waitingFor(learned.applicationIds),
    ]) {
      this.#due.add(id);
    }
    for (const id of this.#due) {
      const stored = await this.#options.store.getFact(id);
      if (stored) {
        await this.#retie(stored);
      }
      this.#due.delete(id);
    }
  }

  async #retie(stored: StoredFact): Promise<void> {
    const { fact, observation, origin } = stored;
    const tie = this.#tie(observation, fact);
    if (isTied(fact, tie)) {
      await this.#recordFailures(stored);
    } else {
      await this.#put({ id: fact.id, observation, origin, tie, stored });
    }
  }

  /** False when the observation came late, and changes nothing. */
  async #put(change: {
    id: string;
    observation: FactObservation;
    origin: ObservedOrigin;
    tie: Tie;
    stored?: StoredFact;
  }): Promise<boolean> {
    const { id, observation, origin, tie, stored } = change;
    const { store, listener } = this.#options;
    const { kind, ref, title, health, message, details } = observation;
    const now = this.#now();
    const fact: Fact = {
      ...{ id, kind, ref, ...tie, title, health, message, details },
      observedAt: now.toISOString(),
    };
    const failures: FactFailure[] = failuresAfter(
      {
        failures: stored?.failures,
        wasFailing: stored?.observation.failure !== undefined,
      },
      observation,
      now,
    );
    if (!(await store.putFact({ fact, observation, origin, failures }))) {
      return false;
    }
    const entityRefs = new Set([stored?.fact.entityRef, tie.entityRef]);
    entityRefs.forEach(entityRef => {
      if (entityRef !== undefined || entityRefs.size === 1) {
        listener.factChanged({ entityRef });
      }
    });
    await this.#recordFailures({ fact, failures });
    return true;
  }

  #recordFailures(stored: Pick<StoredFact, 'fact' | 'failures'>) {
    return this.#failures.record(
      stored,
      this.#applications.get(stored.fact.applicationId),
    );
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  /** Whose it is, by the rule that `FactObservation` states. */
  #tie(observation: FactObservation, previous?: Fact): Tie {
    const { resolver, config } = this.#options;
    const labelled = environmentOf(observation.labels, config).environment;
    if (!resolver.ready) {
      return {
        entityRef: previous?.entityRef,
        environment: labelled ?? previous?.environment,
        applicationId: previous?.applicationId,
      };
    }
    const entityByLabel = resolver.resolve(observation)?.entityRef;
    const isPossible = (application: IndexedApplication) =>
      (!entityByLabel || application.entityRef === entityByLabel) &&
      (!labelled || application.environment === labelled);
    const found = this.#applications.find(placeOf(observation));
    const owners = found.owners.filter(isPossible);
    const chosen =
      owners.length > 0 ? owners : found.deployers.filter(isPossible);
    const entityRef =
      entityByLabel ?? agreed(chosen.map(item => item.entityRef));
    if (!entityRef) {
      return { environment: labelled };
    }
    const environments = new Set(chosen.map(item => item.environment));
    return {
      entityRef,
      environment: labelled ?? agreed([...environments]),
      // Of several in one environment any will do: they are of one service.
      applicationId: environments.size === 1 ? chosen[0].id : undefined,
    };
  }
}

function isTied(fact: Fact, tie: Tie): boolean {
  return (
    fact.entityRef === tie.entityRef &&
    fact.environment === tie.environment &&
    fact.applicationId === tie.applicationId
  );
}

/** Whether what is stored is a later one of the same series. */
function isLater(stored: FactObservation, observed: FactObservation): boolean {
  const [left, right] = [stored, observed].map(
    ({ series, ref }) => `${series?.at ?? ''} ${ref.name}`,
  );
  return observed.series !== undefined && left > right;
}
