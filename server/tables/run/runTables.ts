/** The work tables of one run, over the store that holds them. */
import { UserError } from '../../../contract/errors.ts';
import type { Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import type { Cell, Column } from '../../../contract/types.ts';
import type { Resume, TableBatch, TableWriter } from '../../../nodes/kit/run.ts';
import type { Connection } from '../connection.ts';
import { explainError } from '../errors.ts';
import { countRows } from '../relation/plan.ts';
import { tableShape } from '../relation/shape.ts';
import { exportRows } from '../rows/export.ts';
import { readPage } from '../rows/page.ts';
import type { RowSource } from '../rows/sorted.ts';
import { tallyColumn } from '../rows/tally.ts';
import type { StoreAccess } from '../setting.ts';
import type { AwaitedRows, AwaitedTable, RowPage, RowQuery, RunTables, TableOwner, Tally } from '../types.ts';
import { awaitedName, findAwaited } from './awaited.ts';
import { findTable, type TableRecord } from './catalogue.ts';
import { followValue } from './follow.ts';
import { materialise } from './materialise.ts';
import { readTable } from './read.ts';
import { dropOthers, dropTables, hasToSweep, sweepTask } from './sweep.ts';
import { openWriter } from './writer.ts';

export class StoredRunTables implements RunTables {
  readonly #access: StoreAccess;

  constructor(access: StoreAccess) {
    this.#access = access;
  }

  materialise(
    owner: TableOwner,
    relation: Relation,
    options: { name?: string; signal: AbortSignal },
  ): Promise<TableRef> {
    return materialise(this.#access, owner, relation, options);
  }

  writer(
    owner: TableOwner,
    options: { columns: Column[]; name: string; resume: Resume; signal: AbortSignal },
  ): Promise<TableWriter> {
    return openWriter(this.#access, owner, options);
  }

  read(
    table: TableRef,
    options: { columns?: string[]; after?: number; signal?: AbortSignal },
  ): AsyncIterable<TableBatch> {
    return readTable(this.#access, table, options);
  }

  count(relation: Relation, signal: AbortSignal): Promise<number> {
    return this.#reading((db) => countRows(db, this.#access, relation, signal));
  }

  async keepAwaited(owner: TableOwner, awaited: AwaitedRows, rows: Relation, signal: AbortSignal): Promise<void> {
    await this.materialise(owner, rows, { name: awaitedName(awaited), signal });
  }

  async awaited(): Promise<AwaitedTable[]> {
    return (await this.#access.exists()) ? this.#access.read((db) => findAwaited(db, this.#access)) : [];
  }

  verify(table: TableRef): Promise<void> {
    return this.#reading(async (db) => {
      const record = await findTable(db, '', table);
      if (record.count !== table.count) refuse(table, `${record.count} rows were recorded, ${table.count} expected`);
      await verifyRows(db, table, record.no, table.count);
      if (record.base) await verifyBase(db, table, record.base.no);
    });
  }

  page(table: TableRef, query: RowQuery): Promise<RowPage> {
    return this.#reading(async (db) => readPage(db, this.#access, await sourceOf(this.#access, db, table), query));
  }

  tally(table: TableRef, name: string, where?: Predicate): Promise<Tally[]> {
    return this.#reading((db) => tallyColumn(db, this.#access, table, { name, where }));
  }

  async *export(
    table: TableRef,
    query: Omit<RowQuery, 'limit' | 'cursor'>,
    signal: AbortSignal,
  ): AsyncIterable<Cell[][]> {
    const db = await this.#access.open();
    try {
      yield* exportRows(db, this.#access, await sourceOf(this.#access, db, table), query, signal);
    } catch (error) {
      throw explainError(error, table.id, this.#access.dialect.faultOf);
    } finally {
      await db.close();
    }
  }

  follow(tables: TableRef[], value: string): Promise<{ table: TableRef; id: number; rid: string; row: Cell[] }[]> {
    return this.#reading((db) => followValue(db, this.#access, tables, value));
  }

  /** Every task ends with this, and most have nothing to sweep: those must not wait for the others of the run. */
  async sweep(taskId: string, keep: TableRef[]): Promise<void> {
    if (!(await this.#access.exists())) return;
    if (await this.#access.read((db) => hasToSweep(db, taskId, keep)))
      await this.#access.write((db) => sweepTask(db, taskId, keep));
  }

  async drop(tables: TableRef[]): Promise<void> {
    if (!(await this.#access.exists())) return;
    await this.#access.write((db) => dropTables(db, tables));
    await this.#access.reclaim();
  }

  async keepOnly(tables: TableRef[]): Promise<void> {
    if (!(await this.#access.exists())) return;
    await this.#access.write((db) => dropOthers(db, tables));
    await this.#access.reclaim();
  }

  bytes(): Promise<number> {
    return this.#access.bytes();
  }

  #reading<T>(work: (db: Connection) => Promise<T>): Promise<T> {
    return this.#access.read((db) => db.transaction('read', () => work(db)));
  }
}

function refuse(table: TableRef, reason: string): never {
  throw new UserError('WORK_TABLE_LOST', { table: table.id, reason });
}

/** `_id` rises from 1 without gaps, so the last one is the number of rows. */
async function verifyRows(db: Connection, table: TableRef, no: number, count: number): Promise<void> {
  const last = (await db.value<number>(`SELECT max(_id) AS last FROM w${no}`)) ?? 0;
  if (last !== count) refuse(table, `${last} rows are there, ${count} were recorded`);
}

async function verifyBase(db: Connection, table: TableRef, no: number): Promise<void> {
  const count = await db.value<number>('SELECT count FROM _outputs WHERE no = ?1', [no]);
  if (count === null) refuse(table, 'the rows it points to are gone');
  await verifyRows(db, table, no, count);
}

async function sourceOf({ dialect }: StoreAccess, db: Connection, table: TableRef): Promise<RowSource> {
  const record: TableRecord = await findTable(db, '', table);
  return { rows: { op: 'scan', table }, shape: tableShape(dialect, '', record), total: table.count };
}
