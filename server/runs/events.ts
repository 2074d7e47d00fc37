/** The ordered list of what happened in a run. */
import type { RunEvent, RunEventBody } from '../../contract/run.ts';
import type { EventRow } from '../db/rows.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** SQLite refuses longer lists of rows in one statement. */
const rowsPerInsert = 100;

/** Writes events behind `lastSeq`, whose run's row the transaction holds. Gives the new last number. */
export async function insertEvents(
  tx: Tx,
  runId: string,
  lastSeq: number,
  at: string,
  bodies: readonly RunEventBody[],
): Promise<number> {
  for (const body of bodies) if (body.type === 'task.progress') await deleteProgress(tx, runId, body.taskId);
  const rows = bodies.map((body, index) => toRow(runId, lastSeq + index + 1, at, body));
  for (let from = 0; from < rows.length; from += rowsPerInsert)
    await tx('events').insert(rows.slice(from, from + rowsPerInsert));
  return lastSeq + rows.length;
}

/** Only the latest progress of a task is kept: it moves to the end of the list. */
async function deleteProgress(tx: Tx, runId: string, taskId: string): Promise<void> {
  await tx('events').where({ run_id: runId, task_id: taskId, type: 'task.progress' }).delete();
}

/** Events with a number above `after`, in order. Numbers of progress that was overwritten are missing. */
export async function listEvents(db: Db, runId: string, after = 0, limit = 1_000): Promise<RunEvent[]> {
  const rows: EventRow[] = await db('events')
    .where({ run_id: runId })
    .andWhere('seq', '>', after)
    .orderBy('seq')
    .limit(limit);
  return rows.map((row) => ({ seq: row.seq, at: row.at, ...(JSON.parse(row.body) as RunEventBody) }));
}

function toRow(runId: string, seq: number, at: string, body: RunEventBody): EventRow {
  const taskId = 'taskId' in body ? body.taskId : null;
  return { run_id: runId, seq, at, type: body.type, task_id: taskId, body: JSON.stringify(body) };
}
