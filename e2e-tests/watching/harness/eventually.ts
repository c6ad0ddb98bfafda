import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MILLIS = 100;
/** Long enough for a machine that is busy with other tests; what holds is not waited for. */
const SECONDS = 60;

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
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await pause(EVERY_MILLIS);
  }
}
