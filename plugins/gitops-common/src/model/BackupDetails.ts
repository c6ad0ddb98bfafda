/**
 * The details of a fact of kind `backup`: of a schedule, of the newest backup of a schedule, or
 * of the location that backups are stored in.
 *
 * @public
 */
export interface BackupDetails {
  /** What the fact is about. */
  of: 'schedule' | 'backup' | 'location';
  /** Namespaces that are backed up, or patterns of them; empty for all of the cluster. */
  namespaces: string[];
  /** Namespaces that are left out of those, or patterns of them. */
  excludedNamespaces?: string[];
  /** Only some of the objects there are backed up: of some kinds, or with some labels. */
  partial?: boolean;
  /** `schedule`: cron expression. `backup`: name of the schedule that made it. */
  schedule?: string;
  /** Velero's own word for the state, for example `PartiallyFailed`. */
  phase?: string;
  /** Name of the location that the backups are stored in. */
  location?: string;
  /** How long a backup is kept, a Go duration. */
  ttl?: string;
  /** `schedule`: seconds from one backup to the next, where they are furthest apart. */
  intervalSeconds?: number;
  /** `schedule`: ISO time since when there is one. */
  createdAt?: string;
  /**
   * `schedule`: ISO time when the last backup was begun, whether it succeeded or not; see
   * {@link overdueBackupSince}.
   */
  lastBackup?: string;
  /** `backup`: ISO times. */
  startedAt?: string;
  completedAt?: string;
  expiresAt?: string;
  /** `backup`: what went wrong with single objects. */
  errors?: number;
  warnings?: number;
  /** `backup`: objects saved, of those to save. */
  itemsBackedUp?: number;
  totalItems?: number;
  /** `schedule`: namespaces that have no fact of their own. */
  omittedNamespaces?: number;
}

/** A backup takes its time, and not all schedulers are in the time zone that they think. */
const MIN_SLACK_MILLIS = 3_600_000;
const SLACK_OF_INTERVAL = 0.25;

/**
 * Since when a backup is overdue: the next one should have been made by now, and was not. That is
 * how a scheduler that stopped is noticed, whose objects still say that all is well.
 *
 * @param schedule - `lastBackup` being the last backup that people rely on
 * @returns an ISO time; undefined while it is not overdue, or when nobody can tell
 * @public
 */
export function overdueBackupSince(
  schedule: Pick<BackupDetails, 'intervalSeconds' | 'lastBackup' | 'createdAt'>,
  now: Date,
): string | undefined {
  const { intervalSeconds, lastBackup, createdAt } = schedule;
  const from = Date.parse(lastBackup ?? createdAt ?? '');
  if (!intervalSeconds || Number.isNaN(from)) {
    return undefined;
  }
  const interval = intervalSeconds * 1000;
  const slack = Math.max(MIN_SLACK_MILLIS, SLACK_OF_INTERVAL * interval);
  const due = from + interval + slack;
  return due < now.getTime() ? new Date(due).toISOString() : undefined;
}
