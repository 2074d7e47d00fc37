/**
 * One SELECT of a person on SQLite. The file is open for reading only and no other can be attached. What the statement
 * reaches is read from the program that SQLite has made of it: names can be written in many ways, pages cannot.
 */
import { UserError } from '../../../contract/errors.ts';
import type { Cell, ColumnType } from '../../../contract/types.ts';
import type { Param } from '../connection.ts';
import type { LocalReader } from '../query/reader.ts';
import type { SqliteConnection } from './connection.ts';
import { sqliteValueFormat } from './rows.ts';

/** Bytes: cells of local data are smaller, and a statement cannot fill the memory with one value. */
const longestValue = 64 * 1024 * 1024;
/** A page is a value too, and texts in it are escaped. */
const longestPage = 8 * longestValue;
const mostRows = 1_000;
const usualPage = 4_000_000;

const pageSql = `SELECT json_group_array(json) AS page
  FROM (SELECT json FROM temp.selected WHERE rowid > ?1 AND rowid <= ?2 ORDER BY rowid)`;

interface Step {
  opcode: string;
  p1: number;
  p2: number;
  p3: number;
  p4: string | null;
}

export class SqliteReader implements LocalReader {
  readonly db: SqliteConnection;
  readonly valueFormat = sqliteValueFormat;

  private constructor(db: SqliteConnection) {
    this.db = db;
  }

  /** The tables stay as they are now until it is closed. */
  static async over(db: SqliteConnection): Promise<SqliteReader> {
    db.confine(longestValue);
    await db.exec('BEGIN');
    return new SqliteReader(db);
  }

  /** Double quotes would make a text of a name that does not exist. */
  quote(name: string): string {
    return `\`${name.replaceAll('`', '``')}\``;
  }

  shown(type: ColumnType, column: string): string {
    return type === 'decimal' ? `CAST(${column} AS NUMERIC)` : column;
  }

  param(value: Cell): Param {
    return typeof value === 'boolean' ? Number(value) : (value as Param);
  }

  /** Functions compute, nothing else: loading an extension is off. Those that give tables are met by `guard`. */
  mayCall(): boolean {
    return true;
  }

  async guard(sql: string, _: Param[], tables: readonly number[], signal: AbortSignal): Promise<void> {
    const program = await this.db.all<Step>(`EXPLAIN ${sql}`, [], signal);
    const names = tables.map((no) => `t${no}`);
    const open = await this.db.all<{ rootpage: number }>(
      `SELECT rootpage FROM sqlite_schema WHERE tbl_name IN (SELECT value FROM json_each(?1))`,
      [JSON.stringify(names)],
      signal,
    );
    const pages = new Set(open.map(({ rootpage }) => rootpage));
    const virtual = await this.#virtualTables(program, signal);
    const isRefused = program.some((step) => !isAllowed(step, pages)) || virtual;
    if (isRefused) throw new UserError('SQL_REFUSED', { reason: 'it reads something other than tables of local data' });
  }

  /** Whether it uses virtual tables other than those that take JSON apart. */
  async #virtualTables(program: readonly Step[], signal: AbortSignal): Promise<boolean> {
    const used = program.filter(({ opcode }) => opcode === 'VOpen').map(({ p4 }) => p4);
    if (used.length === 0) return false;
    const known = await this.db.all<Step>("EXPLAIN SELECT 1 FROM json_each('[]') a, json_tree('[]') b", [], signal);
    const json = new Set(known.filter(({ opcode }) => opcode === 'VOpen').map(({ p4 }) => p4));
    return used.some((table) => !json.has(table));
  }

  /** Row by row each would be a journey to another thread: so they are laid down beside, and taken page by page. */
  async *pages(sql: string, params: Param[], signal: AbortSignal): AsyncIterable<string[]> {
    await this.db.run(`CREATE TEMP TABLE selected AS ${sql}`, params, signal);
    this.db.confine(longestPage);
    const measure =
      'SELECT count(*) AS count, avg(length(json)) AS usual, max(length(json)) AS longest FROM temp.selected';
    const [size] = await this.db.all<{ count: number; usual: number; longest: number }>(measure, [], signal);
    const { count, usual, longest } = size ?? { count: 0, usual: 0, longest: 0 };
    const step = Math.max(
      1,
      Math.min(mostRows, Math.floor(usualPage / (usual + 1)), Math.floor(longestValue / (longest + 1))),
    );
    for (let from = 0; from < count; from += step) {
      const page = await this.db.value<string>(pageSql, [from, from + step], signal);
      yield JSON.parse(page ?? '[]') as string[];
    }
  }

  close(): Promise<void> {
    return this.db.close();
  }
}

/** Steps that open something. All others work with what is open. */
const opening =
  /^(Open|Reopen|Clear|Create|Destroy|Drop|Parse|Vacuum|VCreate|VDestroy|VUpdate|VBegin|Journal|Checkpoint)/;
const passing = new Set(['OpenEphemeral', 'OpenAutoindex', 'OpenDup', 'OpenPseudo']);

/** `pages` are the first pages of the tables that may be read, and of their indexes. */
function isAllowed({ opcode, p2, p3 }: Step, pages: ReadonlySet<number>): boolean {
  if (opcode === 'Transaction') return p2 === 0;
  if (opcode === 'OpenRead' || opcode === 'ReopenIdx') return p3 === 0 && pages.has(p2);
  return !opening.test(opcode) || passing.has(opcode);
}
