/** Real stores in a folder that is gone after each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column, ColumnType } from '../../contract/types.ts';
import type { TableBatch } from '../../nodes/kit/run.ts';
import { openStores } from '../../server/tables/stores.ts';
import type { RunTables, Stores, TableOwner } from '../../server/tables/types.ts';

export const never = new AbortController().signal;
export const owner = (taskId: string, attempt = 1): TableOwner => ({ taskId, attempt });

export const columnsOf = (types: Record<string, ColumnType>): Column[] =>
  Object.entries(types).map(([name, type]) => ({ name, label: name, type }));

export class TestStores {
  folder = '';
  stores: Stores = openStores({ folder: '', mode: 'read' });
  #tables = 0;

  constructor() {
    beforeEach(() => this.open());
    afterEach(() => this.close());
  }

  open(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'syncline-tables-'));
    this.stores = openStores({ folder: this.folder, mode: 'write' });
  }

  async close(): Promise<void> {
    await this.stores.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Other stores over the same folder, as in a process that was started again. */
  async reopen(): Promise<void> {
    await this.stores.close();
    this.stores = openStores({ folder: this.folder, mode: 'write' });
  }

  get run(): RunTables {
    return this.stores.run('run');
  }

  runFile(runId = 'run'): string {
    return join(this.folder, 'runs', `${runId}.sqlite`);
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
