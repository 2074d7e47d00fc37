/** One session of PostgreSQL. Rows of people travel as JSON text, so only the database's own numbers are parsed here. */
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, CustomTypesConfig, QueryResult } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Connection, Param, TransactionKind } from '../connection.ts';
import { stoppedBy, throwIfStopped } from '../errors.ts';
import { faultOf, isCancelled, isConflict } from './faults.ts';

/** What a connection needs of those who made it. */
export interface Session {
  client: ClientBase;
  /** Process of the server behind it. */
  pid: number;
  /** Ends what that process is doing, over another connection. */
  cancel(pid: number): Promise<void>;
  close(): Promise<void>;
}

/** A cancellation that comes before the statement has reached the server is lost, so it is repeated. */
const cancelEveryMs = 50;
/** Whoever comes in the way has done something himself, so this many times is never reached in practice. */
const mostAttempts = 25;

const isNumber = new Set([20, 21, 23, 700, 701, 1700]);
const bytea = 17;

/** Counts and identities stay under 2^53. For this connection only: the driver's own table is left alone. */
export const ownTypes: CustomTypesConfig = {
  getTypeParser: (oid: number) => {
    if (isNumber.has(oid)) return Number;
    return oid === bytea ? (text: string) => Buffer.from(text.slice(2), 'hex') : (text: string) => text;
  },
};

/** Sorts and hashes stay in memory a while; statements are long and run once, so that compiling them never pays. */
export const sessionSettings = `
  SET jit = off; SET work_mem = '64MB'; SET temp_buffers = '32MB'; SET client_min_messages = warning; SET TimeZone = 'UTC'`;

/** Writers of one store let each other in, and keep those out who must be alone. */
const lockModes = { write: 'ROW EXCLUSIVE', durable: 'ROW EXCLUSIVE', alone: 'EXCLUSIVE' } as const;

export class PostgresConnection implements Connection {
  readonly #session: Session;
  #schema = '';
  #rollbacks = 0;
  #broken = false;

  constructor(session: Session) {
    this.#session = session;
    session.client.on('error', () => {
      this.#broken = true;
    });
  }

  get rollbacks(): number {
    return this.#rollbacks;
  }

  /** It cannot be used any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Where unqualified names lie from now on. `schema` is quoted. */
  async enter(schema: string): Promise<void> {
    if (this.#schema === schema) return;
    this.#schema = '';
    await this.#query(`SET search_path TO ${schema}`);
    this.#schema = schema;
  }

  async all<Row>(sql: string, params: Param[] = [], signal?: AbortSignal): Promise<Row[]> {
    const { rows } = await this.#interruptible(signal, () => this.#query(sql, params));
    return rows as Row[];
  }

  async value<T>(sql: string, params: Param[] = [], signal?: AbortSignal): Promise<T | null> {
    const [row] = await this.all<Record<string, T>>(sql, params, signal);
    return row === undefined ? null : (Object.values(row)[0] ?? null);
  }

  async run(sql: string, params: Param[] = [], signal?: AbortSignal): Promise<number> {
    const { rowCount } = await this.#interruptible(signal, () => this.#query(sql, params));
    return rowCount ?? 0;
  }

  /** Rows in the text format of COPY. */
  async copy(sql: string, chunks: Iterable<string>, signal?: AbortSignal): Promise<void> {
    await this.#interruptible(signal, () =>
      this.#watched(() => pipeline(chunks, this.#session.client.query(copyFrom(sql)))),
    );
  }

  /**
   * Each sees the rows as they were when it began: that is after it got its lock, because only then is the view taken. One
   * that would change what another has changed meanwhile is done again.
   */
  async transaction<T>(kind: TransactionKind, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(beginning(kind), work);
      } catch (error) {
        if (!isConflict(error) || attempt === mostAttempts) throw error;
      }
    }
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** Durable, and outside of every store: for the making of schemas. Begins with the lock of this number. */
  async transactionUnder<T>(lock: number, work: () => Promise<T>): Promise<T> {
    return this.#attempt(`BEGIN; SELECT pg_advisory_xact_lock(${lock})`, work);
  }

  async #attempt<T>(begin: string, work: () => Promise<T>): Promise<T> {
    try {
      await this.#query(begin);
      const result = await work();
      await this.#query('COMMIT');
      return result;
    } catch (error) {
      await this.#rollback();
      throw error;
    }
  }

  /** A session that cannot even do this is thrown away, which rolls back as well. */
  async #rollback(): Promise<void> {
    this.#rollbacks += 1;
    try {
      await this.#query('ROLLBACK');
    } catch {
      this.#broken = true;
    }
  }

  #query(sql: string, params: Param[] = []): Promise<QueryResult> {
    const { text, values } = numbered(sql, params);
    return this.#watched(() =>
      values.length > 0 ? this.#session.client.query(text, values) : this.#session.client.query(text),
    );
  }

  async #watched<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Error && faultOf(error)?.kind === 'unreachable') this.#broken = true;
      throw error;
    }
  }

  async #interruptible<T>(signal: AbortSignal | undefined, start: () => Promise<T>): Promise<T> {
    if (!signal) return start();
    throwIfStopped(signal);
    const done = new AbortController();
    let cancelling: Promise<void> = Promise.resolve();
    const cancel = () => {
      cancelling = this.#cancelUntil(done.signal);
      // Its error is thrown below, when the statement has ended.
      cancelling.catch(() => undefined);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await start();
    } catch (error) {
      throw signal.aborted && isCancelled(error) ? stoppedBy(signal) : error;
    } finally {
      signal.removeEventListener('abort', cancel);
      done.abort();
      // Else it could end what the connection does next.
      await cancelling;
    }
  }

  async #cancelUntil(done: AbortSignal): Promise<void> {
    while (!done.aborted && !this.#broken) {
      await this.#session.cancel(this.#session.pid);
      await delay(cancelEveryMs, undefined, { signal: done }).catch(() => undefined);
    }
  }
}

/** `?2` becomes `$1` where `?1` does not occur: the server refuses parameters that a statement does not mention. */
function numbered(sql: string, params: Param[]): { text: string; values: Param[] } {
  const places = new Map<number, number>();
  const text = sql.replace(/\?(\d+)/g, (_, digits: string) => {
    const index = Number(digits);
    const place = places.get(index) ?? places.size + 1;
    places.set(index, place);
    return `$${place}`;
  });
  return { text, values: [...places.keys()].map((index) => params[index - 1] ?? null) };
}

function beginning(kind: TransactionKind): string {
  const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ';
  if (kind === 'read') return begin;
  const synchronous = kind === 'write' ? 'off' : 'on';
  return `${begin}; SET LOCAL synchronous_commit = ${synchronous}; LOCK TABLE _store IN ${lockModes[kind]} MODE`;
}
