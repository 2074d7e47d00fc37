/**
 * Alarms as states. Raising one that is raised already, or clearing one that is clear, changes no state: nobody hears of it
 * again. The messages of a change are written in its transaction; the engine sends them.
 */
import { randomUUID } from 'node:crypto';
import type { AlarmBody, AlarmKind } from '../../contract/alarm.ts';
import { cleanText } from '../../contract/types.ts';
import type { Tx } from '../db/transaction.ts';
import { findRecipients } from './recipients.ts';
import type { AlarmRow } from './rows.ts';

export interface AlarmKey {
  kind: AlarmKind;
  /** Internal name; '' where it belongs to no workflow. */
  workflow: string;
  /** Id of the node; '' where it belongs to none. */
  node: string;
}

export interface Raised extends AlarmKey {
  severity: 'warning' | 'error';
  message: string;
  runId: string | null;
}

/** `at` is the instant of the transaction (ISO). */
export async function raiseAlarm(tx: Tx, at: string, { kind, workflow, node, ...found }: Raised): Promise<void> {
  const key = { kind, workflow, node };
  const values = { severity: found.severity, message: cleanText(found.message).text, run_id: found.runId };
  const blank = { ...key, ...values, state: 'cleared', since: at, times: 0 };
  await tx('alarms').insert(blank).onConflict(['kind', 'workflow', 'node']).ignore();
  const fresh = { state: 'raised', since: at, times: 1, acknowledged_at: null, acknowledged_by: null };
  // Of two engines that notice it at once, one changes the state.
  const changed = await tx('alarms')
    .where({ ...key, state: 'cleared' })
    .update({ ...values, ...fresh });
  if (changed === 0) {
    await tx('alarms')
      .where(key)
      .update({ ...values, times: tx.raw('?? + 1', ['times']) });
    return;
  }
  await announce(tx, at, key, { change: 'raised', message: found.message, runId: found.runId });
}

/** `message` and `runId` say to those who hear of it why it is over; the alarm keeps what was the matter. */
export async function clearAlarm(
  tx: Tx,
  at: string,
  key: AlarmKey,
  message: string,
  runId: string | null,
): Promise<void> {
  const changed = await tx('alarms')
    .where({ ...key, state: 'raised' })
    .update({ state: 'cleared', since: at });
  if (changed > 0) await announce(tx, at, key, { change: 'cleared', message, runId });
}

type News = Pick<AlarmBody, 'message' | 'runId'> & { change: 'raised' | 'cleared' };

async function announce(tx: Tx, at: string, key: AlarmKey, news: News): Promise<void> {
  // That messages cannot be sent is shown; a message about it would not arrive either.
  if (key.kind === 'delivery') return;
  const alarm: AlarmRow | undefined = await tx('alarms').where(key).first();
  if (!alarm) throw new Error(`The alarm ${JSON.stringify(key)} is not there.`);
  for (const { connection, to } of await findRecipients(tx, key.workflow)) {
    const id = randomUUID();
    const body: AlarmBody = { id, ...news, ...key, severity: alarm.severity, at };
    const state = { state: 'due', due: at, created_at: at };
    await tx('alarm_messages').insert({
      id,
      alarm_id: alarm.id,
      connection,
      to: JSON.stringify(to),
      body: JSON.stringify(body),
      ...state,
    });
  }
}
