/** What leaves the node, known while drawing: the same columns that the run makes. */
import type { InputColumns, Port } from '../../contract/node.ts';
import { errorPort } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { freshName, passedColumns } from '../kit/columns.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import type { CrmConfig } from './config.ts';
import { chosenFields, fieldColumn, idField, isByComparison, isExport, mayAsk, takesGone } from './config.ts';
import { movedColumn } from './export/moved.ts';

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

/** Rows of which nobody knows whether they were written. */
const doubtPort: Port = { name: 'doubt', label: 'In doubt', kind: 'doubt', rows: true };

/** Rows of records that others have taken the place of. */
const movedPort: Port = { name: 'moved', label: 'Moved', kind: 'branch', rows: true };

/** What would be written, row by row. */
const planPort: Port = { name: 'plan', label: 'Plan', kind: 'branch', rows: true };

export function portsOf(config: CrmConfig): Port[] {
  if (!isExport(config)) return importPorts(config);
  const moved = follows(config) ? [movedPort] : [];
  if (config.export.planOnly) return [planPort, rejectPort, ...moved];
  const errors = config.export.processErrors ? [{ ...errorPort, rows: true }] : [];
  return [successPort, rejectPort, ...moved, ...errors, doubtPort, ...(mayAsk(config) ? [planPort] : [])];
}

const follows = ({ operation, export: { moved } }: CrmConfig): boolean => operation === 'export' && moved.follow;

function importPorts(config: CrmConfig): Port[] {
  if (config.operation === 'deleted') return [successPort];
  return isByComparison(config) || takesGone(config) ? [successPort, gonePort, rejectPort] : [successPort, rejectPort];
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

const resultColumns: Column[] = [
  { name: 'recordId', label: 'Record id', type: 'text', identifying: true },
  { name: 'outcome', label: 'Outcome', type: 'text' },
];

const plannedColumns: Column[] = [
  { name: 'action', label: 'Action', type: 'text' },
  { name: 'recordId', label: 'Record id', type: 'text', identifying: true },
  { name: 'key', label: 'Key', type: 'text', identifying: true, personal: true },
  { name: 'values', label: 'New values', type: 'json', personal: true },
  { name: 'before', label: 'Old values', type: 'json', personal: true },
];

/** A column of its own beside those that arrive, by the name that is free: `from` is its name in the plan or the results. */
export interface AddedColumn {
  from: string;
  as: Column;
}

/** Why a row is left as it is, where that is not for being the same; it names values of the record. */
const remark: AddedColumn = {
  from: 'errorMessage',
  as: { name: 'remark', label: 'Remark', type: 'text', personal: true },
};

const remarks = ({ export: { key, newer } }: CrmConfig): AddedColumn[] => (key === '' || newer === '' ? [] : [remark]);

/** Behind the columns that arrive: what became of each row. */
export const addedResults = (config: CrmConfig, arriving: readonly Column[]): AddedColumn[] =>
  beside(arriving, [...resultColumns.map(asItIs), ...remarks(config)]);

/** Behind the columns that arrive: what would become of each row. */
export const addedPlan = (config: CrmConfig, arriving: readonly Column[]): AddedColumn[] =>
  beside(arriving, [...plannedColumns.map(asItIs), ...remarks(config)]);

/** Behind the columns that arrive: the id of the record that is to be written in place of the row's. */
export const addedMoved = (_: CrmConfig, arriving: readonly Column[]): AddedColumn[] =>
  beside(arriving, [asItIs(movedColumn)]);

/** Beside the reject columns, where records of the object can become others. */
export const moreRejectColumns = ({ operation, export: { moved } }: CrmConfig): Column[] =>
  operation === 'export' && (moved.object !== '' || moved.follow) ? [movedColumn] : [];

const asItIs = (as: Column): AddedColumn => ({ from: as.name, as });

function beside(arriving: readonly Column[], added: readonly AddedColumn[]): AddedColumn[] {
  const taken = new Set(arriving.map((column) => column.name));
  return added.map(({ from, as: column }) => {
    const as = { ...column, name: freshName(column.name, taken) };
    taken.add(as.name);
    return { from, as };
  });
}

function exportedColumns(config: CrmConfig, inputs: readonly InputColumns[]): Record<string, Column[] | null> {
  const { planOnly, processErrors } = config.export;
  const arriving = passedColumns(inputs);
  const added = (columns: typeof addedPlan): Column[] | null =>
    arriving && [...arriving, ...columns(config, arriving).map(({ as }) => as)];
  const reject = arriving && withRejectColumns(arriving, moreRejectColumns(config));
  const plan = added(addedPlan);
  const moved: Record<string, Column[] | null> = follows(config) ? { moved: added(addedMoved) } : {};
  if (planOnly) return { plan, reject, ...moved };
  return {
    success: added(addedResults),
    reject,
    ...moved,
    ...(processErrors ? { error: arriving } : {}),
    doubt: arriving && withRejectColumns(arriving),
    ...(mayAsk(config) ? { plan } : {}),
  };
}

export function outputColumns(config: CrmConfig, inputs: readonly InputColumns[]): Record<string, Column[] | null> {
  return isExport(config) ? exportedColumns(config, inputs) : readColumns(config, inputs);
}

function readColumns(config: CrmConfig, inputs: readonly InputColumns[]): Record<string, Column[] | null> {
  if (config.operation === 'deleted') return { success: deletedColumns };
  const columns = importedColumns(config);
  if (config.source === 'filter')
    return {
      success: columns,
      ...(isByComparison(config) || takesGone(config) ? { gone: goneColumns } : {}),
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
