/** What differs between the systems: types of columns, and how a stored value comes back as a canonical cell. */
import type { Knex } from 'knex';
import { UserError } from '../../contract/errors.ts';
import type { Cell, ColumnType } from '../../contract/types.ts';
import { canonicalJson, toCell } from '../../contract/types.ts';
import type { DatabaseSettings } from './definition.ts';

export interface Dialect {
  /** By type; a key has one of its own where texts of any length cannot be indexed. */
  columnType(type: ColumnType, key: boolean): string;
  /** An expression that gives the value as text, or in a form that `readCell` takes. */
  selected(type: ColumnType): string;
  /** The canonical cell as the driver takes it. */
  bound(type: ColumnType, cell: Cell): Knex.Value;
  /** Names of the tables, one per row as `name`. */
  tables: string;
  /** Version and user, as `version` and `user`. */
  who: string;
  /** Values and rows in one statement. */
  mostBindings: number;
  mostRows: number;
}

const jsonText = (cell: Cell): string => canonicalJson(cell);
const plain = (type: ColumnType, cell: Cell): Knex.Value =>
  cell === null ? null : type === 'json' ? jsonText(cell) : (cell as string | number | boolean);

const postgres: Dialect = {
  columnType: (type) =>
    ({
      text: 'text',
      integer: 'bigint',
      number: 'double precision',
      decimal: 'numeric',
      boolean: 'boolean',
      date: 'date',
      datetime: 'timestamptz(3)',
      json: 'jsonb',
    })[type],
  selected: (type) =>
    ({
      text: '??',
      integer: '??::text',
      number: '??::text',
      decimal: '??::text',
      boolean: '??::text',
      date: "to_char(??, 'YYYY-MM-DD')",
      datetime: `to_char(?? at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
      json: '??::text',
    })[type],
  bound: plain,
  tables: 'select table_name as name from information_schema.tables where table_schema = ? order by 1',
  who: 'select version() as version, current_user as "user"',
  mostBindings: 60_000,
  mostRows: 10_000,
};

const mysql: Dialect = {
  columnType: (type, key) =>
    ({
      text: key
        ? 'varchar(255) character set utf8mb4 collate utf8mb4_bin'
        : 'longtext character set utf8mb4 collate utf8mb4_bin',
      integer: 'bigint',
      number: 'double',
      decimal: 'decimal(65,30)',
      boolean: 'boolean',
      date: 'date',
      datetime: 'datetime(3)',
      json: 'longtext character set utf8mb4 collate utf8mb4_bin',
    })[type],
  selected: (type) =>
    ({
      text: '??',
      integer: 'cast(?? as char)',
      number: '??',
      decimal: 'cast(?? as char)',
      boolean: '??',
      date: "date_format(??, '%Y-%m-%d')",
      datetime: "concat(date_format(??, '%Y-%m-%dT%H:%i:%s.%f'), 'Z')",
      json: '??',
    })[type],
  bound: (type, cell) =>
    type === 'datetime' && typeof cell === 'string' ? cell.replace('T', ' ').replace('Z', '') : plain(type, cell),
  tables: 'select table_name as name from information_schema.tables where table_schema = ? order by 1',
  who: 'select version() as version, current_user() as user',
  mostBindings: 60_000,
  mostRows: 10_000,
};

const sqlite: Dialect = {
  // STRICT tables: a decimal is its text, since a REAL would round it.
  columnType: (type) =>
    ({
      text: 'text',
      integer: 'integer',
      number: 'real',
      decimal: 'text',
      boolean: 'integer',
      date: 'text',
      datetime: 'text',
      json: 'text',
    })[type],
  selected: (type) => (type === 'integer' ? 'cast(?? as text)' : '??'),
  bound: (type, cell) => (typeof cell === 'boolean' ? Number(cell) : plain(type, cell)),
  tables: "select name from sqlite_schema where type = 'table' and name not like 'sqlite^_%' escape '^' order by 1",
  who: "select sqlite_version() as version, 'this instance' as user",
  mostBindings: 30_000,
  // knex writes each row as a part of a compound statement.
  mostRows: 400,
};

const dialects: Record<DatabaseSettings['system'], Dialect> = { postgres, mysql, sqlite };
export const dialectOf = (settings: Pick<DatabaseSettings, 'system'>): Dialect => dialects[settings.system];

/** Throws DATABASE_REFUSED for a value that somebody else has put there and that is none of the column's type. */
export function readCell(type: ColumnType, value: unknown, column: string): Cell {
  const given = type === 'json' && typeof value === 'string' ? parseJson(value) : value;
  const cell = toCell(type, given);
  if (cell.ok) return cell.value;
  throw new UserError('DATABASE_REFUSED', { reason: `the column ${column} holds something else: ${cell.reason}` });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not ours: it counts as the text it is, and differs from whatever belongs there.
    return text;
  }
}
