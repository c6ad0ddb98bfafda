import {
  worstHealth,
  type Fact,
  type HealthStatus,
} from '@fairway/plugin-gitops-common';
import { FactFields } from './FactFields';

/** What is saved together: the newest backup, and the schedule that makes it. */
export interface BackupState {
  id: string;
  /** Namespaces that are saved; empty for the whole cluster. */
  namespaces: string[];
  cluster: string;
  environment?: string;
  health: HealthStatus;
  /** Why it is not well. */
  messages: string[];
  /** Cron expression; absent when no schedule is known. */
  schedule?: string;
  /** How the last backup ended, in Velero's word; absent when that is not known. */
  phase?: string;
  /** ISO time of the last backup. */
  lastAt?: string;
  /** ISO time when it is deleted. */
  expiresAt?: string;
}

/** What is known of the backups of a service. */
export interface BackupsState {
  /** Those in trouble first. */
  backups: BackupState[];
  /** Places that backups cannot be stored in. */
  locations: Fact[];
  isWell: boolean;
  /** Ids of the facts that all this says. */
  told: string[];
  /** ISO time: the oldest of the last backups. */
  oldest?: string;
}

/** The facts of one schedule and one set of namespaces, by what they are about. */
interface Pair {
  schedule?: Fact;
  backup?: Fact;
}

function pairUp(facts: readonly Fact[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const fact of facts) {
    const fields = FactFields.of(fact.details);
    const isBackup = fields.string('of') === 'backup';
    const schedule = isBackup ? fields.string('schedule') : fact.ref.name;
    const key = JSON.stringify([
      fact.ref.cluster,
      // Those made by hand stay apart.
      schedule ?? fact.id,
      fields.strings('namespaces'),
    ]);
    pairs.set(key, {
      ...pairs.get(key),
      [isBackup ? 'backup' : 'schedule']: fact,
    });
  }
  return [...pairs.values()];
}

/** A schedule says when a backup began, and not whether it succeeded. */
function unconfirmed(health: HealthStatus): HealthStatus {
  return health === 'healthy' ? 'unknown' : health;
}

function toState({ schedule, backup }: Pair): BackupState {
  const facts = [backup, schedule].filter(fact => fact !== undefined);
  const [first] = facts;
  const made = FactFields.of(backup?.details);
  const planned = FactFields.of(schedule?.details);
  return {
    id: first.id,
    namespaces: FactFields.of(first.details).strings('namespaces'),
    cluster: first.ref.cluster,
    environment: first.environment,
    health: backup
      ? worstHealth(facts.map(({ health }) => health))
      : unconfirmed(first.health),
    messages: facts.flatMap(({ message }) => message ?? []),
    schedule: planned.string('schedule'),
    phase: made.string('phase'),
    lastAt:
      made.string('completedAt') ??
      made.string('startedAt') ??
      planned.string('lastBackup'),
    expiresAt: made.string('expiresAt'),
  };
}

/** Reads the facts of kind `backup`; those about something else than is known here are left. */
export function readBackups(facts: readonly Fact[]): BackupsState {
  const about = (...subjects: string[]) =>
    facts.filter(
      ({ kind, details }) =>
        kind === 'backup' &&
        subjects.includes(FactFields.of(details).string('of') ?? ''),
    );
  const paired = about('schedule', 'backup');
  const backups = pairUp(paired)
    .map(toState)
    .sort(
      (a, b) => Number(a.health === 'healthy') - Number(b.health === 'healthy'),
    );
  const locations = about('location').filter(
    ({ health }) => health !== 'healthy',
  );
  return {
    backups,
    locations,
    told: [...paired, ...locations].map(({ id }) => id),
    isWell:
      locations.length === 0 &&
      backups.every(({ health }) => health === 'healthy'),
    oldest: backups.flatMap(({ lastAt }) => lastAt ?? []).sort()[0],
  };
}
