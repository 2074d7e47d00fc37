import { parseInstant } from '../../kit/clock.ts';
import type { Org } from '../org.ts';
import type { Table } from '../store/table.ts';
import { ControlError } from './rules.ts';

const KEYS = ['object', 'empty', 'purgeLogUntil', 'refusesPurged'];

/**
 * Does to the recycle bin, of one object or of all, what an administrator or the organisation itself does. `empty` takes out
 * what was deleted and leaves it in the log of deletions; `purgeLogUntil` lets the log begin at an instant; `refusesPurged`
 * chooses what `deleted` answers to a start before that.
 */
export function changeBin(org: Org, body: Record<string, unknown>): Record<string, unknown> {
  const unknown = Object.keys(body).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new ControlError(`"${unknown}" is not one of ${KEYS.join(', ')}`);
  const tables = tablesOf(org, body.object);
  const until = body.purgeLogUntil === undefined ? null : Math.floor(parseInstant(String(body.purgeLogUntil)) / 1000);
  const emptied = body.empty === true ? tables.reduce((sum, table) => sum + emptyBin(table), 0) : 0;
  if (until !== null) for (const table of tables) table.deletions.purge(until);
  if (typeof body.refusesPurged === 'boolean') org.refusesPurgedDeletes = body.refusesPurged;
  return { emptied, refusesPurged: org.refusesPurgedDeletes };
}

function tablesOf(org: Org, object: unknown): Table[] {
  if (object === undefined) return org.tables;
  const table = org.table(String(object));
  if (table === undefined)
    throw new ControlError(`object must be one of ${org.tables.map(({ name }) => name).join(', ')}`);
  return [table];
}

/** Generated deleted records are emptied too. Returns how many records went. */
function emptyBin(table: Table): number {
  const rows = [...table.gatherById(0, table.rows - 1, true, Infinity)].filter((row) => table.isDeleted(row));
  for (const row of rows) {
    const values = table.current(row)?.values ?? {};
    table.replace(row, { values, stamp: table.stamp(row), deleted: true, gone: true });
  }
  return rows.length;
}
