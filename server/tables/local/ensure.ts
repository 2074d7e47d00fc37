/** Tables of local data: made, widened, dropped. */
import { UserError } from '../../../contract/errors.ts';
import type { Column } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import type { Dialect } from '../relation/dialect.ts';
import { checkNames } from '../run/physical.ts';
import { checkKey, checkType, findLocal, type LocalTable } from './catalogue.ts';

/** A table lies in one piece, and databases allow about this many columns. */
const mostColumns = 1_500;

/** Creates the table or adds the columns it lacks; nothing that is there changes. */
export async function ensureTable(
  db: Connection,
  dialect: Dialect,
  wanted: { name: string; columns: Column[]; key: string[] },
): Promise<void> {
  checkNames(wanted.columns);
  const table = await findLocal(db, '', wanted.name);
  if (!table) return createTable(db, dialect, wanted);
  checkKey(table, wanted.key);
  for (const { name, type } of wanted.columns) checkType(table, name, type);
  const known = new Set(table.columns.map(({ name }) => name));
  await addColumns(
    db,
    dialect,
    table,
    wanted.columns.filter(({ name }) => !known.has(name)),
  );
}

async function createTable(
  db: Connection,
  dialect: Dialect,
  { name, columns, key }: { name: string; columns: Column[]; key: string[] },
): Promise<void> {
  checkCount(name, columns.length);
  const keyPlaces = key.map((one) => columns.findIndex((column) => column.name === one));
  if (key.length === 0 || keyPlaces.includes(-1))
    throw new UserError('CONFIG_INVALID', { field: 'Key', reason: `the local table "${name}" needs key columns` });
  const [row] = await db.all<{ no: number }>(
    'INSERT INTO _local (name, columns, key) VALUES (?1, ?2, ?3) RETURNING no',
    [name, JSON.stringify(columns), JSON.stringify(key)],
  );
  if (!row) throw new Error('A new table was given no number');
  const stored = columns.map(({ type }, index) => {
    return `c${index + 1} ${dialect.columnType(type)}${keyPlaces.includes(index) ? ' NOT NULL' : ''}`;
  });
  await db.run(dialect.createTable(`t${row.no}`, [`_id ${dialect.idType}`, ...stored]));
  await db.run(
    `CREATE UNIQUE INDEX t${row.no}_key ON t${row.no} (${keyPlaces.map((place) => `c${place + 1}`).join(', ')})`,
  );
}

async function addColumns(db: Connection, dialect: Dialect, table: LocalTable, added: Column[]): Promise<void> {
  if (added.length === 0) return;
  const columns = [...table.columns, ...added];
  checkCount(table.name, columns.length);
  for (const [index, { type }] of added.entries()) {
    const name = `c${table.columns.length + index + 1}`;
    await db.run(`ALTER TABLE t${table.no} ADD COLUMN ${name} ${dialect.columnType(type)}`);
  }
  await db.run('UPDATE _local SET columns = ?2 WHERE no = ?1', [table.no, JSON.stringify(columns)]);
}

function checkCount(name: string, count: number): void {
  if (count <= mostColumns) return;
  const reason = `the local table "${name}" would have ${count} columns, more than ${mostColumns}`;
  throw new UserError('CONFIG_INVALID', { field: 'Columns', reason });
}

/** Throws NOT_FOUND. */
export async function dropTable(db: Connection, name: string): Promise<void> {
  const table = await findLocal(db, '', name);
  if (!table) throw new UserError('NOT_FOUND', { what: `The local table "${name}"` });
  await db.run(`DROP TABLE t${table.no}`);
  await db.run('DELETE FROM _local WHERE no = ?1', [table.no]);
}
