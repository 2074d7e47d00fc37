/** Names that go into SQL. They are quoted as well; what is let through here needs no quoting anywhere. */
import type { DatabaseTable } from '../../contract/database.ts';
import { UserError } from '../../contract/errors.ts';

/** The shortest limit of the three systems: PostgreSQL cuts longer ones without a word. */
const longest = 63;
/** PostgreSQL has the lowest one; others refuse wide rows in their own words. */
const mostColumns = 1_500;

/** Throws DATABASE_NAME, CONFIG_INVALID. */
export function checkTable({ name, columns, key }: DatabaseTable): void {
  for (const one of [name, ...columns.map((column) => column.name)]) checkName(one);
  if (!columns.some((column) => column.name === key)) throw new Error(`The table ${name} lacks its key ${key}.`);
  const seen = new Map<string, string>();
  for (const column of columns) {
    const folded = column.name.toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) refuse(column.name, `the table ${name} has ${other} as well`);
    seen.set(folded, column.name);
  }
  if (columns.length > mostColumns) refuse(name, `its ${columns.length} columns are more than ${mostColumns}`);
}

function checkName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) refuse(name, 'use letters, digits and "_", a letter first');
  if (name.length > longest) refuse(name, `it is longer than ${longest} characters`);
}

function refuse(name: string, reason: string): never {
  throw new UserError('DATABASE_NAME', { name, reason });
}
