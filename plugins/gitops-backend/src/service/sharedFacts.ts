import {
  matchesGlob,
  type Application,
  type Fact,
} from '@fairway/plugin-gitops-common';
import { ObjectFields } from '@fairway/plugin-gitops-node';
import { clusterOf, destinationsOf, SOME_CLUSTER } from '../recorder';

type Placed = Pick<
  Application,
  'id' | 'engine' | 'ref' | 'destination' | 'resources' | 'environment'
>;

/** Where a service runs. */
interface Place {
  cluster: string;
  namespace: string;
  environment?: string;
}

/** A service, as far as it decides what it shares with others. */
export interface SharingService {
  applications: readonly Placed[];
  /** The facts that it owns. */
  own: readonly Fact[];
}

/** Clusters that a service's applications are in, or that they deploy to. */
export function clustersOfService({
  applications,
  own,
}: SharingService): string[] {
  const names = [
    ...applications.flatMap(one => [one.ref.cluster, clusterOf(one)]),
    ...own.map(({ ref }) => ref.cluster),
  ];
  return [...new Set(names)].filter(name => name !== SOME_CLUSTER).sort();
}

/**
 * Which facts that services share concern this one: the backups of its namespaces, the locations
 * of those, and the stores that its secrets are read from. Pure.
 *
 * @param shared - of the clusters of the service; owned by nobody
 */
export function sharedFacts(
  shared: readonly Fact[],
  service: SharingService,
): Fact[] {
  const backups = backupsOf(shared, service);
  const ownBackups = service.own.filter(({ kind }) => kind === 'backup');
  return [
    ...backups,
    ...locationsOf(shared, [...ownBackups, ...backups]),
    ...storesOf(shared, service.own),
  ];
}

function detailsOf({ details }: Fact): ObjectFields {
  return ObjectFields.of(details);
}

function keyOf({ ref }: Fact, name = ref.name): string {
  return JSON.stringify([ref.cluster, ref.kind, ref.namespace, name]);
}

/** With the environment that all have for whom it is. */
function inEnvironment(
  fact: Fact,
  users: ReadonlyArray<{ environment?: string }>,
): Fact {
  const environments = new Set(users.map(({ environment }) => environment));
  const [environment] = environments;
  return environments.size === 1 && environment
    ? { ...fact, environment }
    : fact;
}

/** Of a cluster that only its address is known of, those where facts of the application are. */
function placesOf({ applications, own }: SharingService): Place[] {
  return applications.flatMap(application => {
    const { id, environment } = application;
    const cluster = clusterOf(application);
    const clusters =
      cluster === SOME_CLUSTER
        ? own
            .filter(({ applicationId }) => applicationId === id)
            .map(({ ref }) => ref.cluster)
        : [cluster];
    return [...new Set(clusters)].flatMap(name =>
      destinationsOf(application).map(namespace => ({
        ...{ cluster: name, namespace, environment },
      })),
    );
  });
}

function isBackedUp(fact: Fact, { cluster, namespace }: Place): boolean {
  const details = detailsOf(fact);
  const matches = (pattern: string) => matchesGlob(pattern, namespace);
  const included = details.strings('namespaces');
  return (
    fact.ref.cluster === cluster &&
    (included.length === 0 || included.some(matches)) &&
    !details.strings('excludedNamespaces').some(matches)
  );
}

/** Of the facts of one object, the one that says the least beside what concerns the service. */
function backupsOf(shared: readonly Fact[], service: SharingService): Fact[] {
  const places = placesOf(service);
  const known = new Set(service.own.map(fact => keyOf(fact)));
  const width = (fact: Fact) =>
    detailsOf(fact).strings('namespaces').length || Number.MAX_SAFE_INTEGER;
  const found = new Map<string, Fact>();
  for (const fact of shared) {
    const users = places.filter(place => isBackedUp(fact, place));
    const key = keyOf(fact);
    const other = found.get(key);
    if (
      fact.kind === 'backup' &&
      detailsOf(fact).string('of') !== 'location' &&
      users.length > 0 &&
      !known.has(key) &&
      (!other || width(fact) < width(other))
    ) {
      found.set(key, inEnvironment(fact, users));
    }
  }
  return [...found.values()];
}

function locationsOf(
  shared: readonly Fact[],
  backups: readonly Fact[],
): Fact[] {
  return shared.flatMap(fact => {
    if (fact.kind !== 'backup' || detailsOf(fact).string('of') !== 'location') {
      return [];
    }
    const users = backups.filter(
      backup =>
        backup.ref.cluster === fact.ref.cluster &&
        backup.ref.namespace === fact.ref.namespace &&
        detailsOf(backup).string('location') === fact.ref.name,
    );
    return users.length > 0 ? [inEnvironment(fact, users)] : [];
  });
}

function storesOf(shared: readonly Fact[], own: readonly Fact[]): Fact[] {
  const secrets = own.filter(({ kind }) => kind === 'secret');
  return shared.flatMap(fact => {
    if (fact.kind !== 'secret') {
      return [];
    }
    const { ref } = fact;
    const users = secrets.filter(secret => {
      const store = detailsOf(secret).object('store');
      return (
        secret.ref.cluster === ref.cluster &&
        store.string('kind') === ref.kind &&
        store.string('name') === ref.name &&
        (ref.namespace === undefined || ref.namespace === secret.ref.namespace)
      );
    });
    return users.length > 0 ? [inEnvironment(fact, users)] : [];
  });
}
