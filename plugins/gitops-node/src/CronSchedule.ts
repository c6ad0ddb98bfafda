import { InputError } from '@backstage/errors';
import { parseCronField, type CronField } from './parseCronField';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** A schedule that does not come for so long never does, as controllers see it. */
const YEARS = 5;

/**
 * A schedule of five fields as controllers read it, on a wall clock without a time zone.
 *
 * @remarks
 * Argo CD and Velero read schedules with robfig/cron. No seconds; Sunday is 0 and never 7; when
 * both a day of the month and a day of the week are given, either of them is enough. Names such as
 * `@daily` are not read here: Argo CD has none. The libraries for Node allow more, take other days
 * for given, and look at the clock while they look for the next time, which an observer must not.
 *
 * @public
 */
export class CronSchedule {
  /** Minutes of a day, in order. */
  readonly #minutes: number[];
  readonly #dayOfMonth: CronField;
  readonly #month: CronField;
  readonly #dayOfWeek: CronField;

  /** @throws InputError when it is no schedule, saying why. */
  static parse(schedule: string): CronSchedule {
    const fields = schedule.trim().split(/\s+/);
    if (fields.length !== 5) {
      throw new InputError(
        `'${schedule}' is no schedule: it must have five fields, minute, hour, day of month, month and day of week`,
      );
    }
    try {
      return new CronSchedule(fields);
    } catch (error) {
      throw new InputError(`'${schedule}' is no schedule`, error);
    }
  }

  private constructor(fields: string[]) {
    const minute = parseCronField(fields[0], 'minute');
    const hour = parseCronField(fields[1], 'hour');
    this.#minutes = [...hour.values]
      .flatMap(hours => [...minute.values].map(minutes => hours * 60 + minutes))
      .sort((a, b) => a - b);
    this.#dayOfMonth = parseCronField(fields[2], 'day of month');
    this.#month = parseCronField(fields[3], 'month');
    this.#dayOfWeek = parseCronField(fields[4], 'day of week');
  }

  /**
   * The first moment after another, both in milliseconds of the wall clock; undefined when there
   * is none in the years to come, as for 30 February.
   */
  next(after: number): number | undefined {
    const lastYear = new Date(after).getUTCFullYear() + YEARS;
    let day = Math.floor(after / DAY_MS) * DAY_MS;
    // The first minute that begins later; only of the first day.
    let from = Math.floor((after - day) / MINUTE_MS) + 1;
    for (;;) {
      const date = new Date(day);
      // Also false for what is no date.
      if (!(date.getUTCFullYear() <= lastYear)) {
        return undefined;
      }
      const earliest = from;
      const minute = this.#isOn(date)
        ? this.#minutes.find(candidate => candidate >= earliest)
        : undefined;
      if (minute !== undefined) {
        return day + minute * MINUTE_MS;
      }
      day += DAY_MS;
      from = 0;
    }
  }

  /**
   * The longest time between two of its moments that follow one another, in milliseconds; undefined
   * when it does not come twice.
   */
  longestGap(): number | undefined {
    const minutes = this.#minutes;
    const first = minutes[0];
    const last = minutes[minutes.length - 1];
    const ofDay = minutes.map(
      (minute, index) => minute - (minutes[index - 1] ?? minute),
    );
    // With two leap years in it.
    const days: number[] = [];
    for (
      let day = Date.UTC(2024, 0, 1);
      day < Date.UTC(2029, 0, 1);
      day += DAY_MS
    ) {
      if (this.#isOn(new Date(day))) {
        days.push(day);
      }
    }
    const overnight = days
      .slice(1)
      .map((day, index) => (day - days[index]) / MINUTE_MS + first - last);
    const longest = days.length > 0 ? Math.max(...ofDay, ...overnight) : 0;
    return longest > 0 ? longest * MINUTE_MS : undefined;
  }

  #isOn(date: Date): boolean {
    const byMonth = this.#dayOfMonth.values.has(date.getUTCDate());
    const byWeek = this.#dayOfWeek.values.has(date.getUTCDay());
    const isEither = !this.#dayOfMonth.isAny && !this.#dayOfWeek.isAny;
    return (
      this.#month.values.has(date.getUTCMonth() + 1) &&
      (isEither ? byMonth || byWeek : byMonth && byWeek)
    );
  }
}
