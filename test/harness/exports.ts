/** What tests of exports share: the organisation, the settings, and the rows that arrive. */
import type { ExportCounts, ExportReport } from '../../contract/exports.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column, ColumnType } from '../../contract/types.ts';
import type { CrmConfig } from '../../nodes/crm-connector/config.ts';
import { defaults } from '../../nodes/crm-connector/config.ts';
import type { ExportConfig, MappedField } from '../../nodes/crm-connector/exportConfig.ts';
import { exportDefaults } from '../../nodes/crm-connector/exportConfig.ts';
import type { TableBatch } from '../../nodes/kit/run.ts';
import { nowText } from '../../server/db/clock.ts';
import { createIds } from '../../server/db/ids.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { readTables } from '../../server/exports/keep.ts';
import type { ExportRow } from '../../server/exports/rows.ts';
import { startUndo } from '../../server/exports/undo.ts';
import type { TestEngine, TestEngineOptions } from './engine.ts';
import { engineWithDemo } from './engineWithDemo.ts';
import type { Flow } from './flow.ts';
import { Run } from './flow.ts';

export type Row = Record<string, unknown>;

/** Settings of the export, and what else differs from an export of contacts. */
export type Settings = Partial<ExportConfig> & Partial<Pick<CrmConfig, 'operation' | 'object'>>;

export function mapped(field: string, column: string, more: Partial<MappedField> = {}): MappedField {
  const source = { kind: 'column' as const, column };
  return { field, label: field, type: 'text', source, conversion: 'default', empty: 'keep', onlyIf: '', ...more };
}

export const code = (text: string): MappedField['source'] => ({ kind: 'expression', code: text });

type ExportForecast = NonNullable<ExportReport['forecast']>;

/** What is kept of an export. */
export interface Kept {
  row: ExportRow;
  stage: string;
  counts: ExportCounts;
  forecast: ExportForecast | null;
  remarks: string[];
  records: Row[];
  calls: Row[];
}

const salesforce = { name: 'demo', kind: 'salesforce', capabilities: ['crm', 'assignmentRules'] };

async function rowsOf(batches: AsyncIterable<TableBatch>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches)
    for (const cells of batch.rows)
      rows.push(Object.fromEntries(batch.columns.map((name, index) => [name, cells[index] ?? null])));
  return rows;
}

/** What tests do with an engine whose connection "demo" leads to a CRM. */
export function exportTools(
  engine: TestEngine,
  crm: NonNullable<Parameters<typeof startUndo>[3]['connections']>[number],
) {
  return {
    /** The last export of a run: what is kept of it, and its records. */
    async kept(run: { id: string }): Promise<Kept> {
      const { db, stores } = engine.parts;
      const row: ExportRow | undefined = await db('exports').where({ run_id: run.id }).orderBy('id', 'desc').first();
      if (!row) throw new Error(`The run ${run.id} keeps no export.`);
      const { records, calls } = readTables(row);
      const rows = (table: TableRef): Promise<Row[]> =>
        rowsOf(stores.run(row.run_id).read(table, { signal: new AbortController().signal }));
      return {
        row,
        stage: row.stage,
        counts: JSON.parse(row.counts) as ExportCounts,
        forecast: JSON.parse(row.forecast ?? 'null') as ExportForecast | null,
        remarks: JSON.parse(row.remarks) as string[],
        records: await rows(records),
        calls: calls === null ? [] : await rows(calls),
      };
    },
    /** A run that undoes an export, of all records or of these rows; it waits for an answer when it has anything to do. */
    async undo({ row }: Kept, rows: number[] | null = null): Promise<Run> {
      const { db, catalog } = engine.parts;
      const host = { catalog: catalog.definitions, newId: createIds(engine.clock), at: nowText(engine.clock) };
      const origin = { kind: 'manual', by: 'test' } as const;
      const how = { rows, origin, connections: [crm] };
      const { id } = await inTransaction(db, (tx) => startUndo(tx, host, row, how));
      engine.nudge();
      return new Run(engine, id);
    },
    /** The node `send` with rows of these columns, of which a row may leave out some. */
    flow(types: Record<string, ColumnType>, rows: readonly Row[], settings: Settings, type = 'crm-connector'): Flow {
      const { operation = 'export', object = 'Contact', ...own } = settings;
      const columns: Column[] = Object.entries(types).map(([name, type]) => ({ name, label: name, type }));
      const cells = rows.map((row) => columns.map(({ name }) => (row[name] ?? null) as Cell));
      const config = { ...defaults, operation, connection: 'demo', object, export: { ...exportDefaults, ...own } };
      return engine.flow({ send: { type, config } }, ['input -> send']).withRows('input', columns, cells);
    },
  };
}

/** An organisation of Salesforce and an engine for all tests of a file. */
export async function exportTests(contacts: number, seed: number, nodes: TestEngineOptions['nodes'] = []) {
  const { engine, demo, org } = await engineWithDemo({ contacts, seed, nodes, clock: '2026-07-01T12:00:00Z' });
  const requests = async (): Promise<{ method: string; path: string; query: string }[]> => {
    const answer = await fetch(`${demo.url}/__demo/requests`);
    return (await answer.json()) as { method: string; path: string; query: string }[];
  };
  return {
    engine,
    org: () => org,
    /** Method and path of what the organisation was asked while `work` went on. */
    async requestsOf(work: () => Promise<unknown>): Promise<string[]> {
      await fetch(`${demo.url}/__demo/requests`, { method: 'DELETE' });
      await work();
      return (await requests()).map(({ method, path }) => `${method} ${decodeURIComponent(path)}`);
    },
    /** Of what it was asked so far. */
    requests,
    ...exportTools(engine, salesforce),
  };
}
