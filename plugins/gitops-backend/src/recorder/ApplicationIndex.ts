import type { Application } from '@fairway/plugin-gitops-common';
import type { FactSubject } from '@fairway/plugin-gitops-node';
import { clusterOf, destinationsOf, SOME_CLUSTER } from './destinations';

/** What the index keeps of an application. */
export interface IndexedApplication {
  id: string;
  /** The one that its own object is in. */
  cluster: string;
  entityRef: string;
  environment?: string;
}

interface Entry extends IndexedApplication {
  /** Keys of the places that it is looked for in; see {@link placeKey}. */
  places: readonly string[];
  /** Keys of the places that it deploys to. */
  destinations: readonly string[];
  /** Hashes of the objects that it manages; numbers, because there are hundreds of thousands. */
  objects: Float64Array;
}

/** What a fact is about, as far as it is looked for among applications. */
export interface FactPlace {
  cluster: string;
  subject: FactSubject;
  /** Namespace whose services it concerns. */
  namespace?: string;
}

/** Applications that a fact may belong to. */
export interface FactApplications {
  /** Those that manage the object that it is about. */
  owners: IndexedApplication[];
  /** Those that deploy to the namespace that it concerns. */
  deployers: IndexedApplication[];
}

/** Names end in the hashes that controllers append: of pods two, of others one. */
const APPENDED: Record<string, number> = { Pod: 2, ReplicaSet: 1, Job: 1 };
const CONTROLLERS = [
  'Deployment',
  'Rollout',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Job',
  'ReplicaSet',
];

/**
 * Kind, namespace and name tell objects apart well enough; not all reports say the group. 52 bits
 * of two multiplicative hashes: a cryptographic one costs more than reading the object.
 */
function objectHash(subject: FactSubject): number {
  const text = `${subject.kind}/${subject.namespace ?? ''}/${subject.name}`;
  let high = 0x811c9dc5;
  let low = 0x9e3779b1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995);
    low ^= low >>> 15;
  }
  return (high >>> 12) * 0x100000000 + (low >>> 0);
}

/** Where an object is: its namespace, or itself when it has none. */
function placeKey(cluster: string, subject: FactSubject): string {
  return subject.namespace
    ? `${cluster} ${subject.namespace}`
    : `${cluster} ${subject.kind}/${subject.name}`;
}

/** The object, then those that may have made it, nearest first. */
function withMakers(subject: FactSubject): FactSubject[][] {
  const { namespace } = subject;
  const found: FactSubject[][] = [[subject]];
  const words = subject.name.split('-');
  const appended = Math.min(APPENDED[subject.kind] ?? 0, words.length - 1);
  for (let count = 1; count <= appended; count += 1) {
    const name = words.slice(0, -count).join('-');
    found.push(CONTROLLERS.map(kind => ({ kind, namespace, name })));
  }
  return found;
}

/**
 * Which applications of services deploy where and manage what, in memory: small, because a
 * cluster has more facts than a database should be asked about.
 */
export class ApplicationIndex {
  readonly #byId = new Map<string, Entry>();
  readonly #byPlace = new Map<string, Set<Entry>>();

  get(id: string): IndexedApplication | undefined {
    return this.#byId.get(id);
  }

  /** Forgets all but these; returns as {@link ApplicationIndex.put} does. */
  keepOnly(ids: ReadonlySet<string>): string[] {
    return [...this.#byId.keys()]
      .filter(id => !ids.has(id))
      .flatMap(id => this.remove(id));
  }

  /**
   * Keeps what is known of an application; one that belongs to no component is not kept.
   *
   * @returns keys of the places where facts may belong to others than before
   */
  put(
    application: Pick<
      Application,
      | 'id'
      | 'engine'
      | 'ref'
      | 'destination'
      | 'resources'
      | 'entityRef'
      | 'environment'
    >,
  ): string[] {
    const { id, entityRef, environment } = application;
    const before = this.#byId.get(id);
    if (!entityRef) {
      return this.remove(id);
    }
    const cluster = clusterOf(application);
    const destinations = destinationsOf(application).map(
      namespace => `${cluster} ${namespace}`,
    );
    const places = new Set([
      ...application.resources.map(resource => placeKey(cluster, resource)),
      ...destinations,
    ]);
    const entry: Entry = {
      ...{ id, entityRef, environment, destinations },
      cluster: application.ref.cluster,
      places: [...places],
      objects: Float64Array.from(application.resources, objectHash).sort(),
    };
    if (before && isSame(before, entry)) {
      return [];
    }
    const changed = new Set([...this.remove(id), ...places]);
    this.#byId.set(id, entry);
    for (const place of places) {
      const entries = this.#byPlace.get(place) ?? new Set();
      this.#byPlace.set(place, entries.add(entry));
    }
    return [...changed];
  }

  /** Forgets an application; returns as {@link ApplicationIndex.put} does. */
  remove(id: string): string[] {
    const entry = this.#byId.get(id);
    if (!entry) {
      return [];
    }
    this.#byId.delete(id);
    for (const place of entry.places) {
      const entries = this.#byPlace.get(place);
      entries?.delete(entry);
      if (entries?.size === 0) {
        this.#byPlace.delete(place);
      }
    }
    return [...entry.places];
  }

  /**
   * The applications that a fact may belong to, by id. Those that deploy to a cluster that only
   * its address is known of count only where they manage the very object.
   */
  find(fact: FactPlace): FactApplications {
    const owners = this.#owners(fact, fact.cluster);
    const destination = `${fact.cluster} ${fact.namespace}`;
    const deployers = this.#at([destination]).filter(({ destinations }) =>
      destinations.includes(destination),
    );
    return {
      owners:
        owners.length > 0 || deployers.length > 0
          ? owners
          : this.#owners(fact, SOME_CLUSTER),
      deployers,
    };
  }

  #owners(fact: FactPlace, cluster: string): Entry[] {
    const candidates = this.#at(placesOf({ ...fact, cluster }));
    for (const subjects of withMakers(fact.subject)) {
      const hashes = subjects.map(objectHash);
      const owners = candidates.filter(({ objects }) =>
        hashes.some(hash => objects.includes(hash)),
      );
      if (owners.length > 0) {
        return owners;
      }
    }
    return [];
  }

  #at(places: readonly string[]): Entry[] {
    const entries = new Set(
      places.flatMap(place => [...(this.#byPlace.get(place) ?? [])]),
    );
    return [...entries].sort((left, right) => (left.id < right.id ? -1 : 1));
  }
}

/** Keys of the places where an application's change may concern a fact. */
export function placesOf({ cluster, subject, namespace }: FactPlace): string[] {
  const places = new Set([placeKey(cluster, subject)]);
  if (namespace) {
    places.add(`${cluster} ${namespace}`);
  }
  return [...places];
}

/** Keys of the places that a fact is to be looked for by when an application changes. */
export function watchedPlacesOf(fact: FactPlace): string[] {
  return [...placesOf(fact), ...placesOf({ ...fact, cluster: SOME_CLUSTER })];
}

function isSame(left: Entry, right: Entry): boolean {
  return (
    left.entityRef === right.entityRef &&
    left.environment === right.environment &&
    left.destinations.join() === right.destinations.join() &&
    left.objects.length === right.objects.length &&
    left.objects.every((hash, index) => hash === right.objects[index])
  );
}
