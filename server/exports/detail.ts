/** One export in sums: what it changes and what was rejected, and whether it can be undone. */
import { describeError } from '../../contract/errors.ts';
import type { ExportDetail } from '../../contract/exports.ts';
import { column } from '../../contract/relation.ts';
import type { TaskRow } from '../db/rows.ts';
import type { Db } from '../db/transaction.ts';
import type { Stores, Tally } from '../tables/types.ts';
import type { FoundExport } from './find.ts';
import { summarise } from './find.ts';
import { readTables } from './keep.ts';
import { findUndoRefusal } from './undo.ts';

/** Changes that records have in common are counted once: they differ for few of them. */
export type CountedExports = Map<string, Pick<ExportDetail, 'changedFields' | 'rejectCodes'>>;
const mostCounted = 200;

export async function readExport(
  { db, stores, counted }: { db: Db; stores: Pick<Stores, 'run'>; counted: CountedExports },
  days: number,
  row: FoundExport,
): Promise<ExportDetail> {
  const [summary] = await summarise(db, days, [row]);
  if (!summary) throw new Error(`The export ${row.id} has no summary.`);
  const task: Pick<TaskRow, 'asks'> | undefined = await db('tasks')
    .where({ id: row.id, state: 'waiting' })
    .first('asks');
  const refusal = await findUndoRefusal(db, row);
  return {
    ...summary,
    forecast: readForecast(row),
    fields: JSON.parse(row.fields) as ExportDetail['fields'],
    remarks: JSON.parse(row.remarks) as string[],
    asks: task?.asks ?? null,
    // As long as the run has its other rows, nobody knows which of them are the export's.
    bytes: row.run_state === null || row.run_purged ? await stores.run(row.run_id).bytes() : null,
    notUndoable: refusal && describeError(refusal.code, refusal.details).message,
    ...(await count(stores, counted, row)),
  };
}

/** Those that were kept before there was a count of the calls made have none. */
function readForecast({ forecast }: FoundExport): ExportDetail['forecast'] {
  if (forecast === null) return null;
  return { made: null, ...(JSON.parse(forecast) as Omit<NonNullable<ExportDetail['forecast']>, 'made'>) };
}

/** A table that is finished never changes. */
async function count(stores: Pick<Stores, 'run'>, counted: CountedExports, row: FoundExport) {
  const { records } = readTables(row);
  const key = JSON.stringify([records.store, records.id, records.count, row.stage]);
  const known = counted.get(key);
  if (known) return known;
  const tables = stores.run(row.run_id);
  const changed = await tables.tally(records, 'changed', { op: 'isNotNull', value: column('changed') });
  const codes = await tables.tally(records, 'errorCode', { op: 'isNotNull', value: column('errorCode') });
  const sums = { changedFields: sumFields(changed), rejectCodes: sumCodes(codes) };
  if (counted.size >= mostCounted) counted.clear();
  counted.set(key, sums);
  return sums;
}

function sumFields(tallies: readonly Tally[]): ExportDetail['changedFields'] {
  const sums = new Map<string, number>();
  for (const { value, rows } of tallies)
    for (const name of (value ?? '').split(',').filter((part) => part !== ''))
      sums.set(name, (sums.get(name) ?? 0) + rows);
  return mostFirst([...sums].map(([name, records]) => ({ name, records })));
}

const sumCodes = (tallies: readonly Tally[]): ExportDetail['rejectCodes'] =>
  mostFirst(tallies.map(({ value, rows }) => ({ code: value ?? '', records: rows })));

const mostFirst = <T extends { records: number }>(sums: T[]): T[] =>
  sums.sort((a, b) => b.records - a.records || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
