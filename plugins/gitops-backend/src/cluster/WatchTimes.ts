import { Semaphore } from './Semaphore';

/** Times of a watch; see `gitops.watch` in the configuration. */
export interface WatchTimes {
  /** First and longest wait after a failure. */
  initialBackoffMillis: number;
  maximumBackoffMillis: number;
  /** Until a kind that is missing or forbidden is looked for again. */
  lookAgainMillis: number;
  /** After this time the server ends a watch, and a new one goes on from there. */
  watchSeconds: number;
  /**
   * A watch that is silent for so long is replaced by one that goes on from there. The proxy of
   * the Kubernetes plugin does not say when a cluster drops the connection; API servers send a
   * bookmark each minute.
   */
  silenceMillis: number;
  /** What is silent for longer than `watchSeconds` plus this, however often, is listed again. */
  graceMillis: number;
  /** At most so often is it written that a quiet watch is still well. */
  seenEveryMillis: number;
  /** Each cluster is asked so often whether it answers, and must do so within the next. */
  probeEveryMillis: number;
  answerWithinMillis: number;
  /** The list of clusters is read so often. */
  clustersEveryMillis: number;
}

/** Times for real clusters. */
export const DEFAULT_WATCH_TIMES: WatchTimes = {
  initialBackoffMillis: 250,
  maximumBackoffMillis: 30_000,
  lookAgainMillis: 30_000,
  watchSeconds: 240,
  silenceMillis: 75_000,
  graceMillis: 15_000,
  seenEveryMillis: 10_000,
  probeEveryMillis: 10_000,
  answerWithinMillis: 6_000,
  clustersEveryMillis: 30_000,
};

/** Objects of a page: four megabytes of the larger kind. */
export const PAGE_SIZE = 100;

/** What all watches of a process share, so that their number does not decide its memory. */
export interface WatchLimits {
  /** Pages of lists that are in memory at a time. */
  pages: Semaphore;
  /** Lists of connections at a time, which may be whole. */
  connectionLists: Semaphore;
  /** Events that wait to be recorded. */
  events: Semaphore;
}

/** The limits of a process. */
export function createWatchLimits(): WatchLimits {
  return {
    pages: new Semaphore(3),
    connectionLists: new Semaphore(2),
    events: new Semaphore(600),
  };
}
