/** Real stores, in a folder or a database, of which nothing is left after the tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column, ColumnType } from '../../contract/types.ts';
import type { TableBatch } from '../../nodes/kit/run.ts';
import { openStores } from '../../server/tables/stores.ts';
import type { RunTables, Stores, TableOwner } from '../../server/tables/types.ts';
import { createDatabase, dropDatabase } from '../harness/database.ts';

export const never = new AbortController().signal;
export const owner = (taskId: string, attempt = 1): TableOwner => ({ taskId, attempt });

export const columnsOf = (types: Record<string, ColumnType>): Column[] =>
  Object.entries(types).map(([name, type]) => ({ name, label: name, type }));

type Database = 'sqlite' | 'postgres';

/** The tests are defined once per database. Its database, if it needs one on a server, is made once per file. */
export function onEachDatabase(define: (test: TestStores) => void): void {
  describe.each(['sqlite', 'postgres'] as const)('on %s', (database) => define(new TestStores(database)));
}

/** Of a database that sorts as people do, so that a comparison which does not say how it compares is found out. */
const human = "template template0 locale_provider icu icu_locale 'en-US'";

let lastPrefix = 0;

export class TestStores {
  readonly database: Database;
  folder = '';
  stores: Stores = openStores({ folder: '', mode: 'read' });
  #url: string | null = null;
  #prefix = '';
  #tables = 0;

  constructor(database: Database) {
    this.database = database;
    beforeAll(async () => {
      if (database === 'postgres') this.#url = await createDatabase(human);
    });
    afterAll(async () => {
      if (this.#url) await dropDatabase(this.#url);
    });
    beforeEach(() => this.open());
    afterEach(() => this.close());
  }

  open(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'syncline-tables-'));
    lastPrefix += 1;
    this.#prefix = `t${lastPrefix}`;
    this.stores = this.another();
  }

  async close(): Promise<void> {
    await this.stores.close();
    rmSync(this.folder, { recursive: true });
  }

  /** What a process needs to open the same stores. */
  get place(): { folder: string } | { url: string; prefix: string } {
    return this.#url ? { url: this.#url, prefix: this.#prefix } : { folder: this.folder };
  }

  /** Other stores over the same rows, as in another process. */
  another(mode: 'write' | 'read' = 'write'): Stores {
    return openStores({ ...this.place, mode });
  }

  /** As in a process that was started again. */
  async reopen(): Promise<void> {
    await this.stores.close();
    this.stores = this.another();
  }

  get run(): RunTables {
    return this.stores.run('run');
  }

  async table(columns: Column[], rows: Cell[][], run = this.run): Promise<TableRef> {
    this.#tables += 1;
    const writer = await run.writer(owner(`rows${this.#tables}`), {
      columns,
      name: 'rows',
      resume: false,
      signal: never,
    });
    if (rows.length > 0) await writer.append(rows);
    return writer.finish();
  }

  async rows(table: TableRef, run = this.run): Promise<Cell[][]> {
    return (await this.batches(table, run)).flatMap((batch) => batch.rows);
  }

  async rids(table: TableRef, run = this.run): Promise<string[]> {
    return (await this.batches(table, run)).flatMap((batch) => batch.rids);
  }

  async batches(table: TableRef, run = this.run): Promise<TableBatch[]> {
    const batches: TableBatch[] = [];
    for await (const batch of run.read(table, {})) batches.push(batch);
    return batches;
  }
}
