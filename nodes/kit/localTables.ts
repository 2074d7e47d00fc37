/** Tables of local data that a node reads, as its settings expect them. */
import { UserError } from '../../contract/errors.ts';
import type { Column, ColumnType } from '../../contract/types.ts';

/** Why the table cannot be read; null where it may be. Names that begin with "_" are Syncline's own. */
export function tableProblem(name: string): string | null {
  if (name.trim() === '') return 'choose a table';
  return name.startsWith('_') ? 'choose a table of your own: names that begin with "_" are Syncline\'s' : null;
}

/** The table's column. Throws UserError TABLE_COLUMN_UNKNOWN, or TYPE_MISMATCH where it is not of the type. */
export function demandTableColumn(
  table: { name: string; columns: readonly Column[] },
  name: string,
  type?: ColumnType,
): Column {
  const found = table.columns.find((column) => column.name === name);
  if (!found) throw new UserError('TABLE_COLUMN_UNKNOWN', { table: table.name, column: name });
  if (type !== undefined && found.type !== type)
    throw new UserError('TYPE_MISMATCH', { column: name, reason: `it is ${found.type} in the table, not ${type}` });
  return found;
}
