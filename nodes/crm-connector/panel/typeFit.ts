/** Whether values of a column's type can be written into a field, as far as types alone tell. */
import type { ColumnType } from '../../../contract/types.ts';
import type { Conversion } from '../conversions.ts';

/** `all`: every value is refused; `some`: those that do not read as the field's type. */
export type Misfit = 'all' | 'some';

type Fits = Partial<Record<ColumnType, Misfit>>;

const readAsType: Fits = {
  integer: 'some',
  number: 'some',
  decimal: 'some',
  boolean: 'some',
  date: 'some',
  datetime: 'some',
};
const noDay: Fits = { date: 'all', datetime: 'all' };
const noNumber: Fits = { integer: 'all', number: 'all', decimal: 'all' };

/** By the column's type, then by the field's; what is not listed fits. */
const misfits: Record<ColumnType, Fits> = {
  text: readAsType,
  json: readAsType,
  integer: { ...noDay, boolean: 'some' },
  number: { ...noDay, boolean: 'some', integer: 'some' },
  decimal: { ...noDay, boolean: 'some', integer: 'some' },
  boolean: { ...noDay, ...noNumber },
  date: { ...noNumber, boolean: 'all', datetime: 'all' },
  datetime: { ...noNumber, boolean: 'all', date: 'all' },
};

/** Null: it fits. What is copied is for the CRM to judge. */
export function misfitOf(from: ColumnType, to: ColumnType, conversion: Conversion): Misfit | null {
  if (conversion === 'copy') return null;
  if (from === 'datetime' && to === 'date' && conversion === 'dateOnly') return null;
  return misfits[from][to] ?? null;
}
