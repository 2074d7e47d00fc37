/** Tables in a database of somebody else, by knex. */
import type { Knex } from 'knex';
import type { ConnectorHost, DatabaseClient, Identity } from '../../contract/connector.ts';
import type { DatabaseTable, DatabaseWrite } from '../../contract/database.ts';
import type { Cell } from '../../contract/types.ts';
import { connect, placeOf } from './connect.ts';
import type { DatabaseSettings } from './definition.ts';
import type { Dialect } from './dialect.ts';
import { dialectOf, readCell } from './dialect.ts';
import { explain } from './errors.ts';
import { checkTable } from './names.ts';
import { ensureTable } from './tables.ts';
import { applyWrite } from './write.ts';

/** Rows in one page, and keys in one question. */
const pageRows = 2_000;

export async function open(host: ConnectorHost<DatabaseSettings>): Promise<DatabaseClient> {
  const client = new KnexClient(host, await connect(host));
  // Work under way ends with the connection it runs on.
  host.signal.addEventListener('abort', () => void client.close(), { once: true });
  return client;
}

class KnexClient implements DatabaseClient {
  readonly kind = 'database';
  readonly capability = 'database';
  readonly #host: ConnectorHost<DatabaseSettings>;
  readonly #knex: Knex;
  readonly #dialect: Dialect;
  #closing: Promise<void> | null = null;

  constructor(host: ConnectorHost<DatabaseSettings>, connection: Knex) {
    this.#host = host;
    this.#knex = connection;
    this.#dialect = dialectOf(host.settings);
  }

  async verify(): Promise<Identity> {
    const { system, database, file } = this.#host.settings;
    const [who] = await this.#ask<{ version: string; user: string }>(this.#dialect.who, []);
    const tables = await this.tables();
    return {
      identity: String(who?.user),
      organisation: system === 'sqlite' ? `files/databases/${file}` : `${database} on ${placeOf(this.#host.settings)}`,
      details: [
        { label: 'Version', value: String(who?.version).split(' on ')[0] ?? '' },
        ...(this.#schema === null ? [] : [{ label: 'Schema', value: this.#schema }]),
        { label: 'Tables', value: String(tables.length) },
      ],
    };
  }

  async tables(): Promise<string[]> {
    const { system, database } = this.#host.settings;
    const where = system === 'sqlite' ? [] : [this.#schema ?? database];
    return (await this.#ask<{ name: string }>(this.#dialect.tables, where)).map((row) => row.name);
  }

  ensureTable(table: DatabaseTable): Promise<{ created: boolean; added: string[] }> {
    checkTable(table);
    return this.#explained(() => ensureTable(this.#knex, this.#dialect, this.#host.settings, table));
  }

  async rows(table: DatabaseTable, keys: readonly Cell[]): Promise<Cell[][]> {
    checkTable(table);
    const found: Cell[][] = [];
    for (let from = 0; from < keys.length; from += pageRows) {
      const some = keys.slice(from, from + pageRows) as Knex.Value[];
      found.push(...(await this.#select(table, (query) => query.whereIn(table.key, some))));
    }
    return found;
  }

  async *pages(table: DatabaseTable): AsyncGenerator<Cell[][]> {
    checkTable(table);
    const place = table.columns.findIndex((column) => column.name === table.key);
    for (let after: Cell = null; ; ) {
      const behind: Cell = after;
      const rows = await this.#select(table, (query) => {
        const page = query.orderBy(table.key).limit(pageRows);
        return behind === null ? page : page.where(table.key, '>', behind as Knex.Value);
      });
      if (rows.length > 0) yield rows;
      if (rows.length < pageRows) return;
      after = rows.at(-1)?.[place] ?? null;
    }
  }

  write(writes: readonly DatabaseWrite[]): Promise<void> {
    for (const { table } of writes) checkTable(table);
    return this.#explained(() =>
      this.#knex.transaction(async (tx) => {
        for (const write of writes) await applyWrite({ tx, dialect: this.#dialect, schema: this.#schema }, write);
      }),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#knex.destroy();
    return this.#closing;
  }

  /** PostgreSQL's; elsewhere the database itself is meant. */
  get #schema(): string | null {
    return this.#host.settings.system === 'postgres' ? this.#host.settings.schema : null;
  }

  #select(table: DatabaseTable, narrow: (query: Knex.QueryBuilder) => Knex.QueryBuilder): Promise<Cell[][]> {
    return this.#explained(async () => {
      const columns = table.columns.map(({ name, type }, index) =>
        this.#knex.raw(`${this.#dialect.selected(type)} as ??`, [name, `c${index}`]),
      );
      const from = this.#schema === null ? this.#knex(table.name) : this.#knex(table.name).withSchema(this.#schema);
      const rows: Record<string, unknown>[] = await narrow(from.select(columns));
      return rows.map((row) => table.columns.map(({ name, type }, index) => readCell(type, row[`c${index}`], name)));
    });
  }

  #ask<Row>(sql: string, values: string[]): Promise<Row[]> {
    return this.#explained(async () => rowsOf<Row>(await this.#knex.raw(sql, values)));
  }

  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#host.signal.throwIfAborted();
      throw explain(error, placeOf(this.#host.settings));
    }
  }
}

/** Each driver wraps them in its own way. */
function rowsOf<Row>(answer: unknown): Row[] {
  if (Array.isArray(answer)) return (Array.isArray(answer[0]) ? answer[0] : answer) as Row[];
  return (answer as { rows: Row[] }).rows;
}
