import { setTimeout as pause } from 'node:timers/promises';
import { log } from './log.js';

/**
 * Does one piece of work after the other until it is stopped. A piece that fails is logged, and
 * the next one follows after a pause: a worker that ends would only be started again.
 */
export function createWorker({ work, beat, pauseMilliseconds = 5000 }) {
  const stopping = new AbortController();

  const once = async () => {
    try {
      return await work();
    } catch (error) {
      log('error', 'a piece of work failed', { error: error.stack });
      return false;
    }
  };

  return {
    async run() {
      const { signal } = stopping;
      while (!signal.aborted) {
        await beat();
        if (!(await once()) && !signal.aborted) {
          await pause(pauseMilliseconds, undefined, { signal }).catch(() => {});
        }
      }
    },
    /** Finishes the piece in hand, and takes no other. */
    stop: () => stopping.abort(),
  };
}
