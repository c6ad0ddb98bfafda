import type { Knex } from 'knex';
import type { AlertToSend } from './RecorderStore';
import { TABLES } from './tables';

const CLAIMED_AT_ONCE = 100;

/** Row of `alerts`. */
interface DbAlertRow {
  application_id: string;
  owner: string;
  recorded_at: string;
  due_at: string;
}

/** Remembers alerts until they are sent; a newer one of an application takes the place of an older. */
export async function insertAlerts(
  trx: Knex,
  alerts: readonly AlertToSend[],
): Promise<void> {
  for (const { applicationId, owner, recordedAt } of alerts) {
    await trx<DbAlertRow>(TABLES.alerts)
      .insert({
        application_id: applicationId,
        owner,
        recorded_at: recordedAt,
        due_at: recordedAt,
      })
      .onConflict('application_id')
      .merge();
  }
}

/** See `RecorderStore.alertSent`. */
export async function deleteAlert(
  db: Knex,
  { applicationId, recordedAt }: AlertToSend,
): Promise<void> {
  await db<DbAlertRow>(TABLES.alerts)
    .where({ application_id: applicationId, recorded_at: recordedAt })
    .delete();
}

/** See `RecorderStore.claimAlerts`. */
export async function claimAlerts(
  db: Knex,
  times: { dueBefore: string; recordedAfter: string; now: string },
): Promise<AlertToSend[]> {
  await db<DbAlertRow>(TABLES.alerts)
    .where('recorded_at', '<=', times.recordedAfter)
    .delete();
  const due = await db<DbAlertRow>(TABLES.alerts)
    .where('due_at', '<=', times.dueBefore)
    .orderBy('due_at')
    .limit(CLAIMED_AT_ONCE);
  const claimed: AlertToSend[] = [];
  for (const row of due) {
    const { application_id: applicationId, owner, due_at: dueAt } = row;
    const isOurs = await db<DbAlertRow>(TABLES.alerts)
      .where({ application_id: applicationId, due_at: dueAt })
      .update({ due_at: times.now });
    if (isOurs > 0) {
      claimed.push({ applicationId, owner, recordedAt: row.recorded_at });
    }
  }
  return claimed;
}
