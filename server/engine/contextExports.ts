/** What a node that exports keeps, and what it is told of earlier exports. */
import { UserError } from '../../contract/errors.ts';
import type { ExportReport } from '../../contract/exports.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { SentRows } from '../../contract/sent.ts';
import type { NodeContext, UndoneExport } from '../../nodes/kit/run.ts';
import { keepExport, readTables } from '../exports/keep.ts';
import { readMarks } from '../exports/marks.ts';
import { findHindrance, findOlderDoubt } from '../exports/olderDoubt.ts';
import type { ExportRow, ExportRunRow } from '../exports/rows.ts';
import { toTakenBack } from '../exports/sent.ts';
import { FencedError } from '../tables/types.ts';
import type { Attempt, Execution } from './attempt.ts';
import { findAsked, findExported, findWritten } from './chosenRows.ts';
import { holdsAttempt, requireAttempt } from './close.ts';
import { copyTable } from './copyTable.ts';
import { commitChange } from './host.ts';

export function exportContext(attempt: Attempt): Pick<NodeContext, 'keepExport' | 'undoes' | 'olderDoubt'> {
  const { host, flow, task, node, signal, undoes } = attempt;
  return {
    undoes,
    async keepExport(report, guard) {
      signal.throwIfAborted();
      await takeBackSaid(attempt, report);
      return commitChange(host, task.run_id, async (change) => {
        if (!(await holdsAttempt(change.tx, task)))
          throw new FencedError(`The attempt ${task.attempt} of the task ${task.id} is over.`);
        // The signal comes later; another run may have been started for the rows already.
        if (guard && change.run.ending !== null) throw new UserError('STOPPED');
        const hindrance = guard ? await findHindrance(change.tx, flow.workflow.internalName, task, guard) : null;
        if (!hindrance) await keepExport(change, { ...task, node_label: node.label }, report);
        return hindrance;
      });
    },
    async olderDoubt() {
      signal.throwIfAborted();
      return findOlderDoubt(host.db, flow.workflow.internalName, task);
    },
  };
}

/**
 * What a person said was written counts as sent. When the node goes on after all, its own word counts: rows that it did not
 * write, or of which it does not know it yet, are due again.
 */
async function takeBackSaid({ host, task }: Attempt, { tables }: ExportReport): Promise<void> {
  const row: ExportRow | undefined = await host.db('exports').where({ id: task.id, stage: 'sending' }).first();
  const moves = row ? toTakenBack(row, await readMarks(host.db, row.id), tables.records, host.clock.now()) : [];
  if (moves.length === 0) return;
  await requireAttempt(host.db, task);
  await host.stores.local.moveSent({ taskId: task.id, attempt: task.attempt }, moves);
}

/** What the run was started to undo, copied into its store once; null: it was started for something else. */
export async function takeUndone(execution: Execution): Promise<UndoneExport | null> {
  const asked = await findAsked(execution, 'undo');
  if (!asked) return null;
  const row = await findExported(execution, asked);
  const tables = asked.tables === null ? await copyUndone(execution, row, asked) : (JSON.parse(asked.tables) as Undone);
  return { export: row.id, object: row.object, ...tables };
}

type Undone = Pick<UndoneExport, 'records' | 'sent'>;

async function copyUndone(execution: Execution, row: ExportRow, asked: ExportRunRow): Promise<Undone> {
  const { host, task } = execution;
  const chosen = await findWritten(execution, row, asked);
  const copy = (table: TableRef, name: string): Promise<TableRef> =>
    copyTable(execution, { run: row.run_id, table }, { taskId: task.id, name, resume: true }, chosen);
  const { records, sent } = readTables(row);
  const copied = await copy(records, 'undone');
  const states: SentRows[] = [];
  for (const { state, rows } of sent) states.push({ state, rows: await copy(rows, `undone ${state}`) });
  const tables: Undone = { records: copied, sent: states };
  await commitChange(host, task.run_id, async ({ tx }) => {
    if (!(await holdsAttempt(tx, task))) return;
    await tx('export_runs')
      .where({ run_id: task.run_id })
      .update({ tables: JSON.stringify(tables) });
  });
  return tables;
}
