import {
  overdueBackupSince,
  worstHealth,
  type Fact,
  type HealthStatus,
} from '@fairway/plugin-gitops-common';
import { FactFields } from './FactFields';
import { momentOf, oldestStale } from './factTime';

/** What is saved together: the newest backup, and the schedule that makes it. */
export interface BackupState {
  id: string;
  /** Namespaces that are saved, or patterns of them; empty for the whole cluster. */
  namespaces: string[];
  /** Those that are left out. */
  excluded: string[];
  /** Only some of the objects there are saved. */
  isPartial: boolean;
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
  /** ISO time since when the next one should have been made and was not. */
  overdueSince?: string;
  /** ISO time since when all this may be out of date. */
  staleSince?: string;
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
  /** ISO time since when that may be out of date. */
  staleSince?: string;
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

function toState({ schedule, backup }: Pair, now: Date): BackupState {
  const facts = [backup, schedule].filter(fact => fact !== undefined);
  const [first] = facts;
  const made = FactFields.of(backup?.details);
  const planned = FactFields.of(schedule?.details);
  const said = FactFields.of(first.details);
  const lastAt =
    made.string('completedAt') ??
    made.string('startedAt') ??
    planned.string('lastBackup');
  const overdueSince =
    schedule?.health === 'suspended'
      ? undefined
      : overdueBackupSince(
          {
            intervalSeconds: planned.number('intervalSeconds'),
            createdAt: planned.string('createdAt'),
            // One that was begun and has not ended is none to rely on.
            lastBackup:
              made.string('startedAt') ?? planned.string('lastBackup'),
          },
          momentOf(first, now),
        );
  const told = worstHealth(facts.map(one => one.health));
  const health = backup ? told : unconfirmed(told);
  return {
    id: first.id,
    namespaces: said.strings('namespaces'),
    excluded: said.strings('excludedNamespaces'),
    isPartial: said.boolean('partial') === true,
    cluster: first.ref.cluster,
    environment: first.environment,
    health: overdueSince ? 'degraded' : health,
    messages: facts.flatMap(({ message }) => message ?? []),
    schedule: planned.string('schedule'),
    phase: made.string('phase'),
    ...{ lastAt, overdueSince },
    staleSince: oldestStale(facts),
  };
}

/** Reads the facts of kind `backup`; those about something else than is known here are left. */
export function readBackups(facts: readonly Fact[], now: Date): BackupsState {
  const about = (...subjects: string[]) =>
    facts.filter(
      ({ kind, details }) =>
        kind === 'backup' &&
        subjects.includes(FactFields.of(details).string('of') ?? ''),
    );
  const paired = about('schedule', 'backup');
  const backups = pairUp(paired)
    .map(pair => toState(pair, now))
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
    staleSince: oldestStale(backups),
  };
}
