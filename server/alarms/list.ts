/** Alarms for people, and their acknowledgement. */
import type { Reply } from '../../contract/api.ts';
import { UserError } from '../../contract/errors.ts';
import { actorText } from '../access/actor.ts';
import type { Change } from '../access/audit.ts';
import { audited } from '../access/audit.ts';
import type { Db } from '../db/transaction.ts';
import type { Labels } from './labels.ts';
import { readLabels } from './labels.ts';
import type { AlarmRow, MessageRow } from './rows.ts';

type Alarm = Reply<'listAlarms'>[number];

const alarmsShown = 500;
const messagesShown = 10;

/** Those that are raised first, then the newest. */
export async function listAlarms(
  db: Db,
  filter: { workflow?: string; state?: 'raised' | 'cleared' },
): Promise<Alarm[]> {
  const query = db('alarms')
    .orderBy([
      { column: 'state', order: 'desc' },
      { column: 'since', order: 'desc' },
      // Of the same instant.
      { column: 'id', order: 'desc' },
    ])
    .limit(alarmsShown);
  if (filter.workflow !== undefined) query.where({ workflow: filter.workflow });
  if (filter.state !== undefined) query.where({ state: filter.state });
  const rows: AlarmRow[] = await query;
  const labelsOf = await readLabels(db, rows);
  return Promise.all(rows.map((row) => toAlarm(db, row, labelsOf(row))));
}

/** Says that somebody looks after it; it stays raised. Throws UserError NOT_FOUND. */
export async function acknowledgeAlarm(change: Change, id: number): Promise<Alarm> {
  const { tx, actor, now } = change;
  const mark = { acknowledged_at: now.toISOString(), acknowledged_by: actorText(actor) };
  await tx('alarms').where({ id, state: 'raised', acknowledged_at: null }).update(mark);
  const row: AlarmRow | undefined = await tx('alarms').where({ id }).first();
  if (!row) throw new UserError('NOT_FOUND', { what: `The alarm ${id}` });
  await audited(change, 'alarm.acknowledge', `alarm:${id}`);
  return toAlarm(tx, row, (await readLabels(tx, [row]))(row));
}

async function toAlarm(db: Db, row: AlarmRow, labels: Labels): Promise<Alarm> {
  const messages: MessageRow[] = await db('alarm_messages')
    .where({ alarm_id: row.id })
    .orderBy([{ column: 'created_at', order: 'desc' }, 'id'])
    .limit(messagesShown);
  return {
    id: row.id,
    kind: row.kind,
    workflow: row.workflow,
    node: row.node,
    ...labels,
    state: row.state,
    severity: row.severity,
    since: row.since,
    message: row.message,
    times: row.times,
    runId: row.run_id,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    messages: messages.map((message) => ({
      id: message.id,
      connection: message.connection,
      to: JSON.parse(message.to) as string[],
      state: message.state,
      attempts: message.attempts,
      nextAt: message.state === 'due' ? message.due : null,
      error: message.error,
      createdAt: message.created_at,
      sentAt: message.sent_at,
    })),
  };
}
