import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { LeaseStore } from '../store';
import { wait } from './waiting';

/** Long enough for a slow database, short enough that a dead replica is not missed. */
const LEASE_SECONDS = 15;
const RENEW_EVERY_MILLIS = 4_000;
const TRY_EVERY_MILLIS = 2_000;

/**
 * Does the work whenever this process holds the lease, until the signal is aborted. The work's
 * own signal is aborted before somebody else can hold the lease.
 */
export async function withLease(options: {
  registry: LeaseStore;
  name: string;
  holder: string;
  signal: AbortSignal;
  logger: LoggerService;
  work(whileHeld: AbortSignal): Promise<void>;
}): Promise<void> {
  const { registry, name, holder, signal, logger, work } = options;
  const acquire = () =>
    registry
      .acquireLease({ name, holder, seconds: LEASE_SECONDS })
      .catch(error => {
        logger.warn(`The lease '${name}' cannot be had`, toError(error));
        return undefined;
      });

  while (!signal.aborted) {
    let asked = Date.now();
    if (await acquire()) {
      const lost = new AbortController();
      const working = work(AbortSignal.any([signal, lost.signal]));
      const finished = new AbortController();
      working.finally(() => finished.abort()).catch(() => undefined);
      let validUntil = asked + LEASE_SECONDS * 1000;
      const pause = AbortSignal.any([signal, finished.signal]);
      while (!pause.aborted) {
        await wait(RENEW_EVERY_MILLIS, pause);
        asked = Date.now();
        const held = pause.aborted || (await acquire());
        if (held) {
          validUntil = asked + LEASE_SECONDS * 1000;
        } else if (
          held === false ||
          Date.now() + RENEW_EVERY_MILLIS > validUntil
        ) {
          break;
        }
      }
      lost.abort();
      await working;
      await registry.releaseLease({ name, holder }).catch(() => undefined);
    } else {
      await wait(TRY_EVERY_MILLIS, signal);
    }
  }
}
