import type { Column, Value } from '../tables/column.ts';
import { type AlternateKey, type Navigation, navigationsOf, type TableDefinition } from '../tables/table.ts';
import { sortKey } from './guid.ts';

export interface Row {
  readonly id: string;
  /** In whose order rows are listed when nothing else is said. */
  readonly order: string;
  /** Of the last change; larger than that of any change before it. */
  version: number;
  /** By logical name. A lookup holds an id, and `<name>type` the table it leads to. */
  values: Record<string, Value>;
}

export interface Deletion {
  id: string;
  version: number;
  /** Seconds since 1970. */
  at: number;
}

/** The rows of one table, with the indexes of its keys. */
export class Table {
  readonly definition: TableDefinition;
  readonly columns: ReadonlyMap<string, Column>;
  readonly navigations: ReadonlyMap<string, Navigation>;
  readonly rows = new Map<string, Row>();
  readonly deletions: Deletion[] = [];
  /** Deleted rows that can be restored. */
  readonly bin = new Map<string, Row>();
  /** Moves with every change of any row. */
  revision = 0;
  private readonly byKey = new Map<AlternateKey, Map<string, string>>();

  constructor(definition: TableDefinition) {
    this.definition = definition;
    this.columns = new Map(definition.columns.map((column) => [column.name, column]));
    this.navigations = new Map(navigationsOf(definition).map((navigation) => [navigation.name, navigation]));
    for (const key of definition.keys) if (key.status === 'Active') this.byKey.set(key, new Map());
  }

  get name(): string {
    return this.definition.name;
  }

  /** Puts a row in, or in place of the one with its id. */
  put(row: Row): void {
    const before = this.rows.get(row.id);
    if (before) this.unindex(before);
    this.rows.set(row.id, row);
    for (const [key, index] of this.byKey) {
      const mark = markOf(key, row.values);
      if (mark !== null) index.set(mark, row.id);
    }
    this.revision++;
  }

  remove(id: string): void {
    const row = this.rows.get(id);
    if (!row) return;
    this.unindex(row);
    this.rows.delete(id);
    this.revision++;
  }

  /** The row that has these values in the columns of a key. */
  findByKey(key: AlternateKey, values: Record<string, Value>): Row | undefined {
    const mark = markOf(key, values);
    const id = mark === null ? undefined : this.byKey.get(key)?.get(mark);
    return id === undefined ? undefined : this.rows.get(id);
  }

  /** The active key of which another row has the same values. */
  takenKey(id: string, values: Record<string, Value>): AlternateKey | undefined {
    return [...this.byKey.keys()].find((key) => {
      const other = this.findByKey(key, values);
      return other !== undefined && other.id !== id;
    });
  }

  private unindex(row: Row): void {
    for (const [key, index] of this.byKey) {
      const mark = markOf(key, row.values);
      if (mark !== null && index.get(mark) === row.id) index.delete(mark);
    }
  }
}

/** Values of a key in a form that is the same for equal ones; a row without one of them is not held apart. */
function markOf({ columns }: AlternateKey, values: Record<string, Value>): string | null {
  const parts = columns.map((name) => values[name] ?? null);
  return parts.includes(null) ? null : JSON.stringify(parts.map((part) => String(part).trimEnd().toLowerCase()));
}

export const newRow = (id: string, version: number, values: Record<string, Value>): Row => ({
  id,
  order: sortKey(id),
  version,
  values,
});
