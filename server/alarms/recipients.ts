/** Who hears of alarms: whom the workflow names, else whom the instance names. */
import type { Recipient } from '../../contract/alarm.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { readWorkflowSettings } from '../workflows/settings.ts';

const name = 'alarm.recipients';

export async function findRecipients(db: Db, workflow: string): Promise<Recipient[]> {
  const own = workflow === '' ? undefined : (await readWorkflowSettings(db, workflow))?.alarmRecipients;
  return own ?? readRecipients(db);
}

/** Those of the instance. */
export async function readRecipients(db: Db): Promise<Recipient[]> {
  const row: { value: string } | undefined = await db('settings').where({ name }).first('value');
  return row ? (JSON.parse(row.value) as Recipient[]) : [];
}

export async function writeRecipients(tx: Tx, recipients: readonly Recipient[]): Promise<void> {
  await tx('settings')
    .insert({ name, value: JSON.stringify(recipients) })
    .onConflict('name')
    .merge();
}
