/** What people said of records of an export: of each by itself, or of all of a kind that have no mark of their own. */
import { UserError } from '../../contract/errors.ts';
import type { ExportMark, ExportStage } from '../../contract/exports.ts';
import type { Predicate } from '../../contract/relation.ts';
import { rowId } from '../../contract/relation.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { countUnmarked, openColumns, openOutcomes, whereOpen } from './open.ts';
import type { ExportRow, MarkRow, OpenOutcome } from './rows.ts';

export interface Marks {
  all: readonly MarkRow[];
  find(of: OpenOutcome, row: number): MarkRow | null;
}

/** In place of `requeued`, of records that their run was not to send after all: nothing is said of them any more. */
export const givenBack = 'given back';

const keyOf = (of: OpenOutcome, row: number): string => `${of} ${row}`;

export async function readMarks(db: Db, exportId: string): Promise<Marks> {
  const all: MarkRow[] = await db('export_marks')
    .where({ export_id: exportId })
    .whereNot({ mark: givenBack })
    .orderBy(['of', 'row']);
  const byKey = new Map(all.map((mark) => [keyOf(mark.of, mark.row), mark]));
  return { all, find: (of, row) => byKey.get(keyOf(of, row)) ?? byKey.get(keyOf(of, 0)) ?? null };
}

/** The open records with a mark (null: none) that the function takes. */
export function whereMarked(
  stage: ExportStage,
  { all }: Marks,
  takes: (of: OpenOutcome, mark: ExportMark | null) => boolean,
): Predicate {
  const items = openOutcomes.map((of): Predicate => {
    const own = all.filter((mark) => mark.of === of && mark.row !== 0);
    const rest = all.find((mark) => mark.of === of && mark.row === 0)?.mark ?? null;
    const taken = isRow(own.filter(({ mark }) => takes(of, mark)).map(({ row }) => row));
    const others: Predicate = { op: 'not', item: isRow(own.map(({ row }) => row)) };
    const marked: Predicate = takes(of, rest) ? { op: 'or', items: [taken, others] } : taken;
    return { op: 'and', items: [whereOpen(stage, of), marked] };
  });
  return { op: 'or', items };
}

/** Rows stand in their order, so that the `_row` of a record is its `_id`. */
export const isRow = (rows: readonly number[]): Predicate => ({
  op: 'in',
  value: rowId,
  list: [...rows],
  type: 'integer',
});

/** What a person says, and of which records it can be said. */
export interface Saying {
  mark: ExportMark;
  /** In a sentence: cannot be … */
  verb: string;
  /** Of a record that is named; of all that are left only with `alone`. */
  may(of: OpenOutcome, before: ExportMark | null, alone: boolean): boolean;
}

const isLeft = (of: OpenOutcome, before: ExportMark | null): boolean =>
  of === 'doubt' ? before === 'not written' : before === null;
const isDoubt = (of: OpenOutcome, before: ExportMark | null, alone: boolean): boolean =>
  of === 'doubt' && (before === null || (alone && (before === 'written' || before === 'not written')));

export const sayings = {
  dismissed: { mark: 'dismissed', verb: 'dismissed', may: isLeft },
  requeued: {
    mark: 'requeued',
    verb: 'requeued',
    may: (of, before, alone) => isLeft(of, before) || (alone && before === 'dismissed'),
  },
  written: { mark: 'written', verb: 'said to be written', may: isDoubt },
  notWritten: { mark: 'not written', verb: 'said not to be written', may: isDoubt },
} as const satisfies Record<string, Saying>;

/** Those that are named, with what they are (null: nothing has to be said of them); null: all that are left. */
export type Named = ReadonlyMap<number, OpenOutcome | null> | null;

/** Rows of marks (0: the rest of its kind), and how many records they are. */
export interface Sayable {
  rows: Pick<MarkRow, 'of' | 'row'>[];
  records: number;
}

/** Throws UserError RECORD_NOT_OPEN or NOTHING_OPEN. */
export function findSayable(row: ExportRow, marks: Marks, saying: Saying, named: Named): Sayable {
  return named ? nameRows(marks, saying, named) : takeLeft(row, marks, saying);
}

export async function say(
  tx: Tx,
  row: ExportRow,
  { rows }: Pick<Sayable, 'rows'>,
  said: Pick<MarkRow, 'mark' | 'by' | 'at' | 'run_id'>,
): Promise<void> {
  const marks = rows.map((one): MarkRow => ({ ...one, ...said, export_id: row.id }));
  for (let from = 0; from < marks.length; from += rowsAtOnce)
    await tx('export_marks')
      .insert(marks.slice(from, from + rowsAtOnce))
      .onConflict(['export_id', 'of', 'row'])
      .merge();
  const { all } = await readMarks(tx, row.id);
  await tx('exports')
    .where({ id: row.id })
    .update({ ...openColumns(row, all), updated_at: said.at });
}

const rowsAtOnce = 100;

function nameRows(marks: Marks, saying: Saying, named: NonNullable<Named>): Sayable {
  const rows = [...named].map(([row, of]) => {
    const mark = of && marks.find(of, row);
    if (of && saying.may(of, mark?.mark ?? null, true)) return { of, row };
    const reason = mark ? `it was ${words[mark.mark]} by ${mark.by}` : reasons[of ?? 'none'];
    throw new UserError('RECORD_NOT_OPEN', { row, verb: saying.verb, reason });
  });
  return { rows, records: rows.length };
}

const words: Record<ExportMark, string> = {
  dismissed: 'dismissed',
  requeued: 'requeued',
  written: 'said to be written',
  'not written': 'said not to be written',
};
const reasons = {
  rejected: 'it was rejected',
  unsent: 'it was not sent',
  doubt: 'nobody has said yet whether it was written',
  none: 'it was neither rejected nor left in doubt, or there is no such row',
};

function takeLeft(row: ExportRow, { all }: Marks, saying: Saying): Sayable {
  const own = all.filter((mark) => mark.row !== 0);
  const [unmarked, withoutOwn] = [countUnmarked(row, all), countUnmarked(row, own)];
  const rest = openOutcomes.filter((of) => unmarked[of] > 0 && saying.may(of, null, false));
  const again = all.filter((mark) => saying.may(mark.of, mark.mark, false));
  const records = [
    ...rest.map((of) => unmarked[of]),
    ...again.map((mark) => (mark.row === 0 ? withoutOwn[mark.of] : 1)),
  ].reduce((sum, one) => sum + one, 0);
  if (records === 0) throw new UserError('NOTHING_OPEN', { verb: saying.verb });
  return {
    rows: [...rest.map((of) => ({ of, row: 0 })), ...again.map((mark) => ({ of: mark.of, row: mark.row }))],
    records,
  };
}
