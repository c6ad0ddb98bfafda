import { performance } from 'node:perf_hooks';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { ConnectionError } from '@fairway/plugin-gitops-node';
import { ClockSkew } from './ClockSkew';
import { LinkedAbort } from './LinkedAbort';
import type { Reachability } from './Reachability';
import { wait, within } from './waiting';
import type { WatchTimes } from './WatchTimes';

/** One lost packet is no outage. */
const FAILURES_BEFORE_SAID = 2;
/** Share of the time in which the event loop had no time to wait for anything. */
const BUSY = 0.8;
/** A process that is always busy must not call a cluster well that is not. */
const MAXIMUM_EXCUSED = 2;

/**
 * Asks a cluster now and then whether it answers, and what time it is there.
 *
 * @remarks
 * The Kubernetes plugin's proxy does not say when a cluster drops the connection of a watch, and a
 * watch in which nothing happens looks like one whose server hangs. One small request for each
 * cluster tells in bounded time, however many kinds are watched.
 */
export class ClusterProbe {
  readonly #options: {
    cluster: string;
    ask(signal: AbortSignal): Promise<{ date?: Date }>;
    reachability: Reachability;
    /** Hears when the skew of the clock that is worth a word changes; seconds ahead. */
    onClockSkew(seconds: number | undefined): Promise<void>;
    times: WatchTimes;
    logger: LoggerService;
  };
  readonly #skew = new ClockSkew();
  #toldSkew: number | null | undefined = null;

  constructor(options: {
    cluster: string;
    ask(signal: AbortSignal): Promise<{ date?: Date }>;
    reachability: Reachability;
    onClockSkew(seconds: number | undefined): Promise<void>;
    times: WatchTimes;
    logger: LoggerService;
  }) {
    this.#options = options;
  }

  /** Runs until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { reachability, times } = this.#options;
    let failures = 0;
    let excused = 0;
    let soon = false;
    while (!signal.aborted) {
      const load = performance.eventLoopUtilization();
      try {
        await this.#ask(signal);
        failures = 0;
        excused = 0;
        soon = false;
        reachability.succeed();
      } catch (error) {
        if (this.#speaks() || (excused < MAXIMUM_EXCUSED && isBusy(load))) {
          excused += 1;
        } else {
          failures += 1;
        }
        soon = failures < FAILURES_BEFORE_SAID;
        if (!soon && !signal.aborted) {
          reachability.fail(this.#unreachable(error));
        }
      }
      const pause = soon ? times.probeEveryMillis / 10 : times.probeEveryMillis;
      await wait(pause * (0.8 + Math.random() * 0.2), signal);
    }
  }

  /** One of its watches heard it while the answer was waited for. */
  #speaks(): boolean {
    const { reachability, times } = this.#options;
    return reachability.heardAt > Date.now() - times.answerWithinMillis;
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { ask, times } = this.#options;
    const askedAt = Date.now();
    const over = new LinkedAbort(signal);
    try {
      const { date } = await within(times.answerWithinMillis, signal, () =>
        ask(over.signal),
      );
      if (date) {
        this.#skew.add({ date, askedAt, answeredAt: Date.now() });
        await this.#tellSkew();
      }
    } finally {
      over.abort();
      over.release();
    }
  }

  async #tellSkew(): Promise<void> {
    const { seconds } = this.#skew;
    if (seconds === this.#toldSkew) {
      return;
    }
    const { cluster, logger, onClockSkew } = this.#options;
    try {
      await onClockSkew(seconds);
      this.#toldSkew = seconds;
    } catch (error) {
      logger.warn(
        `The clock of cluster '${cluster}' was not stored`,
        toError(error),
      );
      return;
    }
    if (seconds !== undefined) {
      logger.warn(
        `The clock of cluster '${cluster}' is ${Math.abs(seconds)} seconds ${
          seconds > 0 ? 'ahead of' : 'behind'
        } this machine's; times that engines wrote there are off by as much. Let both follow NTP`,
      );
    }
  }

  #unreachable(error: unknown): ConnectionError {
    const { message } = toError(error);
    return error instanceof ConnectionError
      ? error
      : new ConnectionError(
          'unreachable',
          `Cluster '${
            this.#options.cluster
          }' does not answer: ${message}; see that its API server runs and can be reached from the backend`,
          error,
        );
  }
}

/** Whether this process had hardly a moment to read an answer since then. */
function isBusy(
  since: ReturnType<typeof performance.eventLoopUtilization>,
): boolean {
  return performance.eventLoopUtilization(since).utilization > BUSY;
}
