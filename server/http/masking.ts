import type { Role } from '../../contract/api.ts';
import { mayAct } from '../../contract/api.ts';
import { UserError } from '../../contract/errors.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { RowQuery } from '../tables/types.ts';

const mask = '•••';

/** Whether someone sees personal columns as they are. */
export const seesPersonal = (role: Role): boolean => mayAct(role, 'operator');

/** The rows with personal values masked for those who may not see them; an empty cell stays empty. */
export function maskRows(role: Role, columns: readonly Column[], rows: Cell[][]): Cell[][] {
  if (seesPersonal(role) || !columns.some((column) => column.personal)) return rows;
  return rows.map((row) => row.map((cell, index) => (columns[index]?.personal && cell !== null ? mask : cell)));
}

/**
 * Whoever may not see a value may not search for it either: the number of hits would tell. Throws UserError ROLE_MISSING.
 */
export function refusePersonalSearch(
  role: Role,
  columns: readonly Column[],
  query: Omit<RowQuery, 'limit' | 'cursor'>,
): void {
  if (seesPersonal(role)) return;
  const personal = new Set(columns.filter((column) => column.personal).map((column) => column.name));
  const asked = [...query.filter.map((one) => one.column), ...(query.sort ? [query.sort.column] : [])];
  const telling = asked.some((name) => personal.has(name)) || (query.search !== '' && personal.size > 0);
  if (telling) throw new UserError('ROLE_MISSING', { role: 'operator' });
}
