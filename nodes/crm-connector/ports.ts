/** What leaves the node, known while drawing: the same columns that the run makes. */
import type { InputColumns, Port } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { freshName, passedColumns } from '../kit/columns.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import type { CrmConfig } from './config.ts';
import { chosenFields, fieldColumn, idField, isByComparison } from './config.ts';

/** The record as the CRM sent it, for rejects. */
const recordColumn: Column = { name: 'record', label: 'Record', type: 'json', personal: true };

export const goneColumns: Column[] = [
  { name: idField, label: 'Record id', type: 'text', source: idField, identifying: true },
];

export const deletedColumns: Column[] = [
  ...goneColumns,
  { name: 'DeletedDate', label: 'Deletion date', type: 'datetime' },
];

/** Records that were there at the last import and are not any more. */
const gonePort: Port = { name: 'gone', label: 'Gone', kind: 'branch', rows: true };

export function importPorts(config: CrmConfig): Port[] {
  if (config.operation === 'deleted') return [successPort];
  return isByComparison(config) ? [successPort, gonePort, rejectPort] : [successPort, rejectPort];
}

function importedColumns(config: CrmConfig): Column[] {
  return chosenFields(config).map(fieldColumn);
}

/** Inbound columns that travel on, by the name they travel under: one that a remote field has is given a new one. */
export function keptColumns(config: CrmConfig, arriving: readonly Column[]): { from: string; as: Column }[] {
  const taken = new Set(importedColumns(config).map((column) => column.name));
  return config.population.keep.flatMap((from) => {
    const found = arriving.find((column) => column.name === from);
    if (!found) return [];
    const as = { ...found, name: freshName(from, taken) };
    taken.add(as.name);
    return [{ from, as }];
  });
}

export function outputColumns(config: CrmConfig, inputs: readonly InputColumns[]): Record<string, Column[] | null> {
  if (config.operation === 'deleted') return { success: deletedColumns };
  const columns = importedColumns(config);
  if (config.source === 'filter')
    return {
      success: columns,
      ...(isByComparison(config) ? { gone: goneColumns } : {}),
      reject: withRejectColumns(recordColumns(columns)),
    };
  const arriving = passedColumns(inputs);
  if (arriving === null) return { success: null, reject: null };
  return {
    success: [...columns, ...keptColumns(config, arriving).map(({ as }) => as)],
    reject: withRejectColumns(arriving),
  };
}

/** Those of a record that could not be read. */
export function recordColumns(columns: readonly Column[]): Column[] {
  return [...columns.filter((column) => column.name === idField), recordColumn];
}
