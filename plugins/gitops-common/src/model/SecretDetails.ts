/** Where external secrets are read from. @public */
export interface SecretStoreReference {
  kind: string;
  name?: string;
}

/**
 * The details of a fact of kind `secret`: of an external secret or of a store. Names and times,
 * never a value.
 *
 * @public
 */
export interface SecretDetails {
  /** What the fact is about. */
  of: 'secret' | 'store';
  /** `secret`: the store that it is read from; absent where generators make it. */
  store?: SecretStoreReference;
  /** `secret`: name of the `Secret` that is kept in step. */
  target?: string;
  /** `secret`: names of what is read in the store, sorted; the first 50. */
  remoteKeys?: string[];
  /** `secret`: `Periodic`, `OnChange` or `CreatedOnce`. */
  refreshPolicy?: string;
  /** `secret`: Go duration, for example `1h0m0s`; zero means that it is never read again. */
  refreshInterval?: string;
  /** `secret`: ISO time of the last reading; see {@link staleSecretSince}. */
  refreshTime?: string;
  /** `secret`, cluster-wide: namespaces where it could not be made. */
  failedNamespaces?: string[];
  /** `store`: the provider's field in its spec, for example `vault` or `aws`. */
  provider?: string;
  /** `store`: `ReadOnly`, `WriteOnly` or `ReadWrite`. */
  capabilities?: string;
  /** Reason of the `Ready` condition, for example `SecretSyncedError`. */
  reason?: string;
}

/** Intervals that may pass without a reading before a secret counts as stale. */
const INTERVALS_UNTIL_STALE = 3;

const UNIT_MILLIS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration in hours, minutes, seconds and milliseconds. */
function parseDuration(duration: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(duration)) {
    return undefined;
  }
  let millis = 0;
  for (const [, count, , unit] of duration.matchAll(
    /(\d+(\.\d+)?)(ms|s|m|h)/g,
  )) {
    millis += Number(count) * UNIT_MILLIS[unit];
  }
  return millis;
}

/**
 * Since when an external secret is stale: it should have been read again three times by now, and
 * was not. That is how an operator that stopped is noticed, whose objects still say that all is
 * well.
 *
 * @returns an ISO time; undefined while it is not stale, or is not read periodically
 * @public
 */
export function staleSecretSince(
  details: Pick<
    SecretDetails,
    'refreshPolicy' | 'refreshInterval' | 'refreshTime'
  >,
  now: Date,
): string | undefined {
  const { refreshPolicy = 'Periodic', refreshInterval, refreshTime } = details;
  const interval = parseDuration(refreshInterval ?? '1h');
  if (refreshPolicy !== 'Periodic' || !interval || !refreshTime) {
    return undefined;
  }
  const due = Date.parse(refreshTime) + INTERVALS_UNTIL_STALE * interval;
  return due < now.getTime() ? new Date(due).toISOString() : undefined;
}
