const MILLISECONDS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const PART = '(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)';

/**
 * Milliseconds of a duration as Go writes it, for example `1h30m`; undefined when it is none.
 *
 * @public
 */
export function parseGoDuration(text: string): number | undefined {
  const [, sign, parts] = /^([+-]?)(.+)$/s.exec(text) ?? [];
  if (parts === '0') {
    return 0;
  }
  if (!parts || !new RegExp(`^(?:${PART})+$`).test(parts)) {
    return undefined;
  }
  const total = [...parts.matchAll(new RegExp(PART, 'g'))]
    .map(([, amount, unit]) => Number(amount) * MILLISECONDS[unit])
    .reduce((sum, milliseconds) => sum + milliseconds, 0);
  return sign === '-' ? -total : total;
}
