import type { History } from '../generated/history.ts';
import type { Population } from '../generated/population.ts';
import type { World } from '../generated/world.ts';
import { idMaker, MAX_ROWS, rowOfId } from '../ids.ts';
import type { Field, Value } from '../objects/field.ts';
import type { ObjectDefinition } from '../objects/object.ts';
import { DeleteLog } from './deleteLog.ts';
import { FieldIndex } from './fieldIndex.ts';
import { type KeyRange, StampOrder } from './stampOrder.ts';

/** What was written to a record: of a generated one only the fields that were set. */
export interface Written {
  readonly values: Readonly<Record<string, Value>>;
  readonly stamp: number;
  readonly deleted: boolean;
  /** Rolled back or emptied from the recycle bin: no call sees it any more. */
  readonly gone: boolean;
  /** The removal that took it: what a cascade takes along has the number of the record it began with. */
  readonly removal?: number;
}

/** Fields by which records are kept in order. */
export const STAMP_FIELDS = ['SystemModstamp', 'LastModifiedDate', 'CreatedDate'] as const;
export type StampField = (typeof STAMP_FIELDS)[number];

const DELETED = 1;
const WRITTEN = 2;
const GONE = 4;
const ARCHIVED = 8;
/** What a query without deleted records does not see. */
const HIDDEN = DELETED | GONE | ARCHIVED;

/** The records of one object: generated rows, and what was written over and after them. */
export class Table {
  readonly definition: ObjectDefinition;
  readonly generatedRows: number;
  readonly idOf: (row: number) => string;
  readonly deletions = new DeleteLog();
  private readonly byName = new Map<string, Field>();
  private readonly indexes = new Map<string, FieldIndex>();
  private readonly written = new Map<number, Written>();
  private readonly orders = new Map<StampField, StampOrder>();
  private readonly population: Population;
  private readonly history: History;
  private flags: Uint8Array;
  private count: number;
  private hiddenCount = 0;
  private readonly watchers = new Set<(row: number) => void>();

  constructor(definition: ObjectDefinition, world: World) {
    const population = world.population(definition.name);
    this.definition = definition;
    this.population = population;
    this.generatedRows = population.rows;
    this.count = population.rows;
    this.idOf = idMaker(definition.prefix);
    this.history = world.history(definition.name);
    this.orderBy('SystemModstamp');
    this.flags = new Uint8Array(this.count + 1024);
    for (let row = 0; row < this.count; row++) if (population.isDeleted(row)) this.flags[row] = DELETED;
    this.hiddenCount = population.rows - population.live;
    this.archive(definition);
    for (const field of definition.fields) {
      this.byName.set(field.name.toLowerCase(), field);
      if (field.indexed) this.indexes.set(field.name, new FieldIndex(this, field));
    }
  }

  get name(): string {
    return this.definition.name;
  }

  /** Rows ever made, deleted ones included. */
  get rows(): number {
    return this.count;
  }

  get liveRows(): number {
    return this.count - this.hiddenCount;
  }

  get writtenRows(): number {
    return this.written.size;
  }

  /** A field by its name in any case. */
  field(name: string): Field | undefined {
    return this.byName.get(name.toLowerCase());
  }

  index(field: Field): FieldIndex | undefined {
    return this.indexes.get(field.name);
  }

  /** The row of a normalised id, or -1. */
  rowOf(id18: string): number {
    const row = rowOfId(this.definition.prefix, id18);
    return row < this.count && row >= 0 && (this.flags[row]! & GONE) === 0 ? row : -1;
  }

  isDeleted(row: number): boolean {
    return (this.flags[row]! & DELETED) !== 0;
  }

  isVisible(row: number, withDeleted: boolean): boolean {
    return (this.flags[row]! & (withDeleted ? GONE : HIDDEN)) === 0;
  }

  stamp(row: number): number {
    return this.stampIn('SystemModstamp', row, this.written.get(row));
  }

  current(row: number): Written | undefined {
    return this.written.get(row);
  }

  read(name: string, row: number): Value {
    const field = this.field(name);
    return field === undefined ? null : this.reader(field)(row);
  }

  /** A function that reads a field, with everything decided that does not depend on the row. */
  reader(field: Field): (row: number) => Value {
    if (field.name === 'Id') return this.idOf;
    if (field.name === 'IsDeleted') return (row) => this.isDeleted(row);
    if (field.name === 'SystemModstamp') return (row) => this.stamp(row);
    const derive = field.derive && this.deriver(field.derive);
    const generate = field.generate ?? derive ?? (() => null);
    return (row) => {
      if (row < this.generatedRows && (this.flags[row]! & WRITTEN) === 0) return generate(row);
      if (derive !== null) return derive(row);
      const value = this.written.get(row)?.values[field.name];
      if (value !== undefined) return value;
      return row < this.generatedRows ? generate(row) : field.defaultValue;
    };
  }

