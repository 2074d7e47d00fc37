/** The rows that are sent, and their values as the data extension is given them. */
import { UserError } from '../../contract/errors.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, rowId, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { NodeContext } from '../kit/run.ts';
import type { DataExtensionConfig } from './config.ts';
import { conversionOf } from './conversion.ts';
import { filledBy, type Target } from './target.ts';

type Context = NodeContext<DataExtensionConfig>;

/** `_id` of a row in the input. */
export const rowColumn: Column = { name: '_row', label: '', type: 'integer' };

export interface Due {
  table: TableRef;
  /** Its columns that fill those of the data extension, in the order of `filledBy`. */
  columns: string[];
  /** Its column that says which row of the input a row is; null: it is the input. */
  row: string | null;
  /** Of dates without an offset. */
  timeZone: string;
}

interface Arrived {
  input: TableRef;
  target: Target;
  refused: TableRef;
  timeZone: string;
}

/** All rows that arrived but the refused ones (`_row`), in their order. */
export async function dueRows(context: Context, { input, target, refused, timeZone }: Arrived): Promise<Due> {
  const sources = filledBy(target).map(({ source }) => source);
  if (refused.count === 0) return { table: input, columns: sources.map(({ name }) => name), row: null, timeZone };
  const on = [{ left: rowId, right: column(rowColumn.name) }];
  const others: Relation = { op: 'join', kind: 'anti', left: scan(input), right: scan(refused), on };
  // Columns of the input may be called like ours, and the data extension may have its columns in another order next time.
  const placed = (name: string): string => String(input.columns.findIndex((one) => one.name === name));
  const filling = [...new Set(sources)].map((own) => ({ ...own, name: placed(own.name), expr: column(own.name) }));
  const columns = [...filling, { ...rowColumn, expr: rowId }];
  const table = await context.table({ op: 'project', input: others, columns }, { name: 'to send' });
  return { table, columns: sources.map(({ name }) => placed(name)), row: rowColumn.name, timeZone };
}

interface DueRow {
  /** `_id` among the due rows. */
  id: number;
  /** `_id` in the input. */
  row: number;
  /** Of the columns that fill, as they arrived. */
  cells: Cell[];
}

export async function* readDue(
  context: Context,
  { table, columns, row }: Due,
  after: number,
): AsyncGenerator<DueRow[]> {
  const read = row === null ? columns : [...columns, row];
  for await (const { ids, rows } of context.read(table, { columns: read, after })) {
    context.signal.throwIfAborted();
    yield rows.map((cells, index) => {
      const id = ids[index] ?? 0;
      return { id, row: row === null ? id : Number(cells[columns.length]), cells };
    });
  }
}

/**
 * For each column that is filled, in their order: a cell that arrived as the value that is sent. All of them were looked at: what
 * does not fit now is due to a column that has another type since. Throws UserError TYPE_MISMATCH.
 */
export function sendings({ timeZone }: Due, target: Target): ((cell: Cell) => Cell)[] {
  return filledBy(target).map(({ source, column: own }) => {
    const convert = conversionOf(source.type, own.type, timeZone);
    return (cell) => {
      const sent = convert(cell);
      if (!sent.ok) throw new UserError('TYPE_MISMATCH', { column: own.name, reason: sent.reason });
      return sent.value;
    };
  });
}

/** The values of a row by the names of their columns there; without those that leave what is there as it is. */
export function valuesReader(
  context: Context,
  target: Target,
  due: Due,
): (cells: readonly Cell[]) => Record<string, Cell> {
  const names = filledBy(target).map((filled) => filled.column.name);
  const send = sendings(due, target);
  return (cells) => {
    const values: Record<string, Cell> = {};
    for (const [index, name] of names.entries()) {
      const value = send[index]?.(cells[index] ?? null) ?? null;
      if (value !== null || context.config.emptyOverwrites) values[name] = value;
    }
    return values;
  };
}
