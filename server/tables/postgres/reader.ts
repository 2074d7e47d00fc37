/**
 * One SELECT of a person on PostgreSQL, in a transaction that can only read. It may call listed functions only
 * (functions.ts), and the plan that the server has made of it says which tables it reaches, however they were written.
 */
import { UserError } from '../../../contract/errors.ts';
import type { Cell, ColumnType, Json } from '../../../contract/types.ts';
import type { Param } from '../connection.ts';
import type { LocalReader } from '../query/reader.ts';
import type { PostgresConnection } from './connection.ts';
import { mayCall } from './functions.ts';
import { valueFormat } from './rows.ts';

const rowsPerFetch = 1_000;
const graceMs = 5_000;

export class PostgresReader implements LocalReader {
  readonly db: PostgresConnection;
  readonly valueFormat = valueFormat;
  readonly mayCall = mayCall;
  readonly #schema: string;

  private constructor(db: PostgresConnection, schema: string) {
    this.db = db;
    this.#schema = schema;
  }

  /**
   * `schema` is that of local data, quoted. The tables stay as they are now until it is closed. The server ends a statement
   * by itself too, should this process be gone.
   */
  static async over(db: PostgresConnection, schema: string, seconds: number): Promise<PostgresReader> {
    const limit = Math.ceil(seconds * 1_000) + graceMs;
    await db.run(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      SET LOCAL standard_conforming_strings = on; SET LOCAL statement_timeout = ${limit}`);
    return new PostgresReader(db, schema.slice(1, -1));
  }

  quote(name: string): string {
    return `"${name.replaceAll('"', '""')}"`;
  }

  shown(type: ColumnType, column: string): string {
    if (type === 'decimal') return `${column}::numeric`;
    return type === 'boolean' ? `(${column} = 1)` : column;
  }

  /** As text, of which the server makes what stands beside it. */
  param(value: Cell): Param {
    return value === null ? null : String(value);
  }

  async guard(sql: string, params: Param[], tables: readonly number[], signal: AbortSignal): Promise<void> {
    const text = await this.db.value<string>(`EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`, params, signal);
    const names = new Set(tables.map((no) => `t${no}`));
    if (reachesMore(JSON.parse(text ?? '[]') as Json, this.#schema, names))
      throw new UserError('SQL_REFUSED', { reason: 'it reads something other than tables of local data' });
  }

  async *pages(sql: string, params: Param[], signal: AbortSignal): AsyncIterable<string[]> {
    await this.db.run(`DECLARE selected NO SCROLL CURSOR FOR ${sql}`, params, signal);
    for (;;) {
      const rows = await this.db.all<{ json: string }>(`FETCH ${rowsPerFetch} FROM selected`, [], signal);
      yield rows.map(({ json }) => json);
      if (rows.length < rowsPerFetch) return;
    }
  }

  close(): Promise<void> {
    return this.db.close();
  }
}

/** Every part of a plan that reads a table or calls a function for rows says which. */
function reachesMore(plan: Json, schema: string, tables: ReadonlySet<string>): boolean {
  if (plan === null || typeof plan !== 'object') return false;
  if (Array.isArray(plan)) return plan.some((part) => reachesMore(part, schema, tables));
  const { 'Relation Name': relation, 'Function Name': called, 'Node Type': node } = plan;
  if (relation !== undefined && !(plan.Schema === schema && tables.has(String(relation)))) return true;
  if (called !== undefined && !(plan.Schema === 'pg_catalog' && mayCall(String(called)))) return true;
  if (node === 'Foreign Scan' || node === 'ModifyTable' || node === 'Table Function Scan') return true;
  return Object.values(plan).some((part) => reachesMore(part, schema, tables));
}
