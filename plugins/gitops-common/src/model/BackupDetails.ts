/**
 * The details of a fact of kind `backup`: of a schedule, of the newest backup of a schedule, or
 * of the location that backups are stored in.
 *
 * @public
 */
export interface BackupDetails {
  /** What the fact is about. */
  of: 'schedule' | 'backup' | 'location';
  /** Namespaces that are backed up; empty for all of the cluster. */
  namespaces: string[];
  /** `schedule`: cron expression. `backup`: name of the schedule that made it. */
  schedule?: string;
  /** Velero's own word for the state, for example `PartiallyFailed`. */
  phase?: string;
  /** Name of the location that the backups are stored in. */
  location?: string;
  /** How long a backup is kept, a Go duration. */
  ttl?: string;
  /** `schedule`: ISO time when the last backup was begun, whether it succeeded or not. */
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
