/** What arrived, as a run reads it. */
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { NodeContext } from './run.ts';

/** The rows that arrived at a node which takes one arrival at a time. Throws UserError INPUT_NO_ROWS if it brought none. */
export function arrivedRows(context: Pick<NodeContext, 'inputs' | 'node'>): TableRef {
  const table = passedRows(context);
  if (!table) throw new UserError('INPUT_NO_ROWS', { node: context.node.label });
  return table;
}

/** The same for a node that lets rows through if there are any. */
export function passedRows(context: Pick<NodeContext, 'inputs'>): TableRef | null {
  return context.inputs[0]?.table ?? null;
}

/** Scripts and conditions find the number of rows that arrived in `vars.recCount`; it travels on. */
export function countArrived({ inputs, vars }: Pick<NodeContext, 'inputs' | 'vars'>): void {
  const table = passedRows({ inputs });
  if (table) vars.recCount = table.count;
}

const grouped = new Intl.NumberFormat('en');

/** 4985 → "4,985", for logs. */
export const countText = (count: number): string => grouped.format(count);

/** Columns can have gone since the workflow was drawn. Throws UserError COLUMN_UNKNOWN for the first that is missing. */
export function demandColumns(table: TableRef, names: readonly string[]): void {
  const missing = names.find((name) => !table.columns.some((column) => column.name === name));
  if (missing !== undefined) throw new UserError('COLUMN_UNKNOWN', { column: missing });
}
