import { readDurationFromConfig, type Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { DEFAULT_WATCH_TIMES, type WatchTimes } from '../cluster/WatchTimes';

/**
 * Reads `gitops.watch`; everything in it is optional.
 *
 * @param root - the configuration of the whole portal
 * @throws InputError that names the key and says what is allowed
 */
export function readWatchConfig(root: Config): WatchTimes {
  const config = root.getOptionalConfig('gitops.watch');
  const read = (key: string, fallback: number): number => {
    if (!config?.has(key)) {
      return fallback;
    }
    const millis = durationToMilliseconds(
      readDurationFromConfig(config, { key }),
    );
    if (!(millis >= 100)) {
      throw new InputError(
        `Invalid configuration at 'gitops.watch.${key}': it must be a tenth of a second at least`,
      );
    }
    return millis;
  };
  const defaults = DEFAULT_WATCH_TIMES;
  const renew = read('renew', defaults.watchSeconds * 1000);
  return {
    ...defaults,
    lookAgainMillis: read('lookAgain', defaults.lookAgainMillis),
    maximumBackoffMillis: read('retry', defaults.maximumBackoffMillis),
    probeEveryMillis: read('probe', defaults.probeEveryMillis),
    answerWithinMillis: read('answer', defaults.answerWithinMillis),
    silenceMillis: read('silence', defaults.silenceMillis),
    watchSeconds: Math.max(1, Math.round(renew / 1000)),
  };
}