  private deriver(derive: NonNullable<Field['derive']>): (row: number) => Value {
    return (row) => derive((name) => this.read(name, row));
  }

  /** Makes a record and returns its row. */
  append(next: Written): number {
    if (this.count >= MAX_ROWS) throw new RangeError(`${this.name} cannot hold more than ${MAX_ROWS} records`);
    const row = this.count++;
    if (row >= this.flags.length) {
      const longer = new Uint8Array(this.flags.length * 2);
      longer.set(this.flags);
      this.flags = longer;
    }
    this.replace(row, next);
    return row;
  }

  /** Calls back before each change of a row; the returned function ends it. */
  watch(watcher: (row: number) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Sets what is written over a row; undefined gives a generated row back its generated state. */
  replace(row: number, next: Written | undefined): void {
    for (const watcher of this.watchers) watcher(row);
    const before = this.written.get(row);
    for (const [field, order] of this.orders) {
      order.move(row, before && this.stampIn(field, row, before), next && this.stampIn(field, row, next));
    }
    this.logDeletion(row, before, next);
    const deleted = next === undefined ? this.population.isDeleted(row) : next.deleted;
    this.setFlags(row, next, deleted);
    if (next === undefined) {
      this.written.delete(row);
      return;
    }
    this.written.set(row, next);
    for (const [name, index] of this.indexes) {
      const value = next.values[name];
      if (value !== undefined && value !== before?.values[name]) index.note(row, value);
    }
  }

  private archive({ isArchived }: ObjectDefinition): void {
    if (isArchived === undefined) return;
    for (let row = 0; row < this.count; row++) {
      if (!isArchived(row) || this.isDeleted(row)) continue;
      this.flags[row]! |= ARCHIVED;
      this.hiddenCount++;
    }
  }

  /** Keeps the log of what is deleted in step; a record that was rolled back never was. */
  private logDeletion(row: number, before: Written | undefined, next: Written | undefined): void {
    const wasDeleted =
      before === undefined ? row < this.generatedRows && this.population.isDeleted(row) : before.deleted;
    if (!next?.deleted || (next.gone && !wasDeleted)) this.deletions.forget(row);
    else if (this.deletions.timeOf(row) === undefined)
      this.deletions.note(row, wasDeleted && before === undefined ? this.history.at(row).stamped : next.stamp);
  }

  /** Whether a row was generated as deleted and nobody has written to it. */
  isDeletedByBirth(row: number): boolean {
    return (this.flags[row]! & (DELETED | WRITTEN)) === DELETED;
  }

  private setFlags(row: number, next: Written | undefined, deleted: boolean): void {
    const wasHidden = (this.flags[row]! & HIDDEN) !== 0;
    const archived = this.flags[row]! & ARCHIVED;
    this.flags[row] = (deleted ? DELETED : 0) | (next ? WRITTEN : 0) | (next?.gone ? GONE : 0) | archived;
    const isHidden = (this.flags[row]! & HIDDEN) !== 0;
    this.hiddenCount += Number(isHidden) - Number(wasHidden);
  }

  /** Rows by a stamp and Id. */
  gatherByStamp(field: StampField, ranges: readonly KeyRange[], withDeleted: boolean, most: number): Uint32Array {
    const hidden = withDeleted ? GONE : HIDDEN;
    return this.orderBy(field).gather(ranges, most, this.flags, hidden, WRITTEN);
  }

  /** Orders by other stamps than SystemModstamp are made when they are first asked for. */
  private orderBy(field: StampField): StampOrder {
    const known = this.orders.get(field);
    if (known !== undefined) return known;
    const order = new StampOrder(this.generatedRows, (row) => this.stampIn(field, row, undefined));
    for (const [row, written] of this.written) order.move(row, undefined, this.stampIn(field, row, written));
    this.orders.set(field, order);
    return order;
  }

  private stampIn(field: StampField, row: number, written: Written | undefined): number {
    if (field === 'SystemModstamp') return written?.stamp ?? this.history.at(row).stamped;
    const value = written?.values[field];
    if (typeof value === 'number') return value;
    return field === 'CreatedDate' ? this.history.at(row).created : this.history.at(row).modified;
  }

  /** Rows by Id between two rows, both included. */
  gatherById(from: number, to: number, withDeleted: boolean, most: number): Uint32Array {
    const last = Math.min(to, this.count - 1);
    const first = Math.max(0, from);
    const rows = new Uint32Array(Math.max(0, Math.min(most, last - first + 1)));
    let count = 0;
    for (let row = first; row <= last && count < rows.length; row++) {
      if (this.isVisible(row, withDeleted)) rows[count++] = row;
    }
    return rows.slice(0, count);
  }
}
