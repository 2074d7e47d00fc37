/** What a node says of its export, written down. */
import type { ExportReport } from '../../contract/exports.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { ArrivalRow, TaskRow } from '../db/rows.ts';
import type { Db } from '../db/transaction.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { readMarks } from './marks.ts';
import { openColumns } from './open.ts';
import type { ExportRow, ExportRunRow } from './rows.ts';

/** The last word counts. What people said of an export that was not settled yet is forgotten: its records are others now. */
export async function keepExport(
  { tx, run, at }: RunChange,
  { id, node_id, vars, node_label }: Pick<TaskRow, 'id' | 'node_id' | 'vars'> & { node_label: string },
  report: ExportReport,
): Promise<void> {
  const before: Pick<ExportRow, 'stage'> | undefined = await tx('exports').where({ id }).first('stage');
  if (before && before.stage !== 'settled') await tx('export_marks').where({ export_id: id }).delete();
  const marks = await readMarks(tx, id);
  const said = toColumns(report);
  const row = { ...said, ...openColumns(said, marks.all), updated_at: at };
  if (before) return void (await tx('exports').where({ id }).update(row));
  const { workflow_id, workflow_name, workflow_label, version } = run;
  const undo: Pick<ExportRunRow, 'export_id'> | undefined = await tx('export_runs')
    .where({ run_id: run.id, purpose: 'undo' })
    .first('export_id');
  const arrival: Pick<ArrivalRow, 'transition_id'> | undefined = await tx('arrivals')
    .where({ task_id: id })
    .whereNotNull('table_ref')
    .orderBy('id')
    .first('transition_id');
  await tx('exports').insert({
    ...{ id, run_id: run.id, workflow_id, workflow_name, workflow_label, version, node_id, node_label, vars },
    ...row,
    instance_vars: run.instance_vars,
    transition_id: arrival?.transition_id ?? null,
    undoes: undo?.export_id ?? null,
    created_at: at,
  });
}

function toColumns(report: ExportReport) {
  const { connection, object, objectLabel: object_label, operation, stage } = report;
  return {
    ...{ connection, object, object_label, operation, stage },
    counts: JSON.stringify(report.counts),
    forecast: report.forecast && JSON.stringify(report.forecast),
    fields: JSON.stringify(report.fields),
    remarks: JSON.stringify(report.remarks),
    tables: JSON.stringify(report.tables),
  };
}

export const readTables = ({ tables }: Pick<ExportRow, 'tables'>): ExportReport['tables'] =>
  JSON.parse(tables) as ExportReport['tables'];

/** Those that lie in the store of its run. */
export function tablesOf(row: Pick<ExportRow, 'tables'>): TableRef[] {
  const { input, records, calls, sent } = readTables(row);
  return [input, records, ...(calls ? [calls] : []), ...sent.map(({ rows }) => rows)];
}

/** Tables that must stay because exports are kept, of a run or of all. */
export async function listExportTables(
  db: Db,
  only: Partial<Pick<ExportRow, 'id' | 'run_id'>> = {},
): Promise<TableRef[]> {
  const rows: Pick<ExportRow, 'tables'>[] = await db('exports')
    .where({ gone: false, ...only })
    .select('tables');
  return rows.flatMap(tablesOf);
}
