/**
 * The schemas of the data plane: one per run, and one for local data, which also remembers the runs that were deleted, so
 * that no late attempt on another machine brings one back. What a crash left of a deletion is done at the next start.
 */
import { createHash } from 'node:crypto';
import { UserError } from '../../../contract/errors.ts';
import { localTables } from '../local/catalogue.ts';
import { catalogueTables } from '../run/catalogue.ts';
import type { PostgresConnection } from './connection.ts';
import { postgresDialect } from './dialect.ts';
import type { SessionPool } from './pool.ts';

/** Of the layout of the tables. A schema of a newer program is refused. */
const format = 1;
/** Whoever makes a schema waits for others who do: two at a time would fail. */
const makingLock = 0x5379_6e63;
/** Every table to be dropped takes a lock, and a transaction has room for so many. */
const tablesPerStep = 100;
const longestName = 50;

export interface SchemasOptions {
  pool: SessionPool;
  /** What all names begin with. */
  prefix: string;
  mode: 'write' | 'read';
  ownerName: string;
}

export class Schemas {
  /** Quoted, as all names here. */
  readonly local: string;
  readonly #options: SchemasOptions;
  readonly #made = new Set<string>();
  #ready: Promise<void> | null = null;

  constructor(options: SchemasOptions) {
    this.#options = options;
    this.local = `"${options.prefix}_local"`;
  }

  /** Ids of runs are ours; one that is too long for a name is hashed. */
  run(runId: string): string {
    if (!/^[\w-]{1,100}$/.test(runId)) throw new Error(`"${runId}" cannot be the id of a run`);
    const name = runId.length > longestName - this.#options.prefix.length ? hash(runId) : runId;
    return `"${this.#options.prefix}_run_${name}"`;
  }

  /** Local data is there when this returns. */
  ready(): Promise<void> {
    this.#ready ??= this.#begin().catch((error: unknown) => {
      this.#ready = null;
      throw error;
    });
    return this.#ready;
  }

  /** Throws WORK_TABLE_LOST for a run that was deleted. */
  async ensureRun(runId: string): Promise<void> {
    const schema = this.run(runId);
    if (this.#made.has(schema)) return;
    await this.#alone(async (db) => {
      const deleted = await db.value(`SELECT 1 AS one FROM ${this.local}._deleted WHERE run = ?1`, [runId]);
      if (deleted !== null)
        throw new UserError('WORK_TABLE_LOST', { table: `run ${runId}`, reason: 'the run was deleted' });
      await this.#make(db, schema, catalogueTables(postgresDialect));
    });
    this.#made.add(schema);
  }

  async exists(db: PostgresConnection, schema: string): Promise<boolean> {
    return (await db.value(`SELECT to_regclass(?1) AS found`, [`${schema}._store`])) !== null;
  }

  async deleteRun(runId: string): Promise<void> {
    const schema = this.run(runId);
    this.#made.delete(schema);
    await this.#alone((db) =>
      db.run(`INSERT INTO ${this.local}._deleted (run) VALUES (?1) ON CONFLICT DO NOTHING`, [runId]),
    );
    await this.#drop(schema);
  }

  async #begin(): Promise<void> {
    const tables = [...localTables(postgresDialect), 'CREATE TABLE _deleted (run text PRIMARY KEY)'];
    await this.#alone((db) => this.#make(db, this.local, tables));
    if (this.#options.mode === 'write') await this.#finishDeletions();
  }

  async #finishDeletions(): Promise<void> {
    const deleted = await this.#options.pool.lease(this.local, (db) =>
      db.all<{ run: string }>(`SELECT run FROM ${this.local}._deleted`),
    );
    const wanted = new Set(deleted.map(({ run }) => this.run(run)));
    const there = await this.#options.pool.lease(this.local, (db) =>
      db.all<{ name: string }>('SELECT nspname AS name FROM pg_namespace WHERE starts_with(nspname, ?1)', [
        `${this.#options.prefix}_run_`,
      ]),
    );
    for (const { name } of there) if (wanted.has(`"${name}"`)) await this.#drop(`"${name}"`);
  }

  /** One transaction, in which nobody else makes or deletes a schema. */
  async #alone<T>(work: (db: PostgresConnection) => Promise<T>): Promise<T> {
    return this.#options.pool.lease(this.local, (db) => db.transactionUnder(makingLock, () => work(db)));
  }

  async #make(db: PostgresConnection, schema: string, tables: string[]): Promise<void> {
    if (!(await this.exists(db, schema))) {
      const store = 'CREATE TABLE _store (format INTEGER NOT NULL, made_by TEXT NOT NULL)';
      await db.run(`CREATE SCHEMA ${schema}`);
      await db.run(`SET LOCAL search_path TO ${schema}`);
      await db.run([store, ...tables].join(';'));
      await db.run('INSERT INTO _store (format, made_by) VALUES (?1, ?2)', [format, this.#options.ownerName]);
      return;
    }
    const found = await db.value<number>(`SELECT max(format) AS format FROM ${schema}._store`);
    if (found === format) return;
    const reason = `its layout is ${found}, and this program knows ${format}`;
    throw new UserError('DATABASE_NEWER', { file: 'of these rows', reason });
  }

  async #drop(schema: string): Promise<void> {
    const { pool } = this.#options;
    const list = `SELECT tablename AS name FROM pg_tables WHERE schemaname = ?1 LIMIT ${tablesPerStep}`;
    for (;;) {
      const tables = await pool.lease(this.local, (db) => db.all<{ name: string }>(list, [schema.slice(1, -1)]));
      if (tables.length === 0) break;
      const names = tables.map(({ name }) => `${schema}."${name}"`).join(', ');
      await pool.lease(this.local, (db) => db.run(`DROP TABLE IF EXISTS ${names}`));
    }
    await pool.lease(this.local, (db) => db.run(`DROP SCHEMA IF EXISTS ${schema}`));
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 40);
