/** The physical tables behind a record: made, filled, dropped. */
import { type Column, type ColumnType, foldText } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import type { Dialect } from '../relation/dialect.ts';
import { columnsPerPart, partName, partOf } from '../relation/shape.ts';
import type { NewTable, TableRecord } from './catalogue.ts';

/** Throws when two columns share a name, which relations could not tell apart. */
export function checkNames(columns: readonly Column[]): void {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) throw new Error(`A table cannot have two columns named "${name}"`);
    names.add(name);
  }
}

/** Columns stored in the table itself, with their physical names. */
export function ownColumns({ columns, places }: NewTable): { name: string; type: ColumnType }[] {
  return columns.flatMap(({ type }, index) => {
    const name = places[index] ?? '';
    return name.startsWith('b.') ? [] : [{ name, type }];
  });
}

export function partsOf(record: TableRecord): string[] {
  const last = ownColumns(record).at(-1);
  const count = last ? partOf(last.name) + 1 : 1;
  return Array.from({ length: count }, (_, part) => partName('', record.no, part));
}

export async function createParts(db: Connection, dialect: Dialect, record: TableRecord): Promise<void> {
  const own = ownColumns(record).map(({ name, type }) => `${name} ${dialect.columnType(type)}`);
  for (const [part, name] of partsOf(record).entries()) {
    const columns = own.slice(part * columnsPerPart, (part + 1) * columnsPerPart);
    await db.run(
      dialect.createTable(name, [`_id ${dialect.idType}`, ...(part === 0 ? hidden(dialect, record) : []), ...columns]),
    );
  }
}

function hidden(dialect: Dialect, { base, identity, via }: TableRecord): string[] {
  const int = dialect.columnType('integer');
  return [
    ...(base ? [`b ${int} NOT NULL`] : []),
    ...(base || identity === 'own' ? [] : [`_rid ${int}`]),
    ...(via ? [`_via ${dialect.anyType}`] : []),
  ];
}

export async function dropParts(db: Connection, record: TableRecord): Promise<void> {
  for (const name of partsOf(record)) await db.run(`DROP TABLE IF EXISTS ${name}`);
}

/** FNV-1a over the folded text: what the index of identifying values holds instead of the value. */
export function hashIdentity(text: string): number {
  const folded = foldText(text.trim());
  let hash = 0x811c9dc5;
  for (let index = 0; index < folded.length; index += 1) {
    hash = Math.imul(hash ^ folded.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
