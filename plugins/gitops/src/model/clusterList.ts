import type {
  ClusterResourceStatus,
  ClusterStatus,
} from '@fairway/plugin-gitops-common';

/** Worst first. `not-installed` of one kind is no trouble: most clusters lack some engine. */
const TROUBLE_FIRST: ClusterStatus['state'][] = [
  'unreachable',
  'forbidden',
  'connecting',
  'not-installed',
  'connected',
];

/** Kinds of a cluster that want a look, with the reason that they share. */
export interface ClusterTrouble {
  state: 'unreachable' | 'forbidden' | 'partial' | 'unreadable';
  /** `group/version/plural`, as the cluster names them. */
  resources: string[];
  message: string;
  /** ISO time since when. */
  since: string;
  /** ISO time of the last moment that is known to be right. */
  lastSeenAt?: string;
}

/** A cluster with what is wrong with it, worst first. */
export interface ClusterEntry {
  cluster: ClusterStatus;
  troubles: ClusterTrouble[];
  /** ISO time of the last moment that everything shown of it was known to be right. */
  lastSeenAt?: string;
}

function isTrouble(
  resource: ClusterResourceStatus,
): resource is ClusterResourceStatus & { state: 'unreachable' | 'forbidden' } {
  return resource.state === 'unreachable' || resource.state === 'forbidden';
}

function earliest(times: Array<string | undefined>): string | undefined {
  return times.filter(time => time !== undefined).sort()[0];
}

/** What is wrong, told once however many kinds it concerns. */
function troublesOf(cluster: ClusterStatus): ClusterTrouble[] {
  const troubles = new Map<string, ClusterTrouble>();
  for (const resource of cluster.resources.filter(isTrouble)) {
    const { state, message = '', since, lastSeenAt } = resource;
    // A forbidden kind is named in its message; an unreachable cluster is so for all kinds.
    const key = state === 'unreachable' ? state : `${state} ${message}`;
    const known = troubles.get(key);
    troubles.set(key, {
      state,
      message: known?.message || message,
      resources: [...(known?.resources ?? []), resource.resource],
      since: earliest([known?.since, since])!,
      lastSeenAt: earliest([known?.lastSeenAt, lastSeenAt]),
    });
  }
  const unreadable = cluster.resources.flatMap(
    ({ resource, problems = [] }): ClusterTrouble[] =>
      problems.map(({ object, message, since }) => ({
        ...{ state: 'unreadable', message, since },
        resources: [`${resource} ${object}`],
      })),
  );
  const partial = cluster.resources.flatMap(
    ({ resource, state, message, since }): ClusterTrouble[] =>
      state === 'connected' && message
        ? [{ state: 'partial', message, since, resources: [resource] }]
        : [],
  );
  return [...troubles.values(), ...partial, ...unreadable];
}

/** The clusters, those in trouble first, else by their names. */
export function listClusters(
  clusters: readonly ClusterStatus[],
): ClusterEntry[] {
  const rank = ({ cluster, troubles }: ClusterEntry) =>
    TROUBLE_FIRST.indexOf(cluster.state) -
    (cluster.state === 'connected' && troubles.length > 0 ? 0.5 : 0);
  return clusters
    .map(cluster => ({
      cluster,
      troubles: troublesOf(cluster),
      lastSeenAt: earliest(
        cluster.resources
          .filter(({ state }) => state !== 'not-installed')
          .map(({ lastSeenAt }) => lastSeenAt),
      ),
    }))
    .sort(
      (a, b) =>
        rank(a) - rank(b) || a.cluster.title.localeCompare(b.cluster.title),
    );
}
