import { InputError } from '@backstage/errors';
import type { SyncWindow } from '@fairway/plugin-gitops-common';
import { CronSchedule, parseGoDuration } from '@fairway/plugin-gitops-node';
import { DateTime, IANAZone } from 'luxon';

/** Whether a sync window is open at some moment, and until when that is so. */
export interface WindowState {
  isOpen: boolean;
  /** When it closes or opens next, in its time zone; absent when it never does. */
  changesAt?: DateTime;
}

/** How many openings in a row are looked at for one end. */
const MAX_OVERLAPS = 500;

/**
 * Whether a sync window is open.
 *
 * @remarks
 * As Argo CD does it (`SyncWindow.active`), the wall clock of the time zone is compared with the
 * schedule, with the zone's offset of this moment; a zone that is unknown is UTC, and a schedule
 * that never comes is always open. An end that falls into another opening is none.
 *
 * @throws InputError when its schedule or its duration cannot be read.
 */
export function windowState(window: SyncWindow, now: Date): WindowState {
  const { schedule, duration } = readTimes(window);
  const zone = zoneOf(window);
  const wall = DateTime.fromJSDate(now, { zone })
    .setZone('UTC', { keepLocalTime: true })
    .toMillis();
  const start = schedule.next(wall - duration);
  const toZone = (milliseconds: number | undefined) =>
    milliseconds === undefined
      ? undefined
      : DateTime.fromMillis(milliseconds, { zone: 'UTC' }).setZone(zone, {
          keepLocalTime: true,
        });
  return start === undefined || start < wall
    ? { isOpen: true, changesAt: toZone(endOf(schedule, { start, duration })) }
    : { isOpen: false, changesAt: toZone(start) };
}

/**
 * When a sync window opens, and for how many milliseconds.
 *
 * @throws InputError when its schedule or its duration cannot be read.
 */
export function readTimes(window: SyncWindow): {
  schedule: CronSchedule;
  duration: number;
} {
  const schedule = CronSchedule.parse(window.schedule);
  const duration = parseGoDuration(window.duration);
  if (duration === undefined) {
    throw new InputError(
      `'${window.duration}' is no duration; write it like 8h or 1h30m`,
    );
  }
  return { schedule, duration };
}

/** The time zone that Argo CD uses for a window. */
export function zoneOf({ timeZone }: SyncWindow): string {
  return timeZone && IANAZone.isValidZone(timeZone) ? timeZone : 'UTC';
}

function endOf(
  schedule: CronSchedule,
  opening: { start: number | undefined; duration: number },
): number | undefined {
  let { start } = opening;
  for (let tried = 0; start !== undefined && tried < MAX_OVERLAPS; tried += 1) {
    const end: number = start + opening.duration;
    const next = schedule.next(start);
    if (next === undefined || next > end) {
      return end;
    }
    start = next;
  }
  return undefined;
}
