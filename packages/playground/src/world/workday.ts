import type { Random } from './Random';
import type { SampleService } from './sampleServices';

const HOUR = 3_600_000;

/** Something that a team does on a day; `at` is milliseconds since 1970. */
export interface PlannedWork {
  at: number;
  kind: 'change' | 'staging' | 'release' | 'configure';
}

/** What a team does on one day, which is little on a weekend. */
export function workday(options: {
  random: Random;
  midnight: number;
  pace: SampleService['pace'];
}): PlannedWork[] {
  const { random, midnight, pace } = options;
  const weekday = new Date(midnight).getUTCDay();
  const weekend = weekday === 0 || weekday === 6;
  // Mostly office hours; now and then somebody works late.
  const time = () =>
    midnight +
    (random.chance(0.1) ? random.between(19, 22) : random.between(7.5, 18.2)) *
      HOUR;
  const expected = weekend ? 0.08 : pace.changes;
  let count = Math.floor(expected);
  if (random.chance(expected - count)) count += 1;
  if (!weekend && random.chance(0.25)) count += random.chance(0.5) ? 1 : -1;
  const work: PlannedWork[] = [];
  for (let index = 0; index < count; index += 1) {
    work.push({ at: time(), kind: 'change' });
  }
  if (weekend) return work;
  if (random.chance(0.7)) work.push({ at: time(), kind: 'staging' });
  if (random.chance(1 / pace.production)) {
    const at = midnight + random.between(8.5, 16) * HOUR;
    work.push({ at, kind: 'release' });
  }
  if (random.chance(0.07)) work.push({ at: time(), kind: 'configure' });
  return work;
}
