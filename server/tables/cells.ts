/** Whether rows hold what their columns say. What does not is refused before it reaches a database. */
import { UserError } from '../../contract/errors.ts';
import { type Cell, type Column, type ColumnType, toCell } from '../../contract/types.ts';

const isText = (cell: Cell): boolean => typeof cell === 'string';

const checks: Record<ColumnType, (cell: Cell) => boolean> = {
  text: isText,
  date: isText,
  datetime: isText,
  decimal: isText,
  integer: (cell) => Number.isSafeInteger(cell) || (typeof cell === 'string' && toCell('integer', cell).ok),
  number: (cell) => Number.isFinite(cell),
  boolean: (cell) => typeof cell === 'boolean',
  json: (cell) => cell !== undefined,
};

/** Throws TYPE_MISMATCH with the name of the first column whose cell has another type; a row of another length is a bug. */
export function checkRows(columns: readonly Column[], rows: readonly Cell[][]): void {
  const columnChecks = columns.map(({ type }) => checks[type]);
  for (const row of rows) {
    if (row.length !== columns.length)
      throw new Error(`A row has ${row.length} cells, its table ${columns.length} columns`);
    for (let index = 0; index < columnChecks.length; index += 1) {
      const cell = row[index] as Cell;
      if (cell !== null && !columnChecks[index]?.(cell)) refuseCell(columns[index], cell);
    }
  }
}

function refuseCell(column: Column | undefined, cell: Cell): never {
  const shown = JSON.stringify(cell) ?? String(cell);
  const reason = `${shown.slice(0, 80)} is not a ${column?.type === 'integer' ? 'whole number' : column?.type}`;
  throw new UserError('TYPE_MISMATCH', { column: column?.name, reason });
}
