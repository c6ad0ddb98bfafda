import type { Application, Fact } from '@fairway/plugin-gitops-common';
import type { FactObservation } from '@fairway/plugin-gitops-node';
import {
  factId,
  objectId,
  type ObservedOrigin,
  type StoredFact,
  type StoredObservation,
} from '../store';
import {
  ApplicationIndex,
  watchedPlacesOf,
  type FactPlace,
  type IndexedApplication,
} from './ApplicationIndex';
import { environmentOf } from './buildApplication';
import { FactFailures } from './FactFailures';
import { FactIndex } from './FactIndex';
import { fingerprintOf } from './fingerprint';
import type { RecorderOptions } from './Recorder';

/** Applications read at a time when the index is filled. */
const PAGE_SIZE = 500;

/** How long what other replicas recorded may be missed; reading it takes seconds at worst. */
const REFILL_MILLIS = 600_000;

/** Whose a fact is. */
interface Tie {
  entityRef?: string;
  environment?: string;
  /** The application in which it is a failure. */
  applicationId?: string;
}

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
 * Facts and applications are seen in any order. Where applications deploy and what they manage is
 * kept in memory from the first fact on; when that changes for an application, the facts of the
 * places concerned are tied anew. An application of another replica's cluster (Argo CD in a hub)
 * is learned of when the catalog changes, ten minutes later at the soonest, or at the next start.
 */
export class FactRecorder {
  readonly #options: RecorderOptions;
  readonly #failures: FactFailures;
  readonly #applications = new ApplicationIndex();
  readonly #facts = new FactIndex();
  #filled?: Promise<void>;
  #filledAt = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#failures = new FactFailures(options);
  }

  /** Stores the fact unless it is stored as it is, or a later one of its series is. */
  async record(
    observation: FactObservation,
    origin: ObservedOrigin,
  ): Promise<{ id: string; changed: boolean }> {
    await this.#fill();
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
      fingerprintOf(stored.observation) === fingerprintOf(observation)
    ) {
      return { id, changed: false };
    }
    await this.#put({ id, observation, origin, tie, stored });
    return { id, changed: true };
  }

  /** Facts are gone: they are no failures any more. */
  async removed(facts: readonly Fact[]): Promise<void> {
    for (const fact of facts) {
      this.#facts.remove(fact.id);
      if (fact.kind === 'rollout' && fact.entityRef) {
        const { items } = await this.#options.store.listApplications({
          entityRefs: [fact.entityRef],
        });
        await this.#failures.close(
          fact.id,
          items.map(({ id }) => id),
        );
      }
    }
  }

  /** An application was observed; its facts are tied anew if it concerns them. */
  async applicationObserved(
    observation: Pick<
      StoredObservation,
      'engine' | 'ref' | 'labels' | 'destination' | 'resources'
    >,
    entityRef: string | undefined,
  ): Promise<void> {
    if (!this.#filled) {
      return;
    }
    await this.#filled;
    const { environment } = environmentOf(
      observation.labels,
      this.#options.config,
    );
    const id = objectId(observation.ref);
    await this.#retieAt(
      this.#applications.put({ ...observation, id, entityRef, environment }),
    );
  }

  /** An application is gone. */
  async applicationRemoved({ id }: Pick<Application, 'id'>): Promise<void> {
    await this.#filled;
    await this.#retieAt(this.#applications.remove(id));
  }

  /** Decides anew what belongs to which component. */
  async rejoin(): Promise<void> {
    if (this.#now().getTime() - this.#filledAt > REFILL_MILLIS) {
      this.#filled = undefined;
    }
    await this.#fill();
    for (const stored of await this.#options.store.listStoredFacts()) {
      const { fact, observation } = stored;
      this.#facts.put(fact.id, watchedPlacesOf(placeOf(observation)));
      const tie = this.#tie(observation, fact);
      if (!isTied(fact, tie)) {
        await this.#put({ id: fact.id, ...stored, tie, stored });
      }
    }
  }

  /** Fills the index with what is stored; what is observed meanwhile is newer. */
  #fill(): Promise<void> {
    this.#filled ??= (async () => {
      this.#filledAt = this.#now().getTime();
      const known = new Set<string>();
      let cursor: string | undefined;
      do {
        const page = await this.#options.store.listApplications({
          unregistered: false,
          limit: PAGE_SIZE,
          cursor,
        });
        for (const application of page.items) {
          known.add(application.id);
          this.#applications.put(application);
        }
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      this.#applications.keepOnly(known);
    })().catch(error => {
      this.#filled = undefined;
      throw error;
    });
    return this.#filled;
  }

  async #retieAt(places: readonly string[]): Promise<void> {
    for (const id of this.#facts.at(places)) {
      await this.#retie(id);
    }
  }

  async #retie(id: string): Promise<void> {
    const stored = await this.#options.store.getFact(id);
    if (!stored) {
      return;
    }
    const { observation, origin } = stored;
    const tie = this.#tie(observation, stored.fact);
    if (!isTied(stored.fact, tie)) {
      await this.#put({ id, observation, origin, tie, stored });
    }
  }

  async #put(change: {
    id: string;
    observation: FactObservation;
    origin: ObservedOrigin;
    tie: Tie;
    stored?: StoredFact;
  }): Promise<void> {
    const { id, observation, origin, tie, stored } = change;
    const { store, listener } = this.#options;
    const { type, labels, targetNamespace, failure, ...rest } = observation;
    const { subject, part, series, ...observed } = rest;
    const now = this.#now();
    await store.putFact({
      fact: {
        ...observed,
        id,
        entityRef: tie.entityRef,
        environment: tie.environment,
        observedAt: now.toISOString(),
      },
      observation,
      origin,
    });
    const entityRefs = new Set([stored?.fact.entityRef, tie.entityRef]);
    entityRefs.forEach(entityRef => {
      if (entityRef !== undefined || entityRefs.size === 1) {
        listener.factChanged({ entityRef });
      }
    });
    if (observation.kind === 'rollout' && tie.applicationId) {
      await this.#failures.follow(observation, {
        ...{ factId: id, applicationId: tie.applicationId, now },
        wasFailing: stored?.observation.failure !== undefined,
      });
    }
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
    return {
      entityRef,
      environment: labelled ?? agreed(chosen.map(item => item.environment)),
      applicationId: chosen[0]?.id,
    };
  }
}

function isTied(fact: Fact, tie: Tie): boolean {
  return (
    fact.entityRef === tie.entityRef && fact.environment === tie.environment
  );
}

/** Whether what is stored is a later one of the same series. */
function isLater(stored: FactObservation, observed: FactObservation): boolean {
  const [left, right] = [stored, observed].map(
    ({ series, ref }) => `${series?.at ?? ''} ${ref.name}`,
  );
  return observed.series !== undefined && left > right;
}
