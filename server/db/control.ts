/** Opens the control store, wherever it lies. */
import type { Clock } from './clock.ts';
import type { Migration } from './migrate.ts';
import { findMigrations } from './migrate.ts';
import { isPostgresAddress, openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import type { Db } from './transaction.ts';

/**
 * Opens the store and brings it to the schema of this program, after a copy of what it held if it held an older one. `place`
 * is a data folder (then it is its `control.sqlite`, made if need be) or the address of a PostgreSQL database. Close it with
 * `destroy()`. Throws UserError DATA_FOLDER_READ_ONLY, DATABASE_DAMAGED, DATABASE_NEWER, DATABASE_UNREACHABLE.
 */
export async function openControl(
  place: string,
  options: { clock: Clock; migrations?: readonly Migration[] },
): Promise<Db> {
  const migrations = options.migrations ?? (await findMigrations());
  const open = isPostgresAddress(place) ? openPostgres : openSqlite;
  return open(place, options.clock, migrations);
}
