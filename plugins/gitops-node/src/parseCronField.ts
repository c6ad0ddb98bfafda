import { InputError } from '@backstage/errors';

/** What one field of a schedule stands for. */
export interface CronField {
  values: ReadonlySet<number>;
  /** It was written as `*` or `?`, which says less than a list of all values. */
  isAny: boolean;
}

/** The first and the last value of each field, and the names of its values from the first on. */
const FIELDS = {
  minute: { min: 0, max: 59, names: [] },
  hour: { min: 0, max: 23, names: [] },
  'day of month': { min: 1, max: 31, names: [] },
  month: {
    min: 1,
    max: 12,
    names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' '),
  },
  'day of week': {
    min: 0,
    max: 6,
    names: 'sun mon tue wed thu fri sat'.split(' '),
  },
} as const;

type Bounds = { min: number; max: number; names: readonly string[] };

/**
 * Reads one field of a schedule: values, ranges and steps, separated by commas.
 *
 * @throws InputError when it is none, saying why.
 */
export function parseCronField(
  text: string,
  name: keyof typeof FIELDS,
): CronField {
  const values = new Set<number>();
  let isAny = false;
  for (const item of text.split(',').filter(Boolean)) {
    const range = parseItem(item, FIELDS[name]);
    if (!range) {
      throw new InputError(
        `'${item}' is no ${name}; write numbers from ${FIELDS[name].min} to ${FIELDS[name].max}, ranges like 1-5, and steps like */2`,
      );
    }
    for (let value = range.first; value <= range.last; value += range.step) {
      values.add(value);
    }
    isAny ||= range.isAny && range.step === 1;
  }
  return { values, isAny };
}

function parseItem(
  item: string,
  bounds: Bounds,
): { first: number; last: number; step: number; isAny: boolean } | undefined {
  const [, from, to, stepText] =
    /^([*?]|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
  const isAny = from === '*' || from === '?';
  const first = isAny ? bounds.min : parseValue(from, bounds);
  const end = to === undefined ? first : parseValue(to, bounds);
  // A single value with a step stands for all from there.
  const isOpen = isAny || (to === undefined && stepText !== undefined);
  const last = isOpen ? bounds.max : end;
  const step = Number(stepText ?? 1);
  return first !== undefined &&
    last !== undefined &&
    first >= bounds.min &&
    last <= bounds.max &&
    first <= last &&
    step > 0
    ? { first, last, step, isAny }
    : undefined;
}

function parseValue(
  text: string | undefined,
  { min, names }: Bounds,
): number | undefined {
  const index = names.indexOf(text?.toLowerCase() ?? '');
  if (index >= 0) {
    return min + index;
  }
  return text && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
