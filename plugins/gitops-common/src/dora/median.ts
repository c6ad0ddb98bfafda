/**
 * The median of numbers: the middle one, for an even count the mean of the two middle ones.
 * `undefined` for none. The input may be in any order and is not changed.
 *
 * @public
 */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) {
    return undefined;
  }
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}
