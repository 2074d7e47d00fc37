/**
 * Records that were requeued into a run which ends without having sent them: its plan was refused, it was stopped, or it failed
 * before anything was sent. They are open again. Should the run go on after all, it takes them again, unless something else was
 * said of records of the export meanwhile.
 */
import { UserError } from '../../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { givenBack, readMarks } from './marks.ts';
import { openColumns } from './open.ts';
import type { ExportRow, ExportRunRow } from './rows.ts';

const requeued = 'requeued';

/** At the end of a run. */
export async function giveBackRequeued({ tx, run, at }: RunChange): Promise<void> {
  const asked = await findUnsent(tx, run.id);
  if (!asked) return;
  const own = { export_id: asked.export_id, run_id: run.id, mark: requeued };
  await tx('export_marks').where(own).update({ mark: givenBack, at });
  await countAnew(tx, asked.export_id, at);
}

/** Before a run goes on, or `heir` begins in its place. Throws UserError REQUEUE_OUTDATED. */
export async function takeRequeued(tx: Tx, runId: string, { heir, at }: { heir: string; at: string }): Promise<void> {
  const asked = await findUnsent(tx, runId);
  if (!asked) return;
  const { export_id } = asked;
  const { ended_at = null }: { ended_at?: string | null } = await tx('runs').where({ id: runId }).first('ended_at');
  const other =
    ended_at !== null &&
    (await tx('export_marks')
      .where({ export_id })
      .where('at', '>=', ended_at)
      .where((not) => not.whereNull('run_id').orWhereNot({ run_id: runId }))
      .first('row'));
  if (other) throw new UserError('REQUEUE_OUTDATED');
  await tx('export_marks')
    .where({ export_id, run_id: runId })
    .whereIn('mark', [givenBack, requeued])
    .update({ mark: requeued, run_id: heir, at });
  await countAnew(tx, export_id, at);
}

/** What the run was started to send; undefined: nothing, or it has begun to. */
async function findUnsent(tx: Tx, run_id: string): Promise<Pick<ExportRunRow, 'export_id'> | undefined> {
  const asked: Pick<ExportRunRow, 'export_id'> | undefined = await tx('export_runs')
    .where({ run_id, purpose: 'requeue' })
    .first('export_id');
  if (!asked) return undefined;
  const sent: unknown = await tx('exports').where({ run_id }).whereIn('stage', ['sending', 'settled']).first('id');
  return sent ? undefined : asked;
}

async function countAnew(tx: Tx, id: string, updated_at: string): Promise<void> {
  const row: ExportRow | undefined = await tx('exports').where({ id }).first();
  if (!row) return;
  const { all } = await readMarks(tx, id);
  await tx('exports')
    .where({ id })
    .update({ ...openColumns(row, all), updated_at });
}
