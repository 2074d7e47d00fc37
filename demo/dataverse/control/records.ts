import { parseInstant } from '../../kit/clock.ts';
import type { Org } from '../org.ts';
import { newRow, type Row, type Table } from '../store/table.ts';
import type { Value } from '../tables/column.ts';
import { createRow, deleteRow, restoreRow, updateRow } from '../writes/writer.ts';
import { ControlError } from './rules.ts';

/** A change that a person or a program of the organisation makes, past the API. */
interface RecordChange {
  operation: 'create' | 'update' | 'delete' | 'restore' | 'touch';
  table: string;
  id?: string;
  /** By logical name; a lookup holds an id, and `<name>type` the table it leads to. Nothing is checked by its type. */
  values?: Record<string, Value>;
  /** How many rows are touched, the first ones: all get one stamp. */
  count?: number;
  /** Commits with this stamp, as a transaction does that began long ago. */
  stamp?: string;
}

/** Makes the changes one after another, and gives the ids of their rows. Throws ControlError for what makes no sense. */
export function changeRecords(org: Org, body: unknown): string[] {
  const changes = (Array.isArray(body) ? body : [body ?? {}]) as RecordChange[];
  return changes.flatMap((change) => changeRecord(org, change));
}

function changeRecord(org: Org, change: RecordChange): string[] {
  const table = org.table(change.table ?? '');
  if (table === undefined)
    throw new ControlError(`table must be one of ${org.tables.map(({ name }) => name).join(', ')}`);
  const options = change.stamp === undefined ? {} : { stamp: Math.floor(parseInstant(change.stamp) / 1000) };
  const values = change.values ?? {};
  switch (change.operation) {
    case 'create':
      return [createRow(org, table, values, change.id ?? null, options).id];
    case 'update':
      return [updateRow(org, table, rowOf(table, change), values, options).id];
    case 'delete':
      deleteRow(org, table, rowOf(table, change));
      return [change.id ?? ''];
    case 'restore':
      return [restoreRow(org, table, change.id ?? '', values).id];
    case 'touch':
      return touch(org, table, change.count ?? 1);
    default:
      throw new ControlError('operation must be create, update, delete, restore or touch');
  }
}

function rowOf(table: Table, { id = '' }: RecordChange): Row {
  const row = table.rows.get(id);
  if (row === undefined) throw new ControlError(`no row of ${table.name} has the id ${id}`);
  return row;
}

function touch(org: Org, table: Table, count: number): string[] {
  const modifiedon = `${new Date(org.clock.seconds() * 1000).toISOString().slice(0, 19)}Z`;
  const rows = [...table.rows.values()].slice(0, count);
  for (const row of rows) table.put(newRow(row.id, org.nextVersion(), { ...row.values, modifiedon }));
  return rows.map(({ id }) => id);
}
