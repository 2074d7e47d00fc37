import { RecordError } from '../errors.ts';
import type { Value } from '../objects/field.ts';
import type { Org } from '../org.ts';
import type { Table, Written } from '../store/table.ts';
import { historyRows } from './fieldHistory.ts';
import { Journal } from './journal.ts';
import { eraseRow, mergeRows, removeRow, restoreRow } from './removal.ts';
import { type Body, readValues } from './values.ts';

export interface WriterOptions {
  /** The record of the request, counted from 0, that another transaction holds. */
  lockedRecord?: number | null;
  /** Stamp of a transaction that commits late; the clock's second otherwise. */
  stamp?: number;
  /** The system writes: LastModifiedDate and LastModifiedById stay as they are. */
  system?: boolean;
}

/** Writes records within one request. Each operation throws RecordError and then has written nothing. */
export class Writer {
  readonly org: Org;
  private readonly userId: string;
  private readonly options: WriterOptions;
  private readonly journal = new Journal();
  private readonly stamp: number;
  private records = 0;

  constructor(org: Org, userId: string, options: WriterOptions = {}) {
    this.org = org;
    this.userId = userId;
    this.options = options;
    this.stamp = options.stamp ?? org.clock.seconds();
  }

  /** Takes back everything. */
  rollback(): void {
    this.journal.rollback();
  }

  create(table: Table, body: Body): number {
    return this.record('', () => this.insert(table, readValues(this.org, table, body, 'create')));
  }

  update(table: Table, row: number, body: Body): void {
    this.record(table.idOf(row), () => {
      if (table.isDeleted(row)) throw RecordError.of('ENTITY_IS_DELETED', 'entity is deleted');
      this.set(table, row, readValues(this.org, table, body, 'update'));
    });
  }

  /** Creates a record from values that are taken as they are. */
  insert(table: Table, values: Record<string, Value>): number {
    this.checkUnique(table, values, -1);
    table.definition.complete?.(values);
    const row = table.rows;
    const numbers = table.definition.fields.filter((field) => field.autoNumber);
    for (const field of numbers) values[field.name] = field.generate?.(row) ?? null;
    const made = {
      OwnerId: this.userId,
      ...values,
      CreatedDate: this.stamp,
      CreatedById: this.userId,
      LastModifiedDate: this.stamp,
      LastModifiedById: this.userId,
    };
    return this.journal.create(table, { values: made, stamp: this.stamp, deleted: false, gone: false });
  }

  /** Sets values that are taken as they are. */
  set(table: Table, row: number, values: Record<string, Value>): void {
    const refusal = table.definition.guard?.((name) => table.read(name, row)) ?? null;
    if (refusal !== null) throw RecordError.of(refusal.statusCode, refusal.message);
    this.checkUnique(table, values, row);
    table.definition.complete?.(values);
    const { stamp, userId } = this;
    const kept = historyRows(this.org, table, row, values, { stamp, userId });
    this.write(table, row, values, {});
    for (const { table: history, written } of kept) this.journal.create(history, written);
  }

  /** Moves a record to the recycle bin, with the children that go with it. */
  remove(table: Table, row: number): void {
    this.record(table.idOf(row), () => removeRow(this, table, row));
  }

  /** Takes a record out of the recycle bin, with the children that went with it. */
  restore(table: Table, row: number): void {
    this.record(table.idOf(row), () => restoreRow(this, table, row));
  }

  /** Deletes a record for good, whether it lies in the recycle bin or not; its children go to the bin. */
  erase(table: Table, row: number): void {
    this.record(table.idOf(row), () => eraseRow(this, table, row));
  }

  /** Makes one record of several: the others are deleted and name it as their master, their children become its own. */
  merge(table: Table, master: number, losers: readonly number[]): void {
    this.record(table.idOf(master), () => mergeRows(this, table, master, losers));
  }

  private record<T>(id: string, work: () => T): T {
    const mark = this.journal.mark;
    try {
      if (this.records++ === this.options.lockedRecord) throw lockedRow(id);
      return work();
    } catch (error) {
      this.journal.rollback(mark);
      throw error;
    }
  }

  /** Writes over a record without asking anything. */
  write(
    table: Table,
    row: number,
    values: Record<string, Value>,
    change: Partial<Written>,
    system = this.options.system === true,
  ): void {
    if (this.org.transactions.isLocked(table, row)) throw lockedRow(table.idOf(row));
    const before = table.current(row);
    const author: Record<string, Value> = system ? {} : { LastModifiedDate: this.stamp, LastModifiedById: this.userId };
    this.journal.replace(table, row, {
      deleted: before?.deleted ?? table.isDeleted(row),
      gone: false,
      ...change,
      values: { ...before?.values, ...values, ...author },
      stamp: this.stamp,
    });
  }

  /** Lets a record be seen that was made unseen. */
  publish(table: Table, row: number, written: Written): void {
    this.record(table.idOf(row), () => {
      this.checkUnique(table, { ...written.values }, row);
      this.journal.replace(table, row, written);
    });
  }

  /** Replaces all that was written over a record; its stamp too. */
  replace(table: Table, row: number, next: Written): void {
    this.journal.replace(table, row, next);
  }

  private checkUnique(table: Table, values: Record<string, Value>, self: number): void {
    for (const field of table.definition.fields) {
      const value = field.unique ? values[field.name] : null;
      if (value === null || value === undefined) continue;
      const index = table.index(field);
      const other = index?.find(value).find((row) => row !== self && table.isVisible(row, false));
      if (other === undefined) continue;
      const message = `duplicate value found: ${field.name} duplicates value on record with id: ${table.idOf(other)}`;
      throw RecordError.of('DUPLICATE_VALUE', message);
    }
  }
}

function lockedRow(id: string): RecordError {
  const what = id === '' ? 'this record' : `this record or 1 records: ${id}`;
  return RecordError.of('UNABLE_TO_LOCK_ROW', `unable to obtain exclusive access to ${what}`);
}
