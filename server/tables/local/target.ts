/** Where the columns of a write go: names of people on one side, physical names on the other. */
import { UserError } from '../../../contract/errors.ts';
import {
  column,
  type LocalWrite,
  type LocalWriteResult,
  type ProjectedColumn,
  type Relation,
  relationColumns,
} from '../../../contract/relation.ts';
import type { ColumnType } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import type { Setting } from '../relation/sources.ts';
import { checkType, type LocalTable } from './catalogue.ts';

export interface Writing {
  db: Connection;
  setting: Setting;
  signal: AbortSignal;
  table: LocalTable;
  write: LocalWrite;
}

/** A value column: where it lies in the table and among the given columns, and on what it depends. */
export interface Target {
  stored: string;
  given: number;
  /** Place of the condition among the given columns. */
  when: number | null;
  onlyOn: 'insert' | 'update' | undefined;
}

export interface Given {
  /** Keys first, then values, then conditions. */
  relation: Relation;
  types: ColumnType[];
  /** Physical names of the key columns, in the order of the given ones. */
  keys: string[];
  targets: Target[];
}

/** The greatest `_id` of the table. */
export async function lastId({ db, table }: Pick<Writing, 'db' | 'table'>): Promise<number> {
  return (await db.value<number>(`SELECT max(_id) AS last FROM t${table.no}`)) ?? 0;
}

/** What the source gives, in the types of the table. Throws COLUMN_UNKNOWN, TYPE_MISMATCH. */
export function givenBy({ table, write }: Pick<Writing, 'table' | 'write'>): Given {
  const values = write.operation === 'delete' ? [] : write.values;
  const conditions = values.flatMap(({ when }) => when ?? []);
  const columns = [
    ...[...write.key, ...values.map(({ name }) => name)].map((name) => projected(write.source, name, table)),
    ...conditions.map((name) => projected(write.source, name, null)),
  ].map((column, index) => ({ ...column, name: `given${index}` }));
  let condition = write.key.length + values.length;
  const targets = values.map(({ name, onlyOn, when }, index): Target => {
    const place = when === undefined ? null : condition;
    if (place !== null) condition += 1;
    return { stored: storedName(table, name), given: write.key.length + index, when: place, onlyOn };
  });
  return {
    relation: { op: 'project', input: write.source, columns },
    types: columns.map(({ type }) => type),
    keys: write.key.map((name) => storedName(table, name)),
    targets,
  };
}

function projected(source: Relation, name: string, table: LocalTable | null): ProjectedColumn {
  const found = relationColumns(source).find((one) => one.name === name);
  if (!found) throw new UserError('COLUMN_UNKNOWN', { column: name });
  if (table) checkType(table, name, found.type);
  return { name, label: '', type: found.type, expr: column(name) };
}

function storedName(table: LocalTable, name: string): string {
  const place = table.columns.findIndex((one) => one.name === name);
  if (place < 0) throw new UserError('COLUMN_UNKNOWN', { column: name });
  return `c${place + 1}`;
}

/** The numbers add up to the rows of the source. */
export function resultOf(total: number, changes: Partial<Omit<LocalWriteResult, 'unchanged'>>): LocalWriteResult {
  const { inserted = 0, updated = 0, deleted = 0 } = changes;
  return { inserted, updated, deleted, unchanged: total - inserted - updated - deleted };
}
