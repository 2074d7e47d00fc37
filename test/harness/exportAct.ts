/** A node of a test that exports nothing anywhere and keeps what a test says that it has. */
import type { ExportReport, ExportStage } from '../../contract/exports.ts';
import { exportCallColumns, exportRecordColumns } from '../../contract/exports.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';

/** What becomes of a row; what is left out is null. */
export type Fate = Partial<Record<(typeof exportRecordColumns)[number]['name'], Cell>>;

const recordColumns: Column[] = exportRecordColumns.map((column) => ({ ...column }));
const callColumns: Column[] = exportCallColumns.map((column) => ({ ...column }));

/** One for each row of the input. */
export async function keepFates(
  context: NodeContext,
  stage: ExportStage,
  fates: readonly Fate[],
  report: Partial<Omit<ExportReport, 'tables'>> & Partial<ExportReport['tables']> = {},
): Promise<ExportReport> {
  const { input = context.inputs[0]?.table, calls = null, sent = [], ...more } = report;
  if (!input) throw new Error('No rows came to the export.');
  const name = `records ${stage} ${context.task.attempt}`;
  const rows = fates.map((fate, index) => recordColumns.map((own) => ({ _row: index + 1, ...fate })[own.name] ?? null));
  const kept: ExportReport = {
    connection: 'crm',
    object: 'Contact',
    objectLabel: 'Contact',
    operation: 'upsert',
    stage,
    counts: countFates(stage, fates),
    forecast: { planned: 2, needed: 3, made: 4, used: 10, allowed: 15_000 },
    fields: [
      { name: 'Email', label: 'Email', type: 'text' },
      { name: 'LastName', label: 'Last name', type: 'text' },
    ],
    remarks: ['A remark.'],
    ...more,
    tables: { input, records: await write(context, name, recordColumns, rows), calls, sent },
  };
  await context.keepExport(kept);
  return kept;
}

export const writeCalls = (context: NodeContext, rows: Cell[][]): Promise<TableRef> =>
  write(context, 'kept calls', callColumns, rows);

async function write(context: NodeContext, name: string, columns: Column[], rows: Cell[][]): Promise<TableRef> {
  const writer = await context.writer({ columns, name });
  await writer.append(rows);
  return writer.finish();
}

function countFates(stage: ExportStage, fates: readonly Fate[]): ExportReport['counts'] {
  const sum = (name: 'action' | 'outcome') => {
    const said = fates.flatMap((fate) => (fate[name] === undefined || fate[name] === null ? [] : [String(fate[name])]));
    return Object.fromEntries([...Map.groupBy(said, (word) => word)].map(([word, all]) => [word, all.length]));
  };
  const refused = fates.filter(({ action = null }) => action === null).length;
  const outcomes = stage === 'sending' || stage === 'settled' ? sum('outcome') : {};
  return { input: fates.length, refused, actions: sum('action'), outcomes };
}
