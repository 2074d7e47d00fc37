/** How many records of an export are open: rejected, not sent or in doubt, and nobody has said anything of them yet. */
import type { ExportCounts, ExportStage } from '../../contract/exports.ts';
import type { ExportRow, MarkRow, OpenOutcome } from './rows.ts';

/**
 * All of them, marked or not. Of an export that was never settled each record that was to be written is in doubt, apart from
 * those whose outcome it has said.
 */
export function countOpen(stage: ExportStage, counts: ExportCounts): Record<OpenOutcome, number> {
  const { rejected = 0, unsent = 0, doubt = 0 } = counts.outcomes;
  if (stage === 'settled') return { rejected, unsent, doubt };
  return { rejected: 0, unsent: 0, doubt: stage === 'sending' ? countUnknown(counts) : 0 };
}

function countUnknown({ input, refused, actions, outcomes }: ExportCounts): number {
  const { doubt = 0, ...known } = outcomes;
  const said = Object.values(known).reduce((sum, records) => sum + records, 0);
  const settled = said + doubt === 0 ? refused + (actions.unchanged ?? 0) : said;
  return Math.max(0, input - settled);
}

/** The columns of an export's row that say how many are left without a mark. */
export function openColumns(
  { stage, counts }: Pick<ExportRow, 'stage' | 'counts'>,
  marks: readonly Pick<MarkRow, 'of' | 'row'>[],
): Pick<ExportRow, 'open_doubt' | 'open_rejects'> {
  const all = countOpen(stage, JSON.parse(counts) as ExportCounts);
  const left = (of: OpenOutcome): number => {
    const own = marks.filter((mark) => mark.of === of);
    return own.some(({ row }) => row === 0) ? 0 : Math.max(0, all[of] - own.length);
  };
  return { open_doubt: left('doubt'), open_rejects: left('rejected') };
}
