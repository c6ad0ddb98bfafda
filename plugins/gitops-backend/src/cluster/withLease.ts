import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { LeaseStore } from '../store';
import { LinkedAbort } from './LinkedAbort';
import { wait, within } from './waiting';

/** Long enough for a slow database, short enough that a dead replica is not missed. */
const LEASE_SECONDS = 15;
const RENEW_EVERY_MILLIS = 4_000;
const TRY_EVERY_MILLIS = 2_000;
/**
 * After so long since it was asked for, work under a lease ends: early enough that nothing of it
 * goes on when somebody else may have the lease.
 */
const USE_MILLIS = LEASE_SECONDS * 1000 - RENEW_EVERY_MILLIS;
/** A database that has not answered for so long is asked again. */
const GIVE_UP_MILLIS = 5 * 60_000;

interface LeaseOptions {
  registry: LeaseStore;
  name: string;
  holder: string;
  signal: AbortSignal;
  logger: LoggerService;
  work(whileHeld: AbortSignal): Promise<void>;
}

/** Asks for a lease, one request at a time, and waits for no answer longer than it is worth. */
class LeaseRequests {
  readonly #options: LeaseOptions;
  #pending: Promise<unknown> = Promise.resolve();

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Whether the lease is held; undefined when the database does not say so in time. */
  async acquire(
    millis: number,
    signal: AbortSignal,
  ): Promise<boolean | undefined> {
    const { registry, name, holder, logger } = this.#options;
    try {
      return await within(millis, signal, () => {
        const answer = registry.acquireLease({
          ...{ name, holder },
          seconds: LEASE_SECONDS,
        });
        this.#pending = answer.catch(() => undefined);
        return answer;
      });
    } catch (error) {
      if (!signal.aborted) {
        logger.warn(`The lease '${name}' cannot be had`, toError(error));
      }
      return undefined;
    }
  }

  /** Resolves when no request waits for an answer; many would only make the database slower. */
  async settled(): Promise<void> {
    const { signal } = this.#options;
    await within(GIVE_UP_MILLIS, signal, () => this.#pending).catch(
      () => undefined,
    );
  }
}

/**
 * Does the work whenever this process holds the lease, until the signal is aborted. The work's
 * own signal is aborted before somebody else can hold the lease.
 */
export async function withLease(options: LeaseOptions): Promise<void> {
  const { registry, name, holder, signal } = options;
  const requests = new LeaseRequests(options);
  while (!signal.aborted) {
    await requests.settled();
    const asked = Date.now();
    if (await requests.acquire(USE_MILLIS, signal)) {
      await workUnderLease({ ...options, requests, asked });
      await registry.releaseLease({ name, holder }).catch(() => undefined);
    } else {
      await wait(TRY_EVERY_MILLIS, signal);
    }
  }
}

/** Renews the lease while the work goes on; resolves when it has ended. */
async function workUnderLease(
  options: LeaseOptions & {
    requests: LeaseRequests;
    /** When the lease that is held was asked for. */
    asked: number;
  },
): Promise<void> {
  const { requests, signal, work } = options;
  const lost = new LinkedAbort(signal);
  const working = work(lost.signal);
  const finished = new LinkedAbort(signal);
  working.finally(() => finished.abort()).catch(() => undefined);
  const over = finished.signal;
  let useUntil = options.asked + USE_MILLIS;
  for (;;) {
    await wait(Math.min(RENEW_EVERY_MILLIS, useUntil - Date.now()), over);
    const asked = Date.now();
    if (over.aborted || asked >= useUntil) {
      break;
    }
    const held = await requests.acquire(useUntil - asked, over);
    if (held) {
      useUntil = asked + USE_MILLIS;
    } else if (held === false) {
      break;
    }
  }
  lost.abort();
  try {
    await working;
  } finally {
    [lost, finished].forEach(link => link.release());
  }
}
