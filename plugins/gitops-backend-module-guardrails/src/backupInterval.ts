import { toError } from '@backstage/errors';
import { CronSchedule, parseGoDuration } from '@fairway/plugin-gitops-node';

/** The names that Velero's schedules may have. */
const NAMED: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const TIME_ZONE = /^(CRON_)?TZ=\S+\s+/;
const EVERY = /^@every\s+/;

/**
 * Seconds from one backup of a schedule to the next, where they are furthest apart; undefined when
 * it cannot be read, or does not come twice.
 */
export function backupIntervalSeconds(schedule: string): number | undefined {
  const text = schedule.trim().replace(TIME_ZONE, '');
  if (EVERY.test(text)) {
    return toSeconds(parseGoDuration(text.replace(EVERY, '').trim()));
  }
  try {
    const cron = Object.hasOwn(NAMED, text) ? NAMED[text] : text;
    return toSeconds(CronSchedule.parse(cron).longestGap());
  } catch (error) {
    if (toError(error).name === 'InputError') {
      // Velero says so itself, in the state of the schedule.
      return undefined;
    }
    throw error;
  }
}

function toSeconds(millis: number | undefined): number | undefined {
  return millis && millis > 0 ? Math.round(millis / 1000) : undefined;
}
