/** Records of an export that are open: rejected, not sent or in doubt, so that a person can say something of them. */
import type { ExportCounts, ExportStage } from '../../contract/exports.ts';
import { quietActions } from '../../contract/exports.ts';
import type { Predicate } from '../../contract/relation.ts';
import { column, literal } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import type { ExportRow, MarkRow, OpenOutcome } from './rows.ts';

export const openOutcomes: readonly OpenOutcome[] = ['rejected', 'unsent', 'doubt'];

/**
 * What a record is; null: nothing has to be said of it. Of an export that was never settled each record that was to be
 * written is in doubt, apart from those whose outcome it has said.
 */
export function openOutcome(stage: ExportStage, action: Cell, outcome: Cell): OpenOutcome | null {
  if (stage === 'settled') return openOutcomes.find((open) => open === outcome) ?? null;
  if (stage !== 'sending') return null;
  const unknown = outcome === null && action !== null && !quietActions.some((quiet) => quiet === action);
  return unknown || outcome === 'doubt' ? 'doubt' : null;
}

/** The same of a table of records. */
export function whereOpen(stage: ExportStage, of: OpenOutcome): Predicate {
  const isOutcome = equals('outcome', of);
  if (stage === 'settled') return isOutcome;
  if (stage !== 'sending' || of !== 'doubt') return { op: 'or', items: [] };
  const unknown: Predicate[] = [
    { op: 'isNull', value: column('outcome') },
    { op: 'isNotNull', value: column('action') },
    ...quietActions.map((quiet): Predicate => ({ op: 'not', item: equals('action', quiet) })),
  ];
  return { op: 'or', items: [isOutcome, { op: 'and', items: unknown }] };
}

export const equals = (name: string, value: string): Predicate => ({
  op: 'eq',
  left: column(name),
  right: literal(value, 'text'),
});

/** How many records are open, marked or not. */
function countOpen({ stage, counts }: Pick<ExportRow, 'stage' | 'counts'>): Record<OpenOutcome, number> {
  const sums = JSON.parse(counts) as ExportCounts;
  const { rejected = 0, unsent = 0, doubt = 0 } = sums.outcomes;
  if (stage === 'settled') return { rejected, unsent, doubt };
  return { rejected: 0, unsent: 0, doubt: stage === 'sending' ? countUnknown(sums) : 0 };
}

/** Nothing is sent for what the plan refused, found unchanged or moved, whether or not it is among the outcomes by then. */
function countUnknown({ input, refused, actions, outcomes }: ExportCounts): number {
  const { doubt: _, rejected = 0, unchanged = 0, moved = 0, ...written } = outcomes;
  const quiet = Math.max(actions.unchanged ?? 0, unchanged) + Math.max(actions.moved ?? 0, moved);
  const unsent = Math.max(refused, rejected) + quiet;
  return Math.max(
    0,
    Object.values(written).reduce((left, records) => left - records, input - unsent),
  );
}

/** How many of them nobody has said anything of. */
export function countUnmarked(
  row: Pick<ExportRow, 'stage' | 'counts'>,
  marks: readonly Pick<MarkRow, 'of' | 'row'>[],
): Record<OpenOutcome, number> {
  const all = countOpen(row);
  const left = (of: OpenOutcome): number => {
    const own = marks.filter((mark) => mark.of === of);
    return own.some((mark) => mark.row === 0) ? 0 : Math.max(0, all[of] - own.length);
  };
  return { rejected: left('rejected'), unsent: left('unsent'), doubt: left('doubt') };
}

/** The columns of an export's row that say it. */
export function openColumns(
  row: Pick<ExportRow, 'stage' | 'counts'>,
  marks: readonly Pick<MarkRow, 'of' | 'row'>[],
): Pick<ExportRow, 'open_doubt' | 'open_rejects'> {
  const { doubt, rejected } = countUnmarked(row, marks);
  return { open_doubt: doubt, open_rejects: rejected };
}
