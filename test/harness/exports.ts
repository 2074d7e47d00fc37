/** What tests of exports share: the organisation, the settings, and the rows that arrive. */
import type { Cell, Column, ColumnType } from '../../contract/types.ts';
import type { CrmConfig } from '../../nodes/crm-connector/config.ts';
import { defaults } from '../../nodes/crm-connector/config.ts';
import type { ExportConfig, MappedField } from '../../nodes/crm-connector/exportConfig.ts';
import { exportDefaults } from '../../nodes/crm-connector/exportConfig.ts';
import type { TestEngineOptions } from './engine.ts';
import { engineWithDemo } from './engineWithDemo.ts';
import type { Flow } from './flow.ts';

export type Row = Record<string, unknown>;

/** Settings of the export, and what else differs from an export of contacts. */
export type Settings = Partial<ExportConfig> & Partial<Pick<CrmConfig, 'operation' | 'object'>>;

export function mapped(field: string, column: string, more: Partial<MappedField> = {}): MappedField {
  const source = { kind: 'column' as const, column };
  return { field, label: field, type: 'text', source, conversion: 'default', empty: 'keep', onlyIf: '', ...more };
}

export const code = (text: string): MappedField['source'] => ({ kind: 'expression', code: text });

/** An organisation and an engine for all tests of a file. */
export async function exportTests(contacts: number, seed: number, nodes: TestEngineOptions['nodes'] = []) {
  const { engine, demo, org } = await engineWithDemo({ contacts, seed, nodes, clock: '2026-07-01T12:00:00Z' });
  return {
    engine,
    org: () => org,
    /** Method and path of what the organisation was asked while `work` went on. */
    async requestsOf(work: () => Promise<unknown>): Promise<string[]> {
      await fetch(`${demo.url}/__demo/requests`, { method: 'DELETE' });
      await work();
      const answer = await fetch(`${demo.url}/__demo/requests`);
      const all = (await answer.json()) as { method: string; path: string }[];
      return all.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`);
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
