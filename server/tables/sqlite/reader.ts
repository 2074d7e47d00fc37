/**
 * One SELECT of a person on SQLite, inside its own process. The file is open for reading only and no other can be attached.
 * What the statement reaches is read from the program that SQLite has made of it: names can be written in many ways, pages
 * cannot.
 */
import { UserError } from '../../../contract/errors.ts';
import { type LocalTable, listLocal } from '../local/catalogue.ts';
import type { Reach, Statement } from '../query/reader.ts';
import { longestRow } from '../query/reader.ts';
import type { SqliteConnection } from './connection.ts';

const mostRows = 1_000;
const usualPage = 4_000_000;

interface Step {
  opcode: string;
  p1: number;
  p2: number;
  p3: number;
  p4: string | null;
}

export class SqliteReader {
  readonly #db: SqliteConnection;
  #tables: readonly number[] = [];
  #pages: { from: number; count: number; step: number } = { from: 0, count: 0, step: 1 };

  private constructor(db: SqliteConnection) {
    this.#db = db;
  }

  /** The tables stay as they are now until the process ends. */
  static async over(db: SqliteConnection): Promise<SqliteReader> {
    db.confine();
    await db.exec('PRAGMA temp.max_page_count = 1000000; BEGIN');
    return new SqliteReader(db);
  }

  tables(): Promise<LocalTable[]> {
    return listLocal(this.#db);
  }

  async open({ sql, params }: Statement, { tables }: Reach): Promise<string[]> {
    this.#tables = tables;
    await this.#guard(sql);
    const [empty = {}] = await this.#db.all<Record<string, null>>(sql, params);
    return Object.keys(empty);
  }

  /** All rows are laid down beside, because only of those that are there it is known how long they are. */
  async begin({ sql, params }: Statement): Promise<null> {
    await this.#guard(sql);
    await this.#db.run(`CREATE TEMP TABLE selected AS ${sql}`, params);
    const measure =
      'SELECT count(*) AS count, avg(length(json)) AS usual, max(length(json)) AS longest FROM temp.selected';
    const [size] = await this.#db.all<{ count: number; usual: number; longest: number }>(measure);
    const { count, usual, longest } = size ?? { count: 0, usual: 0, longest: 0 };
    if (longest > longestRow) refuse(`a row of its result is longer than ${longestRow / 1e6} MB`);
    const fitting = Math.min(Math.floor(usualPage / (usual + 1)), Math.floor(longestRow / (longest + 1)));
    this.#pages = { from: 0, count, step: Math.max(1, Math.min(mostRows, fitting)) };
    return null;
  }

  async page(): Promise<string[]> {
    const { from, count, step } = this.#pages;
    if (from >= count) return [];
    this.#pages.from = from + step;
    const rows = await this.#db.all<{ json: string }>(
      'SELECT json FROM temp.selected WHERE rowid > ?1 AND rowid <= ?2 ORDER BY rowid',
      [from, from + step],
    );
    return rows.map(({ json }) => json);
  }

  async #guard(sql: string): Promise<void> {
    const program = await this.#db.all<Step>(`EXPLAIN ${sql}`);
    const open = await this.#db.all<{ rootpage: number }>(
      `SELECT rootpage FROM sqlite_schema WHERE tbl_name IN (SELECT value FROM json_each(?1))`,
      [JSON.stringify(this.#tables.map((no) => `t${no}`))],
    );
    const pages = new Set(open.map(({ rootpage }) => rootpage));
    if (program.some((step) => !isAllowed(step, pages)) || (await this.#virtualTables(program)))
      refuse('it reads something other than tables of local data');
  }

  /** Whether it uses virtual tables other than those that take JSON apart. */
  async #virtualTables(program: readonly Step[]): Promise<boolean> {
    const used = program.filter(({ opcode }) => opcode === 'VOpen').map(({ p4 }) => p4);
    if (used.length === 0) return false;
    const known = await this.#db.all<Step>("EXPLAIN SELECT 1 FROM json_each('[]') a, json_tree('[]') b");
    const json = new Set(known.filter(({ opcode }) => opcode === 'VOpen').map(({ p4 }) => p4));
    return used.some((table) => !json.has(table));
  }
}

function refuse(reason: string): never {
  throw new UserError('SQL_REFUSED', { reason });
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
