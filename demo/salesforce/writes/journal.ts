import type { Table, Written } from '../store/table.ts';

interface Entry {
  table: Table;
  row: number;
  before: Written | undefined;
  after: Written;
  created: boolean;
}

/** Remembers what was written, so that it can be taken back. */
export class Journal {
  private readonly entries: Entry[] = [];

  create(table: Table, after: Written): number {
    const row = table.append(after);
    this.entries.push({ table, row, before: undefined, after, created: true });
    return row;
  }

  replace(table: Table, row: number, after: Written): void {
    this.entries.push({ table, row, before: table.current(row), after, created: false });
    table.replace(row, after);
  }

  /** A place to roll back to. */
  get mark(): number {
    return this.entries.length;
  }

  rollback(to = 0): void {
    while (this.entries.length > to) {
      const { table, row, before, after, created } = this.entries.pop()!;
      table.replace(row, created ? { ...after, deleted: true, gone: true } : before);
    }
  }
}
