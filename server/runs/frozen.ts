/** The workflow as a run froze it. */
import { UserError } from '../../contract/errors.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { Db } from '../db/transaction.ts';

/** Throws UserError NOT_FOUND. */
export async function readFrozen(db: Db, runId: string): Promise<Workflow> {
  const row: { file: string } | undefined = await db('run_files').where({ run_id: runId }).first('file');
  if (!row) throw new UserError('NOT_FOUND', { what: `The run ${runId}` });
  return JSON.parse(row.file) as Workflow;
}
