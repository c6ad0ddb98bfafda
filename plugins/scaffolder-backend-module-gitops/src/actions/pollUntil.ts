import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks again and again until there is an answer. Something that is unavailable for a moment
 * is looked at again, too: a restart must not undo a creation.
 *
 * @returns the first answer that is not undefined; undefined when the time is over.
 * @throws AbortError when the signal says so; what `look` throws, at once unless it says that
 * something is unavailable, and that when the time is over.
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
    const over = Date.now() + intervalMs > end;
    try {
      const answer = await look();
      if (answer !== undefined || over) {
        return answer;
      }
    } catch (error) {
      if (over || !isUnavailable(error)) {
        throw error;
      }
    }
    await delay(intervalMs, undefined, { signal });
  }
}

function isUnavailable(error: unknown): boolean {
  const { name, cause } = error as Error & { cause?: { name?: string } };
  return [name, cause?.name].includes('ServiceUnavailableError');
}
