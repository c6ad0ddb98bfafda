import { InputError } from '@backstage/errors';
import { CronTime } from 'cron';

/** `*`, `?` or `*` with a step of one: the field says nothing about the day. */
const ANY = /(?:^|,)[*?](?:\/0*1)?(?:,|$)/;
const DAY_OF_WEEK_MAX = 6;

/**
 * A schedule of five fields as Argo CD reads it, on a wall clock without a time zone.
 *
 * @remarks
 * Argo CD reads schedules with robfig/cron. Where that and the library used here differ, its
 * rules are kept: no seconds and no names such as `@daily`; `?` is `*`; Sunday is 0 and never 7;
 * when both a day of the month and a day of the week are given, either of them is enough.
 */
export class CronSchedule {
  readonly #times: CronTime[];

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
    const [minute, hour, dayOfMonth, month, dayOfWeek] = fields;
    const isEither = !ANY.test(dayOfMonth) && !ANY.test(dayOfWeek);
    const days = isEither
      ? [
          [dayOfMonth, '*'],
          ['*', dayOfWeek],
        ]
      : [[dayOfMonth, dayOfWeek]];
    this.#times = days.map(
      ([ofMonth, ofWeek]) =>
        new CronTime(
          [minute, hour, ofMonth, month, toDayOfWeek(ofWeek)]
            .map(field => field.replaceAll('?', '*'))
            .join(' '),
          'UTC',
        ),
    );
  }

  /**
   * The first moment after another, both in milliseconds of the wall clock; undefined when there
   * is none in the years to come, as for 30 February.
   */
  next(after: number): number | undefined {
    const found = this.#times.flatMap(time => {
      try {
        return [time.getNextDateFrom(new Date(after), 'UTC').toMillis()];
      } catch {
        return []; // It says so by throwing.
      }
    });
    return found.length > 0 ? Math.min(...found) : undefined;
  }
}

function toDayOfWeek(field: string): string {
  if (/(?:^|[,-])0*7(?=$|[,/-])/.test(field)) {
    throw new InputError('Sunday is 0, and there is no day 7');
  }
  return field.replace(
    /(^|,)(\w+)\/(?=\d)/g,
    (_, before, day) => `${before}${day}-${DAY_OF_WEEK_MAX}/`,
  );
}
