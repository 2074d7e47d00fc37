/** How rows of a table are reached in SQL: which physical tables to join, and where each column lies. */
import type { ColumnType } from '../../../contract/types.ts';
import type { TableRecord } from '../run/catalogue.ts';
import type { Dialect } from './dialect.ts';

/**
 * Columns per physical table; a table with more is cut into parts with the same `_id`. A row of PostgreSQL must fit a page
 * of 8 KB, in which each text may take 24 bytes however long it is.
 */
export const columnsPerPart = 300;

export interface Located {
  sql: string;
  /** The physical table that must be joined; null: none. */
  alias: string | null;
}

export interface Shape {
  /** `_id`, rising from 1 without gaps. */
  id: string;
  rid: Located;
  /** `_id` in the table that holds the rows: that of the base, for a selection. */
  base: Located;
  cell(name: string): (Located & { type: ColumnType }) | undefined;
  from(aliases: Iterable<string | null>): string;
  /** One physical table alone, at the row that `from` stands at: what follows FROM. */
  part(alias: string): string;
}

export const partOf = (place: string): number => Math.floor((Number(place.slice(1)) - 1) / columnsPerPart);
export const partName = (schema: string, no: number, part: number): string =>
  part === 0 ? `${schema}w${no}` : `${schema}w${no}_${part}`;

/** The identity of a new record: the number of its table and its `_id` in it. Stays under 2^53. */
export const ownRid = (no: number, id: string): string => `(${no * 2 ** 32} + ${id})`;

/** `schema`: what stands before its name, see Schemas. */
export function tableShape({ join }: Dialect, schema: string, record: TableRecord): Shape {
  const cells = new Map(record.columns.map((column, index) => [column.name, locate(record, column.type, index)]));
  return {
    id: 't._id',
    rid: locateRid(record),
    base: { sql: record.base ? 't.b' : 't._id', alias: null },
    cell: (name) => cells.get(name),
    from: (aliases) => joinParts(join, schema, record, new Set(aliases)),
    part: (alias) => partAt(schema, record, alias, 'WHERE'),
  };
}

function locate(record: TableRecord, type: ColumnType, index: number): Located & { type: ColumnType } {
  const place = record.places[index];
  if (place === undefined) throw new Error(`Column ${index} of table ${record.no} has no place`);
  const inBase = place.startsWith('b.');
  const column = inBase ? place.slice(2) : place;
  const part = partOf(column);
  const alias = `${inBase ? 'b' : 't'}${part === 0 ? '' : part}`;
  return { type, alias: alias === 't' ? null : alias, sql: `${alias}.${column}` };
}

function locateRid({ no, base, identity }: TableRecord): Located {
  if (!base) return { sql: ridOf(no, identity, 't', 't._id'), alias: null };
  return { sql: ridOf(base.no, base.identity, 'b', 't.b'), alias: base.identity === 'own' ? null : 'b' };
}

function ridOf(no: number, identity: TableRecord['identity'], alias: string, id: string): string {
  if (identity === 'own') return ownRid(no, id);
  return identity === 'given' ? `${alias}._rid` : `coalesce(${alias}._rid, ${ownRid(no, id)})`;
}

/** The order of the joins is said, so that no planner ever begins with the larger table. */
function joinParts(join: string, schema: string, record: TableRecord, aliases: Set<string | null>): string {
  const wanted = [...aliases].filter((alias) => alias !== null && alias !== 't').sort();
  const joins = wanted.map((alias) => ` ${join} ${partAt(schema, record, alias ?? '', 'ON')}`);
  return `${partName(schema, record.no, 0)} t${joins.join('')}`;
}

/** `alias`: `t` for the table, `b` for its base, each with the number of the part if that is not the first. */
function partAt(schema: string, { no, base }: TableRecord, alias: string, word: 'ON' | 'WHERE'): string {
  const inBase = alias.startsWith('b');
  const name = partName(schema, inBase ? (base?.no ?? no) : no, Number(alias.slice(1) || 0));
  return `${name} ${alias} ${word} ${alias}._id = ${inBase ? 't.b' : 't._id'}`;
}

/** A table of local data; its rows have no identity in the run before they enter a work table. */
export interface LocalRecord {
  no: number;
  name: string;
  columns: { name: string; type: ColumnType }[];
}

export function localShape(schema: string, record: LocalRecord): Shape {
  const places = new Map(record.columns.map((column, index) => [column.name, { ...column, place: `t.c${index + 1}` }]));
  return {
    id: 't._id',
    rid: { sql: 'NULL', alias: null },
    base: { sql: 'NULL', alias: null },
    cell: (name) => {
      const found = places.get(name);
      return found && { sql: found.place, alias: null, type: found.type };
    },
    from: () => `${schema}t${record.no} t`,
    part: refusePart,
  };
}

/** What a table of local data is before it exists. */
export const emptyShape: Shape = {
  id: 't._id',
  rid: { sql: 'NULL', alias: null },
  base: { sql: 'NULL', alias: null },
  cell: () => undefined,
  from: () => '(SELECT 0 AS _id WHERE 1 = 0) t',
  part: refusePart,
};

function refusePart(): never {
  throw new Error('A table of local data lies in one piece');
}
