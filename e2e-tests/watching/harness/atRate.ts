import { setTimeout as pause } from 'node:timers/promises';

const TICK_MILLIS = 5;
/** Without a turn for those who are told of the changes. */
const AT_ONCE = 20;

/** What {@link atRate} did. */
export interface Paced {
  count: number;
  /** How long it took. */
  seconds: number;
}

/**
 * Does something so often each second, and catches up when the machine was late.
 *
 * @param options.work - called with 0, 1, 2, ...
 */
export async function atRate(options: {
  perSecond: number;
  seconds: number;
  work(index: number): void;
}): Promise<Paced> {
  const { perSecond, work } = options;
  const startedAt = performance.now();
  let count = 0;
  let seconds = 0;
  do {
    seconds = (performance.now() - startedAt) / 1000;
    const due = Math.floor(seconds * perSecond) + 1;
    while (count < due) {
      for (
        const end = Math.min(due, count + AT_ONCE);
        count < end;
        count += 1
      ) {
        work(count);
      }
      await new Promise(resolve => setImmediate(resolve));
    }
    await pause(TICK_MILLIS);
  } while (seconds < options.seconds);
  return { count, seconds };
}
