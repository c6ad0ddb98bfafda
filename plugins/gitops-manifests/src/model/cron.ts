import { z } from 'zod';

const NUMBER = {
  minute: '[0-5]?[0-9]',
  hour: '(?:[01]?[0-9]|2[0-3])',
  day: '(?:0?[1-9]|[12][0-9]|3[01])',
  month: '(?:0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)',
  weekday: '(?:[0-6]|SUN|MON|TUE|WED|THU|FRI|SAT)',
};

/** A list of `*`, values and ranges, each with an optional step. */
function fieldPattern(value: string): string {
  const part = `(?:\\*|${value}(?:-${value})?)(?:/[1-9][0-9]?)?`;
  return `${part}(?:,${part})*`;
}

/**
 * A schedule of five fields, as Kubernetes reads it: no seconds, no `@daily`, no `TZ=`, and
 * Sunday is 0. Two rules are left to the action, because no pattern can tell them: a range
 * goes upwards, and the date exists.
 *
 * @public
 */
export const CRON_PATTERN = `^${Object.values(NUMBER)
  .map(fieldPattern)
  .join(' ')}$`;

const MONTHS = [
  ...['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN'],
  ...['JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
// February with its leap day: a job of 29 February does run.
const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const FIELDS = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12 },
  { name: 'day of the week', least: 0, most: 6 },
];

/** What is wrong with a schedule; undefined when Kubernetes accepts it and it will run. */
function cronProblem(schedule: string): string | undefined {
  if (!new RegExp(CRON_PATTERN).test(schedule)) {
    return 'a schedule of five fields with one space between them: minute, hour, day of the month, month, day of the week (0 to 6, Sunday is 0), for example "30 2 * * 1-5"';
  }
  const fields = schedule.split(' ');
  for (const [index, field] of FIELDS.entries()) {
    for (const part of fields[index].split(',')) {
      const [range, step] = part.split('/');
      const [from, to] = range.split('-').map(text => valueOf(text, index));
      if (to !== undefined && from > to) {
        return `a ${field.name} whose range goes upwards; "${range}" does not`;
      }
      if (step !== undefined && Number(step) > field.most) {
        return `a step that fits the ${field.name}; "/${step}" is beyond ${field.most}`;
      }
    }
  }
  return dateExists(fields)
    ? undefined
    : 'a date that exists: in none of these months is there such a day';
}

function valueOf(text: string, index: number): number {
  const names = { 3: MONTHS, 4: WEEKDAYS }[index] ?? [];
  const position = names.indexOf(text);
  return position === -1 ? Number(text) : position + FIELDS[index].least;
}

/** With a day of the week in it, a schedule runs on that day, too: only without can it never run. */
function dateExists([, , days, months, weekdays]: string[]): boolean {
  if (weekdays !== '*') {
    return true;
  }
  const earliest = Math.min(
    ...days.split(',').map(part => {
      const value = part.split(/[-/]/)[0];
      return value === '*' ? 1 : Number(value);
    }),
  );
  return monthsOf(months).some(month => earliest <= DAYS_OF_MONTH[month - 1]);
}

function monthsOf(field: string): number[] {
  return field.split(',').flatMap(part => {
    const [range, stepText] = part.split('/');
    const [from, to] =
      range === '*' ? [1, 12] : range.split('-').map(text => valueOf(text, 3));
    const last = to ?? (stepText === undefined ? from : 12);
    const step = Number(stepText ?? 1);
    const months: number[] = [];
    for (let month = from; month <= last; month += step) {
      months.push(month);
    }
    return months;
  });
}

/** A schedule of a CronJob. */
export const cronSchedule = z
  .string()
  .max(200)
  .superRefine((text, context) => {
    const problem = cronProblem(text);
    if (problem) {
      context.addIssue({ code: 'custom', message: problem });
    }
  });

/** A time zone by its name in the IANA database, as `spec.timeZone` takes it. @public */
export const TIME_ZONE_PATTERN =
  '^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$';

export const timeZone = z
  .string()
  .max(64)
  .refine(
    name => new RegExp(TIME_ZONE_PATTERN).test(name) && isTimeZone(name),
    'a time zone by its name, for example "Europe/Berlin" or "Etc/UTC"',
  );

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
