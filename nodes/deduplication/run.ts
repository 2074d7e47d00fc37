import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import { rejectedRows } from '../kit/rejects.ts';
import { arrivedRows, countText, demandColumns } from '../kit/rows.ts';
import type { NodeContext, NodeRun } from '../kit/run.ts';
import { computed, computeSide } from './computed.ts';
import type { DeduplicationConfig } from './definition.ts';
import { duplicatesOf } from './duplicates.ts';
import { markKept, markRow, marksOf } from './marks.ts';

/** One pass decides which rows are kept; the outputs are selections of the input. */
export const run: NodeRun<DeduplicationConfig> = async (context) => {
  const { config } = context;
  const input = arrivedRows(context);
  demandColumns(input, namedColumns(config));
  const side = await computeSide(context, input);
  const marks = await context.table(marksOf(config, input, side?.table ?? null));
  const success = await context.table(marked(input, marks, true));
  const ports: Record<string, TableRef> = { success };
  if (config.complement)
    ports.duplicates = await context.table(
      duplicatesOf(input, marks, config.keptColumn) ?? marked(input, marks, false),
    );
  if (side) ports.reject = await context.table(rejectedRows(input, failedRows(side.table), computed.row));
  log(context, input.count, success.count, side?.failures ?? 0);
  return { ports };
};

function namedColumns(config: DeduplicationConfig): string[] {
  const keys = config.keys.flatMap((key) => (key.kind === 'column' ? [key.column] : []));
  const by = config.method === 'mostRecent' || config.method === 'oldest' ? [config.by] : [];
  const shown = config.complement && config.keptColumn !== '' ? [config.keptColumn] : [];
  return [...keys, ...by, ...(config.method === 'nonEmpty' ? config.filled : []), ...shown];
}

const marked = (input: TableRef, marks: TableRef, kept: boolean): Relation => ({
  op: 'join',
  kind: 'semi',
  left: scan(input),
  right: {
    op: 'filter',
    input: scan(marks),
    where: { op: 'eq', left: column(markKept), right: literal(kept, 'boolean') },
  },
  on: [{ left: rowId, right: column(markRow) }],
});

const failedRows = (side: TableRef): Relation => ({
  op: 'filter',
  input: scan(side),
  where: { op: 'isNotNull', value: column(computed.failed) },
});

function log(context: NodeContext, arrived: number, kept: number, failed: number): void {
  const removed = arrived - kept - failed;
  const rejected = failed > 0 ? `, ${countText(failed)} rejected` : '';
  context.log('info', `${countText(kept)} kept, ${countText(removed)} duplicates${rejected}`);
}
