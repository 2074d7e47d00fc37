/** The records that a person has chosen, as they stand in the store. */
import type { ExportOutcome } from '../../contract/exports.ts';
import type { Cell } from '../../contract/types.ts';
import type { Stores } from '../tables/types.ts';
import { readTables } from './keep.ts';
import type { Named } from './marks.ts';
import { isRow } from './marks.ts';
import { openOutcome } from './open.ts';
import type { ExportRow } from './rows.ts';

type Reach = Pick<Stores, 'run'>;

/** What each of them is; null: all are meant. */
export async function nameRecords(stores: Reach, row: ExportRow, rows: readonly number[] | null): Promise<Named> {
  if (rows === null) return null;
  const found = await readOutcomes(stores, row, rows);
  return new Map(
    rows.map((no) => {
      const { action = null, outcome = null } = found.get(no) ?? {};
      return [no, openOutcome(row.stage, action, outcome)];
    }),
  );
}

/** By row; one that does not exist is left out. */
export async function readOutcomes(
  stores: Reach,
  row: ExportRow,
  rows: readonly number[],
): Promise<Map<number, { action: Cell; outcome: Cell }>> {
  const { records } = readTables(row);
  const query = { limit: rows.length, cursor: null, sort: null, search: '', filter: [], where: isRow(rows) };
  const page = await stores.run(row.run_id).page(records, query);
  const [action, outcome] = ['action', 'outcome'].map((name) => page.columns.findIndex((own) => own.name === name));
  return new Map(
    page.ids.map((id, index) => {
      const cells = page.rows[index] ?? [];
      return [id, { action: cells[action ?? -1] ?? null, outcome: cells[outcome ?? -1] ?? null }];
    }),
  );
}

/** Outcomes of records that an undo can take back. */
export const isWritten = (outcome: Cell): boolean => writtenOutcomes.some((written) => written === outcome);
export const writtenOutcomes: readonly ExportOutcome[] = ['created', 'updated', 'deleted', 'undeleted'];
