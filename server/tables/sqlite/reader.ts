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
    await db.exec('PRAGMA query_only = ON; BEGIN');
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

  async *stream(sql: string, params: Param[], signal: AbortSignal): AsyncIterable<string> {
    for await (const { json } of this.db.stream<{ json: string }>(sql, params, signal)) yield json;
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
