/** Values and conditions that JavaScript gives, and values that change their type, laid beside the rows. */
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { RejectReason } from '../kit/rejects.ts';
import { noReason, ownReason, rejectCells, rejectColumns } from '../kit/rejects.ts';
import type { NodeContext, RecordBatch, TableWriter } from '../kit/run.ts';
import { scriptCell } from '../kit/scripts.ts';
import type { Target, Targets } from './targets.ts';

export const preparedRow = 'row';
export const preparedValue = (target: Target): string => `value:${target.column.name}`;
export const preparedCondition = (target: Target): string => `if:${target.column.name}`;

interface Program {
  values: Target[];
  conditions: Target[];
}

/** null when every value is a column that goes over as it is. A later attempt goes on behind the last row written. */
export async function prepare(context: NodeContext, input: TableRef, targets: Targets): Promise<TableRef | null> {
  const all = [...targets.key, ...targets.values];
  const program: Program = {
    values: all.filter((target) => target.from === null),
    conditions: targets.values.filter((target) => target.condition.trim() !== ''),
  };
  if (program.values.length + program.conditions.length === 0) return null;
  const writer = await context.writer({ columns: sideColumns(program), name: 'prepared', resume: true });
  if (writer.count < input.count) await evaluate(context, input, program, writer);
  return writer.finish();
}

async function evaluate(context: NodeContext, input: TableRef, program: Program, writer: TableWriter): Promise<void> {
  const behind = typeof writer.position === 'number' ? writer.position : 0;
  const expressions = [
    ...program.values.map(({ expression }) => expression),
    ...program.conditions.map(({ condition }) => condition),
  ];
  await context.eachRecord({
    program: { kind: 'expressions', expressions },
    input,
    handle: async ({ ids, results }) => {
      context.signal.throwIfAborted();
      const start = ids.findIndex((id) => id > behind);
      if (start < 0) return;
      const rows = results.slice(start).map((result, index) => sideRow(program, ids[start + index] ?? 0, result));
      await writer.append(rows, { position: ids.at(-1) ?? behind });
      context.progress(writer.count, input.count, 'rows evaluated');
    },
  });
}

function sideColumns({ values, conditions }: Program): Column[] {
  const column = (name: string, type: Column['type']): Column => ({ name, label: '', type });
  return [
    column(preparedRow, 'integer'),
    ...values.map((target) => column(preparedValue(target), target.column.type)),
    ...conditions.map((target) => column(preparedCondition(target), 'boolean')),
    ...rejectColumns,
  ];
}

function sideRow(program: Program, id: number, result: RecordBatch['results'][number]): Cell[] {
  const { values, conditions } = program;
  const failed = (reason: RejectReason): Cell[] => [
    id,
    ...values.map(() => null),
    ...conditions.map(() => null),
    ...rejectCells(reason),
  ];
  if (!result.ok) return failed(ownReason('RECORD_FAILED', { where: result.where, reason: result.message }));
  const given = 'values' in result ? result.values : [];
  const cells = values.map((target, index) => scriptCell(target.column.type, given[index] ?? null));
  const wrong = values.filter((_, index) => !cells[index]?.ok).map(({ blame }) => blame);
  const first = cells.find((cell) => !cell.ok);
  if (first && !first.ok) return failed(ownReason('TYPE_MISMATCH', { column: wrong[0], reason: first.reason }, wrong));
  const truths = conditions.map((_, index) => Boolean(given[values.length + index]));
  return [id, ...cells.map((cell) => (cell.ok ? cell.value : null)), ...truths, ...noReason];
}
