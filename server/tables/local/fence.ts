/** The fence of local data: of the attempts of a task, the newest that asked for a write is the only one that may write. */
import type { Connection } from '../connection.ts';
import type { TableOwner } from '../types.ts';
import { FencedError } from '../types.ts';

/** The newest attempt is kept beside the marks of its task, under a step that no node has: steps are never empty. */
const fenceStep = '';

/** Inside the transaction of the write. Throws FencedError. */
export async function fence(db: Connection, { taskId, attempt }: TableOwner): Promise<void> {
  const mine = await db.run(
    `INSERT INTO _applied (key, step, result) VALUES (?1, ?2, ?3)
     ON CONFLICT (key, step) DO UPDATE SET result = excluded.result
     WHERE CAST(_applied.result AS INTEGER) <= CAST(excluded.result AS INTEGER)`,
    [taskId, fenceStep, String(attempt)],
  );
  if (mine === 0)
    throw new FencedError(`A later attempt than ${attempt} of the task ${taskId} writes into local data.`);
}
