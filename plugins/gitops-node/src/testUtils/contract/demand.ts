const isList = Array.isArray;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Fails a rule of the contract, with what the observer did wrong. */
export function demand(condition: unknown, problem: string): asserts condition {
  if (!condition) {
    throw new Error(problem);
  }
}

/** A value as far as a message bears it. */
export function show(value: unknown): string {
  const text =
    typeof value === 'string' || isObject(value)
      ? JSON.stringify(value)
      : String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** Where two values differ, and how; undefined when they do not. */
function firstDifference(
  left: unknown,
  right: unknown,
  path = '',
): string | undefined {
  if (Object.is(left, right)) {
    return undefined;
  }
  if (!isObject(left) || !isObject(right) || isList(left) !== isList(right)) {
    return `: ${show(left)} in place of ${show(right)} at ${path || 'the top'}`;
  }
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = firstDifference(left[key], right[key], `${path}.${key}`);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** Both say the same; a field that is undefined is as good as none, and the order of fields is no matter. */
export function demandSame(
  actual: unknown,
  expected: unknown,
  problem: string,
): void {
  const place = firstDifference(actual, expected);
  demand(place === undefined, `${problem}${place}`);
}

/** Path of the first thing that JSON would drop or change: functions, instances, NaN. */
export function firstNotJson(value: unknown, path = ''): string | undefined {
  if (isObject(value)) {
    const prototype = Object.getPrototypeOf(value);
    if (!isList(value) && Object.getPrototypeOf(prototype ?? {})) {
      return path || 'the top';
    }
    for (const [key, item] of Object.entries(value)) {
      const found = firstNotJson(item, `${path}.${key}`);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }
  const isJson =
    value === undefined ||
    value === null ||
    ['string', 'boolean'].includes(typeof value) ||
    Number.isFinite(value);
  return isJson ? undefined : path || 'the top';
}

/** Survives being stored. */
export function demandJson(value: unknown, what: string): void {
  const place = firstNotJson(value);
  demand(place === undefined, `${what} is no JSON at ${place}`);
}
