/**
 * One SELECT of a person on PostgreSQL, in a transaction that can only read, as a role that may read tables of people only
 * (queryRole.ts). It may call listed functions only (functions.ts), and the locks it takes say which relations it reaches,
 * however they were written.
 */
import type { Socket } from 'node:net';
import { UserError } from '../../../contract/errors.ts';
import { type LocalTable, listLocal } from '../local/catalogue.ts';
import type { LocalReader, Reach, SelectWriting, Statement } from '../query/reader.ts';
import { longestRow } from '../query/reader.ts';
import { bounded } from './bounds.ts';
import type { PostgresConnection } from './connection.ts';
import { isForbidden } from './faults.ts';
import { mayBeType, mayCall } from './functions.ts';
import type { QueryRole } from './queryRole.ts';
import { valueFormat } from './rows.ts';

const manyRows = 1_000;
const someRows = 50;
const graceMs = 5_000;
const elsewhere = 'it reads something other than tables of local data';

const writing: SelectWriting = {
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  shown: (type, column) => {
    if (type === 'decimal') return `${column}::numeric`;
    return type === 'boolean' ? `(${column} = 1)` : column;
  },
  // As text, of which the server makes what stands beside it.
  param: (value) => (value === null ? null : String(value)),
  mayCall,
  mayBeType,
  valueFormat,
};

/** A session that has its socket to itself. */
interface OwnSession {
  db: PostgresConnection;
  socket: Socket;
}

interface SizedRow {
  /** null: it is too long. */
  json: string | null;
  /** Bytes of the rows behind it. */
  many: number | null;
  some: number | null;
}

export class PostgresReader implements LocalReader {
  readonly writing = writing;
  readonly #db: PostgresConnection;
  readonly #socket: Socket;
  readonly #role: QueryRole;

  private constructor({ db, socket }: OwnSession, role: QueryRole) {
    this.#db = db;
    this.#socket = socket;
    this.#role = role;
  }

  /**
   * The tables stay as they are now until it is closed. The server ends a statement by itself too, should this process be
   * gone, and one that does not end loses its session.
   */
  static async over(session: OwnSession, role: QueryRole, seconds: number): Promise<PostgresReader> {
    const { db } = session;
    const limit = Math.ceil(seconds * 1_000) + graceMs;
    await db.run(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      SET LOCAL standard_conforming_strings = on; SET LOCAL statement_timeout = ${limit}`);
    // Only those who may set it for others as well.
    await db.run("SELECT set_config('temp_file_limit', '4GB', true) WHERE current_setting('is_superuser') = 'on'");
    return new PostgresReader(session, role);
  }

  tables(): Promise<LocalTable[]> {
    return listLocal(this.#db);
  }

  async open({ sql, params }: Statement, { tables, members }: Reach, signal: AbortSignal): Promise<string[]> {
    const called = await this.#role.functionAmong(members, mayCall);
    if (called !== null) throw new UserError('SQL_REFUSED', { reason: `it may not call ${called}` });
    await this.#db.run(`SET LOCAL ROLE ${await this.#role.reading(tables)}`);
    const run = () => this.#db.all<Record<string, null>>(sql, params, signal);
    const [empty = {}] = await bounded(this.#socket, signal, run).catch((error: unknown) => {
      throw isForbidden(error) ? new UserError('SQL_REFUSED', { reason: elsewhere }, { cause: error }) : error;
    });
    if (!(await this.#role.isAllOf(await this.#reached(), tables)))
      throw new UserError('SQL_REFUSED', { reason: elsewhere });
    return Object.keys(empty);
  }

  /** Each row says how long those behind it are: so many are fetched as fit. */
  async *pages({ sql, params }: Statement, signal: AbortSignal): AsyncIterable<string[]> {
    const ahead = (rows: number) => `sum(bytes) OVER (ROWS BETWEEN 1 FOLLOWING AND ${rows} FOLLOWING)`;
    const cursor = `DECLARE selected NO SCROLL CURSOR FOR
      SELECT json, ${ahead(manyRows)} AS many, ${ahead(someRows)} AS some FROM (
        SELECT CASE WHEN bytes <= ${longestRow} THEN json END AS json, least(bytes, ${longestRow}) AS bytes FROM (
          SELECT json, octet_length(json) AS bytes FROM (${sql} OFFSET 0) written OFFSET 0) measured) sized`;
    await bounded(this.#socket, signal, () => this.#db.run(cursor, params, signal));
    for (let count = 1; count > 0; ) {
      const fetch = `FETCH ${count} FROM selected`;
      const rows = await bounded(this.#socket, signal, () => this.#db.all<SizedRow>(fetch, [], signal));
      if (rows.length > 0) yield rows.map(({ json }) => json ?? refuseLong());
      count = fitting(rows.at(-1));
    }
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  /** A function, because a view would be reached as well. Locks are kept until the end of the transaction. */
  async #reached(): Promise<number[]> {
    const locked = `SELECT DISTINCT relation::bigint AS relation FROM pg_lock_status()
      WHERE pid = pg_backend_pid() AND locktype = 'relation'`;
    return (await this.#db.all<{ relation: number }>(locked)).map(({ relation }) => relation);
  }
}

function fitting(last: SizedRow | undefined): number {
  if (!last || last.many === null) return 0;
  if (last.many <= longestRow) return manyRows;
  return (last.some ?? 0) <= longestRow ? someRows : 1;
}

function refuseLong(): never {
  throw new UserError('SQL_REFUSED', { reason: `a row of its result is longer than ${longestRow / 1e6} MB` });
}
