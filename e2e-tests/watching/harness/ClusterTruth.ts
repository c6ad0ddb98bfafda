import type {
  ClusterResourceStatus,
  ClusterStatus,
} from '@fairway/plugin-gitops-common';
import { RESOURCES } from 'playground/src/cluster/resources';

type State = ClusterResourceStatus['state'];

/** What is true of some kinds of a cluster; `seen`: whatever is there can be listed and watched. */
export type Truth = 'seen' | Exclude<State, 'connected' | 'connecting'>;

/** Some kinds; what is left out matches all. */
export interface KindMatch {
  group?: string;
  /** Plural name. */
  resource?: string;
}

interface Moment {
  truth: Truth;
  /** Unix milliseconds. */
  since: number;
  match: KindMatch;
}

/**
 * What was under way when something became untrue may still be taken for seen, also by a machine
 * that is busy; less than it takes to notice silence.
 */
const UNDER_WAY_MILLIS = 20_000;
/** Worst first, as `ClusterStatus.state` says. */
const WORST_FIRST: State[] = [
  'unreachable',
  'forbidden',
  'connecting',
  'connected',
  'not-installed',
];

/**
 * What was true of a cluster when, to hold against what is said of it.
 *
 * @remarks
 * A change of the truth may be noticed late; how late, the tests say that wait for it. But nothing
 * may be said before it is true, nothing again that was true before, and nothing that never was.
 */
export class ClusterTruth {
  readonly name: string;
  readonly #isShared: boolean;
  readonly #moments: Moment[] = [{ truth: 'seen', since: 0, match: {} }];
  /** By resource: the moment that was noticed last; -1 while it is connecting. */
  readonly #noticed = new Map<string, number>();
  readonly #staleSince = new Map<string, string>();
  /** Since when it is, or will be, watched by somebody else. */
  readonly #handovers: number[] = [];
  /** By resource: how many of them were noticed. */
  readonly #handedOver = new Map<string, number>();

  /**
   * @param options.isShared - replicas watch it in turn, and one that is too busy to renew its lease
   *   loses it to another: each kind may be connecting at any time
   */
  constructor(name: string, options: { isShared?: boolean } = {}) {
    this.name = name;
    this.#isShared = options.isShared ?? false;
  }

  /** From now on; call it right before it is made so. */
  becomes(truth: Truth, match: KindMatch = {}): void {
    this.#moments.push({ truth, since: Date.now(), match });
  }

  /** Somebody begins to look at it, and knows nothing of before. */
  begins(): void {
    this.#noticed.clear();
    this.#staleSince.clear();
    this.#handedOver.clear();
    this.#handovers.length = 0;
  }

  /** Somebody else will watch it: from now on each kind is connecting once more. */
  changesHands(): void {
    this.#handovers.push(Date.now());
  }

  /**
   * What is wrong with what is said of the cluster.
   *
   * @param at - when it was heard
   */
  liesOf(status: ClusterStatus, at: number): string[] {
    const lies = status.resources.flatMap(
      resource => this.#lieOf(resource, at) ?? [],
    );
    const worst =
      WORST_FIRST.find(state =>
        status.resources.some(resource => resource.state === state),
      ) ?? 'connecting';
    if (status.state !== worst) {
      lies.push(`the cluster is called ${status.state}, the worst is ${worst}`);
    }
    return lies;
  }

  /**
   * What is wrong with the time since when something of the cluster is said to be stale.
   *
   * @param watch - what the same answer says of the kind
   */
  staleLieOf(
    watch: ClusterResourceStatus,
    staleSince: string | undefined,
  ): string | undefined {
    const { resource, state, lastSeenAt, since } = watch;
    const before = this.#staleSince.get(resource);
    if (state === 'connected') {
      this.#staleSince.delete(resource);
      return staleSince && `${resource} is connected, and stale`;
    }
    if (staleSince !== (lastSeenAt ?? since)) {
      return `${resource} was last seen ${
        lastSeenAt ?? since
      }, and is stale since ${staleSince}`;
    }
    // Between two looks a replica may have seen it, and lost it to another.
    const isLater = this.#isShared && before && staleSince > before;
    if (before && before !== staleSince && !isLater) {
      return `${resource} was stale since ${before}, and then since ${staleSince}`;
    }
    this.#staleSince.set(resource, staleSince);
    const moment = this.#moments.findLast(
      ({ truth, match }) => truth === state && matches(resource, match),
    );
    // Of what was never seen whole, there is only the time since when it is not.
    return lastSeenAt &&
      moment &&
      Date.parse(staleSince) > moment.since + UNDER_WAY_MILLIS
      ? `${resource} could not be seen since ${iso(
          moment.since,
        )}, and is stale since ${staleSince} only`
      : undefined;
  }

  #lieOf({ resource, state, message }: ClusterResourceStatus, at: number) {
    const noticed = this.#noticed.get(resource) ?? -1;
    if (state === 'connecting') {
      return this.#mayConnect(resource, at)
        ? undefined
        : `${resource} is connecting again`;
    }
    const now = this.#moments.findIndex(
      ({ truth, since, match }, index) =>
        index >= noticed &&
        since <= at &&
        matches(resource, match) &&
        allows(resource, truth, state),
    );
    if (now < 0) {
      const truths = this.#moments
        .filter(({ match }) => matches(resource, match))
        .map(({ truth, since }) => `${truth} since ${iso(since)}`);
      return `${resource} is called ${state} at ${iso(
        at,
      )}; noticed was number ${noticed} of: ${truths.join(', ')}; ${message}`;
    }
    this.#noticed.set(resource, now);
    return undefined;
  }

  #mayConnect(resource: string, at: number): boolean {
    if (this.#isShared || !this.#noticed.has(resource)) {
      this.#noticed.delete(resource);
      return true;
    }
    const handovers = this.#handovers.filter(since => since <= at).length;
    if (handovers <= (this.#handedOver.get(resource) ?? 0)) {
      return false;
    }
    this.#handedOver.set(resource, handovers);
    this.#noticed.delete(resource);
    return true;
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function partsOf(resource: string): { group: string; plural: string } {
  const parts = resource.split('/');
  return { group: parts[0], plural: parts[parts.length - 1] };
}

function matches(resource: string, match: KindMatch): boolean {
  const { group, plural } = partsOf(resource);
  return (
    (match.group === undefined || match.group === group) &&
    (match.resource === undefined || match.resource === plural)
  );
}

/** Kinds of the stand-in cluster are there, others are not; what a test brings may come and go. */
function allows(resource: string, truth: Truth, state: State): boolean {
  if (truth !== 'seen') {
    return state === truth;
  }
  const { group, plural } = partsOf(resource);
  const ofGroup = RESOURCES.filter(one => one.group === group);
  if (ofGroup.length === 0 && group.endsWith('.example.com')) {
    return state === 'connected' || state === 'not-installed';
  }
  const isThere =
    plural === '*'
      ? ofGroup.length > 0
      : ofGroup.some(one => one.plural === plural);
  return state === (isThere ? 'connected' : 'not-installed');
}
