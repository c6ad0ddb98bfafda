import { setTimeout as pause } from 'node:timers/promises';

/** Between two attempts: ever longer, because a busy machine has better things to do. */
const FIRST_MILLIS = 100;
const LONGEST_MILLIS = 1_500;
const GROWTH = 1.2;
/** Long enough for a machine that is busy with other tests; what holds is not waited for. */
const SECONDS = 180;

/**
 * Tries until it does not throw any more.
 *
 * @throws what the last attempt threw, when the time is over.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  options: { withinSeconds?: number } = {},
): Promise<T> {
  const deadline = Date.now() + (options.withinSeconds ?? SECONDS) * 1000;
  for (
    let millis = FIRST_MILLIS;
    ;
    millis = Math.min(millis * GROWTH, LONGEST_MILLIS)
  ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await pause(millis);
  }
}
