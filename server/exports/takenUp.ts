import type { PortKind } from '../../contract/node.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { readMarks, say } from './marks.ts';
import { countUnmarked } from './open.ts';
import type { ExportRow, OpenOutcome } from './rows.ts';

/** A port of a task behind which a later task of the same node has taken up the rows. */
export interface TakenUp {
  task: string;
  kind: PortKind;
}

/** What was not sent leaves by Error, and where there is no such output by Reject. */
function outcomesOf(kind: PortKind, hasError: boolean): readonly OpenOutcome[] {
  if (kind === 'reject') return hasError ? ['rejected'] : ['rejected', 'unsent'];
  if (kind === 'error') return ['unsent'];
  return kind === 'doubt' ? ['doubt'] : [];
}

/** Records that their run itself has sent once more wait for no person: they are those of the later export. */
export async function noteTakenUp({ tx, run, at }: RunChange, taken: readonly TakenUp[]): Promise<void> {
  for (const { task, kind } of taken) {
    const row: ExportRow | undefined = await tx('exports').where({ id: task, stage: 'settled' }).first();
    if (!row) continue;
    const unmarked = countUnmarked(row, (await readMarks(tx, task)).all);
    const error: { port: string } | undefined = await tx('outputs')
      .where({ task_id: task, kind: 'error' })
      .first('port');
    const rows = outcomesOf(kind, error !== undefined)
      .filter((of) => unmarked[of] > 0)
      .map((of) => ({ of, row: 0 }));
    const said = { mark: 'requeued', by: run.workflow_name, at, run_id: run.id } as const;
    if (rows.length > 0) await say(tx, row, { rows }, said);
  }
}
