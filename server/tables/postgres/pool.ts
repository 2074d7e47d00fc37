/** The sessions of one process: a bounded pool for statements, a few beside it for downloads, one to cancel others. */
import { Socket } from 'node:net';
import pg from 'pg';
import { Gate } from '../gate.ts';
import { ownTypes, PostgresConnection, sessionSettings } from './connection.ts';

/** Statements at a time; the others wait. */
const sessions = 12;
/** Downloads at a time: each has a session of its own as long as somebody reads. */
const downloads = 4;
const idleMs = 30_000;
const connectMs = 15_000;

export class SessionPool {
  readonly #url: string;
  readonly #pool: pg.Pool;
  readonly #cancels: pg.Pool;
  readonly #downloads = new Gate(downloads);
  readonly #known = new WeakMap<pg.PoolClient, PostgresConnection>();

  constructor(url: string) {
    this.#url = url;
    this.#pool = this.#makePool(sessions);
    this.#cancels = this.#makePool(1);
  }

  /** Unqualified names are those of the schema, which is quoted. */
  async lease<T>(schema: string, work: (db: PostgresConnection) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let db = this.#known.get(client);
    try {
      db ??= await this.#begin(client, async () => undefined);
      this.#known.set(client, db);
      await db.enter(schema);
      return await work(db);
    } finally {
      client.release(db?.broken ?? true);
    }
  }

  /** A session beside the pool, which the caller closes. */
  open(schema: string): Promise<PostgresConnection> {
    return this.#openOn(schema, new Socket());
  }

  /** The same, with the socket it speaks on. */
  async openOwn(schema: string): Promise<{ db: PostgresConnection; socket: Socket }> {
    const socket = new Socket();
    return { db: await this.#openOn(schema, socket), socket };
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.end(), this.#cancels.end()]);
  }

  async #openOn(schema: string, socket: Socket): Promise<PostgresConnection> {
    const closed = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<PostgresConnection>();
    const held = this.#downloads.pass(async () => {
      opened.resolve(this.#connect(schema, socket, closed.resolve));
      await opened.promise;
      await closed.promise;
    });
    held.catch(() => undefined);
    return opened.promise;
  }

  async #connect(schema: string, socket: Socket, closed: () => void): Promise<PostgresConnection> {
    const client = new pg.Client({ ...this.#settings(), stream: () => socket });
    await client.connect();
    const db = await this.#begin(client, async () => {
      closed();
      await client.end();
    });
    await db.enter(schema);
    return db;
  }

  async #begin(client: pg.ClientBase, close: () => Promise<void>): Promise<PostgresConnection> {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const db = new PostgresConnection({
      client,
      pid: rows[0]?.pid ?? 0,
      cancel: async (pid) => {
        await this.#cancels.query('SELECT pg_cancel_backend($1)', [pid]);
      },
      close,
    });
    await client.query(sessionSettings);
    return db;
  }

  #makePool(max: number): pg.Pool {
    const pool = new pg.Pool({ ...this.#settings(), max, idleTimeoutMillis: idleMs });
    // An idle session that ends has left the pool already; whoever needs one gets another, or the error.
    pool.on('error', () => undefined);
    return pool;
  }

  #settings(): pg.ClientConfig {
    return {
      connectionString: this.#url,
      types: ownTypes,
      application_name: 'syncline',
      connectionTimeoutMillis: connectMs,
    };
  }
}
