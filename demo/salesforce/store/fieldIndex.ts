import { hashText } from '../../kit/random.ts';
import type { Field, Value } from '../objects/field.ts';
import { SLICE_ROWS, Slices } from './slices.ts';

/** What an index needs of its table. */
export interface IndexedRows {
  generatedRows: number;
  reader(field: Field): (row: number) => Value;
}

/** Finds the rows that hold a value: generated rows by a chained hash made at first use, written rows beside them. */
export class FieldIndex {
  private readonly rows: IndexedRows;
  private readonly field: Field;
  private readonly read: (row: number) => Value;
  private readonly written = new Map<string, Set<number>>();
  private heads = new Int32Array(0);
  private chain = new Int32Array(0);
  private building: Promise<void> | null = null;

  constructor(rows: IndexedRows, field: Field) {
    this.rows = rows;
    this.field = field;
    this.read = rows.reader(field);
  }

  /** Must have been awaited once before `find`. */
  ready(): Promise<void> {
    this.building ??= this.build();
    return this.building;
  }

  /** Notes that a row holds a value from now on. */
  note(row: number, value: Value): void {
    if (value === null) return;
    const key = fold(value);
    const rows = this.written.get(key);
    if (rows === undefined) this.written.set(key, new Set([row]));
    else rows.add(row);
  }

  /** All rows whose present value equals the given one without regard to case, deleted ones too, in ascending order. */
  find(value: Value): number[] {
    if (this.heads.length === 0) throw new Error(`the index of ${this.field.name} is asked before it is ready`);
    if (value === null) return [];
    const key = fold(value);
    const found = new Set<number>();
    let row = this.heads[hashText(key) & (this.heads.length - 1)]!;
    for (; row >= 0; row = this.chain[row]!) if (this.holds(row, key)) found.add(row);
    for (const written of this.written.get(key) ?? []) if (this.holds(written, key)) found.add(written);
    return [...found].sort((a, b) => a - b);
  }

  private holds(row: number, key: string): boolean {
    const value = this.read(row);
    return value !== null && fold(value) === key;
  }

  private async build(): Promise<void> {
    const { generate } = this.field;
    const count = this.rows.generatedRows;
    const heads = new Int32Array(2 ** Math.ceil(Math.log2(count + 16))).fill(-1);
    const chain = new Int32Array(count);
    const slices = new Slices();
    for (let row = 0; row < count; row++) {
      if (row % SLICE_ROWS === 0 && slices.due) await slices.pause();
      const value = generate === null ? null : generate(row);
      if (value === null) continue;
      const slot = hashText(fold(value)) & (heads.length - 1);
      chain[row] = heads[slot]!;
      heads[slot] = row;
    }
    this.heads = heads;
    this.chain = chain;
  }
}

function fold(value: Value): string {
  return String(value).toLowerCase();
}
