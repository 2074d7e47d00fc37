/**
 * What a run store knows of its tables. `_tables` describes them, `_outputs` says which are finished and with how many
 * rows, `_positions` where a writer stands, `_fences` the latest attempt of each task that has written.
 */
import { UserError } from '../../../contract/errors.ts';
import type { TableRef } from '../../../contract/relation.ts';
import type { Column } from '../../../contract/types.ts';
import type { Connection, Param } from '../connection.ts';
import type { Dialect } from '../relation/dialect.ts';
import { FencedError, type TableOwner } from '../types.ts';

/**
 * Whose `_rid` the rows have. `own`: each row is a new record, its number follows from table and `_id`; `given`: stored;
 * `mixed`: stored, or new where it is null. A selection has that of its base.
 */
export type Identity = 'own' | 'given' | 'mixed';

export interface TableRecord {
  no: number;
  task: string;
  attempt: number;
  name: string | null;
  /** A selection: rows of this table (`b` is their `_id`), with columns of its own beside. */
  base: { no: number; identity: Identity } | null;
  identity: Identity;
  columns: Column[];
  /** For each column `c7` (stored here) or `b.c7` (stored in the base). */
  places: string[];
  /** Has a column `_via`: the identities of further parents. */
  via: boolean;
  /** No thousand rows in a row are longer than a few megabytes; what is not known to be so is read with care. */
  light: boolean;
  /** null: not finished. */
  count: number | null;
}

export function catalogueTables({ bytesType, columnType, createTable, serialType }: Dialect): string[] {
  const int = columnType('integer');
  return [
    createTable('_fences', ['task TEXT PRIMARY KEY', 'attempt INTEGER NOT NULL'], { keyed: true }),
    createTable('_tables', [
      `no ${serialType}`,
      'task TEXT NOT NULL, attempt INTEGER NOT NULL, name TEXT',
      `base ${int}, identity TEXT NOT NULL, columns TEXT NOT NULL, places TEXT NOT NULL`,
      'via INTEGER NOT NULL, light INTEGER NOT NULL, dropped INTEGER NOT NULL DEFAULT 0',
    ]),
    'CREATE INDEX _tables_task ON _tables (task, name)',
    createTable('_positions', [
      `no ${int} PRIMARY KEY, attempt INTEGER NOT NULL, position TEXT NOT NULL, count ${int} NOT NULL`,
    ]),
    createTable('_outputs', [`no ${int} PRIMARY KEY, count ${int} NOT NULL`]),
    createTable('_identities', [
      `no ${int} NOT NULL, first ${int} NOT NULL, hashes ${bytesType} NOT NULL, PRIMARY KEY (no, first)`,
    ]),
    createTable(
      '_lineage',
      [`parent ${int} NOT NULL, child ${int} NOT NULL, no ${int} NOT NULL, PRIMARY KEY (parent, child, no)`],
      { keyed: true },
    ),
  ];
}

/** Every write of a run store begins with this: an attempt that a later one has overtaken changes nothing. */
export async function fence(db: Connection, { taskId, attempt }: TableOwner): Promise<void> {
  const moved = await db.run(
    `INSERT INTO _fences (task, attempt) VALUES (?1, ?2)
     ON CONFLICT (task) DO UPDATE SET attempt = excluded.attempt WHERE excluded.attempt >= _fences.attempt`,
    [taskId, attempt],
  );
  if (moved === 0) throw new FencedError(`Attempt ${attempt} of task ${taskId} was overtaken by a later one`);
}

interface TableRow extends Omit<TableRecord, 'base' | 'columns' | 'places' | 'via' | 'light'> {
  base: number | null;
  baseIdentity: Identity | null;
  columns: string;
  places: string;
  via: number;
  light: number;
}

const selectTables = (schema: string) => `
  SELECT t.no, t.task, t.attempt, t.name, t.base, t.identity, t.columns, t.places, t.via, t.light,
         b.identity AS "baseIdentity", o.count
  FROM ${schema}_tables t
  LEFT JOIN ${schema}_tables b ON b.no = t.base
  LEFT JOIN ${schema}_outputs o ON o.no = t.no
  WHERE`;

function toRecord({ base, baseIdentity, columns, places, via, light, ...row }: TableRow): TableRecord {
  return {
    ...row,
    base: base === null || baseIdentity === null ? null : { no: base, identity: baseIdentity },
    columns: JSON.parse(columns) as Column[],
    places: JSON.parse(places) as string[],
    via: via === 1,
    light: light === 1,
  };
}

export const tableId = (no: number): string => `w${no}`;
const tableNo = (id: string): number => Number(/^w(\d{1,9})$/.exec(id)?.[1] ?? -1);

/** Throws WORK_TABLE_LOST if the table is unknown, dropped or was never finished. */
export async function findTable(db: Connection, schema: string, ref: TableRef): Promise<TableRecord> {
  const [row] = await db.all<TableRow>(`${selectTables(schema)} t.dropped = 0 AND t.no = ?1`, [tableNo(ref.id)]);
  if (!row) throw new UserError('WORK_TABLE_LOST', { table: ref.id, reason: 'the table is gone' });
  if (row.count === null) throw new UserError('WORK_TABLE_LOST', { table: ref.id, reason: 'it was never finished' });
  return toRecord(row);
}

/** The latest table that any attempt of the task began under this name. */
export async function findNamed(db: Connection, taskId: string, name: string): Promise<TableRecord | null> {
  const sql = `${selectTables('')} t.dropped = 0 AND t.task = ?1 AND t.name = ?2 ORDER BY t.no DESC LIMIT 1`;
  const [row] = await db.all<TableRow>(sql, [taskId, name]);
  return row ? toRecord(row) : null;
}

export async function findTables(db: Connection, where: string, params: Param[] = []): Promise<TableRecord[]> {
  const rows = await db.all<TableRow>(`${selectTables('')} ${where} ORDER BY t.no`, params);
  return rows.map(toRecord);
}

export type NewTable = Omit<TableRecord, 'no' | 'task' | 'attempt' | 'count'>;

export async function addTable(db: Connection, owner: TableOwner, table: NewTable): Promise<TableRecord> {
  const [row] = await db.all<{ no: number }>(
    `INSERT INTO _tables (task, attempt, name, base, identity, columns, places, via, light)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING no`,
    [
      owner.taskId,
      owner.attempt,
      table.name,
      table.base?.no ?? null,
      table.identity,
      JSON.stringify(table.columns),
      JSON.stringify(table.places),
      table.via ? 1 : 0,
      table.light ? 1 : 0,
    ],
  );
  if (!row) throw new Error('A new table was given no number');
  return { ...table, no: row.no, task: owner.taskId, attempt: owner.attempt, count: null };
}

/** Says for good that the table has this many rows. Durable if the transaction is. */
export async function finishTable(db: Connection, no: number, count: number): Promise<void> {
  await db.run('INSERT INTO _outputs (no, count) VALUES (?1, ?2) ON CONFLICT (no) DO UPDATE SET count = ?2', [
    no,
    count,
  ]);
}

export function toRef(store: string, record: TableRecord, count: number): TableRef {
  return { store, id: tableId(record.no), columns: record.columns, count };
}
