import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks again and again until there is an answer.
 *
 * @returns the first answer that is not undefined; undefined when the time is over.
 * @throws AbortError when the signal says so, and whatever `look` throws.
 */
export async function pollUntil<T>(options: {
  look: () => Promise<T | undefined>;
  timeoutMs: number;
  intervalMs: number;
  signal?: AbortSignal;
}): Promise<T | undefined> {
  const { look, timeoutMs, intervalMs, signal } = options;
  const end = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await look();
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() + intervalMs > end) {
      return undefined;
    }
    await delay(intervalMs, undefined, { signal });
  }
}
