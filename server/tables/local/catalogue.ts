/** What the store of local data knows of its tables, and which writes were applied. */
import { UserError } from '../../../contract/errors.ts';
import type { Column, ColumnType } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import type { Dialect } from '../relation/dialect.ts';

export interface LocalTable {
  /** Its physical name is `t<no>`, its columns are `c1…` in this order. */
  no: number;
  name: string;
  columns: Column[];
  key: string[];
  rows: number;
}

export function localTables({ columnType, createTable, serialType }: Dialect): string[] {
  return [
    createTable('_local', [
      `no ${serialType}`,
      'name TEXT NOT NULL UNIQUE, columns TEXT NOT NULL, key TEXT NOT NULL',
      `rows ${columnType('integer')} NOT NULL DEFAULT 0`,
    ]),
    createTable('_applied', ['key TEXT NOT NULL, step TEXT NOT NULL, result TEXT NOT NULL, PRIMARY KEY (key, step)'], {
      keyed: true,
    }),
  ];
}

type LocalRow = Omit<LocalTable, 'columns' | 'key'> & { columns: string; key: string };

const toTable = ({ columns, key, ...row }: LocalRow): LocalTable => ({
  ...row,
  columns: JSON.parse(columns) as Column[],
  key: JSON.parse(key) as string[],
});

export async function findLocal(db: Connection, schema: string, name: string): Promise<LocalTable | null> {
  const [row] = await db.all<LocalRow>(`SELECT no, name, columns, key, rows FROM ${schema}_local WHERE name = ?1`, [
    name,
  ]);
  return row ? toTable(row) : null;
}

export async function listLocal(db: Connection): Promise<LocalTable[]> {
  const rows = await db.all<LocalRow>('SELECT no, name, columns, key, rows FROM _local ORDER BY name');
  return rows.map(toTable);
}

/** Throws TYPE_MISMATCH if the table has the column with another type. */
export function checkType(table: LocalTable, name: string, type: ColumnType): void {
  const stored = table.columns.find((column) => column.name === name)?.type ?? type;
  if (stored === type) return;
  const reason = `it is ${stored} in the local table "${table.name}", not ${type}`;
  throw new UserError('TYPE_MISMATCH', { column: name, reason });
}

/** Another key would find other rows, or several. Throws CONFIG_INVALID. */
export function checkKey({ name, key }: LocalTable, wanted: string[]): void {
  if (wanted.length === key.length && key.every((column) => wanted.includes(column))) return;
  const reason = `the local table "${name}" has the key ${key.join(', ')}, not ${wanted.join(', ')}`;
  throw new UserError('CONFIG_INVALID', { field: 'Key', reason });
}
