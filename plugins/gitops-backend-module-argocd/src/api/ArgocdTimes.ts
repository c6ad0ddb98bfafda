/** Times of a connection in milliseconds; tests shorten them. */
export interface ArgocdTimes {
  /** Until an ordinary request is given up. */
  request: number;
  /** A stream or a list that says nothing for longer is dead; Argo CD's keep-alives come every 15 s. */
  silence: number;
  /** Until the tree of an application's objects is given up. */
  tree: number;
  /** How long a list waits for the proof that the stream is open. */
  proof: number;
  /** The same where there is much to list. */
  proofOfMany: number;
  /** How often it is asked whether the token is still good. */
  check: number;
  /** Within this time it is noticed that a project was hidden, unless there are very many. */
  rights: number;
  /** How often kinds without a stream are listed. */
  poll: number;
  /** At the latest after this time everything is listed again: Argo CD may drop events. */
  relist: number;
  /** Streams and lists that nobody reads any more are closed. */
  idle: number;
  /** The same after a read was aborted. */
  abandoned: number;
  /** First and longest wait before a list, when streams break soon after they began. */
  initialRest: number;
  maximumRest: number;
  /** Argo CD answers a refresh when it is done; nobody waits for that. */
  refresh: number;
}

/** Times for real installations. */
export const DEFAULT_ARGOCD_TIMES: ArgocdTimes = {
  request: 30_000,
  silence: 45_000,
  tree: 5_000,
  proof: 1_000,
  proofOfMany: 20_000,
  check: 15_000,
  rights: 60_000,
  poll: 30_000,
  relist: 30 * 60_000,
  idle: 120_000,
  abandoned: 1_000,
  initialRest: 500,
  maximumRest: 30_000,
  refresh: 5_000,
};
