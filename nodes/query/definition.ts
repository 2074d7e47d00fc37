import type { InputColumns, Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import type { QueryConfig } from './config.ts';
import { configSchema, defaults, hasRejects, readConfig, resultColumns } from './config.ts';
import { form } from './form.ts';

const ports = (config: unknown): Port[] => [successPort, ...(hasRejects(readConfig(config)) ? [rejectPort] : [])];

function columns(given: unknown, _: InputColumns[]): Record<string, Column[] | null> {
  const config = readConfig(given);
  const own = resultColumns(config);
  const rejected = rejectedColumns(config);
  return { success: own, ...(hasRejects(config) ? { reject: withRejectColumns(rejected) } : {}) };
}

/** Of a record that fails, what was computed is not known. */
const rejectedColumns = (config: QueryConfig): Column[] => resultColumns({ ...config, computed: [] });

function summary(given: unknown): string {
  const config = readConfig(given);
  if (config.mode === 'sql') return `SQL · ${config.declared.length} columns`;
  const parts = [
    config.filter.items.length > 0 ? 'filtered' : 'all rows',
    ...(config.limit > 0 ? [`at most ${config.limit}`] : []),
  ];
  return `${config.table.slice(0, 40) || 'choose a table'} · ${parts.join(', ')}`;
}

export const definition = defineNode<QueryConfig>({
  type: 'query',
  label: 'Query',
  description: 'Takes rows of local data: a table with filter, columns and order, or a SELECT of your own.',
  group: 'sources',
  icon: 'IconDatabaseSearch',
  keywords: ['sql', 'select', 'model', 'segment', 'filter', 'target', 'population', 'local data', 'table', 'audience'],
  config: configSchema,
  defaults,
  form,
  labels: { table: 'Table', columns: 'Columns', filter: 'Filter', orderBy: 'Order by', sql: 'SQL' },
  inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
  starts: 'manual',
  ports,
  columns,
  summary,
});
