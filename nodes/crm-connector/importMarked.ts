/**
 * Deletions of a CRM that knows them by a mark: those since the mark that the last import has kept, beside its date. The first
 * import has none to give: from then on they are known.
 */
import type { CrmClient, DeletedRecords } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Effect } from '../../contract/run.ts';
import { formatCursor } from '../../contract/run.ts';
import { minuteText, periodLabels } from './period.ts';
import type { Context } from './readRecords.ts';
import { advance, readCursor } from './window.ts';

/** The option that holds the mark, by the option that holds the date. */
const markName = (optionName: string): string => `DELETION_MARK_${optionName}`;

export interface MarkedDeletions {
  /** ISO. */
  from: string;
  to: string;
  optionName: string;
  /** As it was read; null: this is the first import. */
  optionValue: string | null;
  records: DeletedRecords['records'];
  effects: Effect[];
}

/** Rejects with DELETED_MARK_LOST where what was deleted since the last import cannot be told any more. */
export async function deletedByMark(context: Context, client: CrmClient): Promise<MarkedDeletions> {
  const { object, deleted } = context.config;
  if (deleted.period === 'between')
    throw new UserError('CONFIG_INVALID', {
      field: periodLabels.from,
      reason: 'this CRM tells what was deleted since the last import, not between two dates',
    });
  const optionName = deleted.optionName.trim();
  const optionValue = await context.option(optionName);
  const mark = await context.option(markName(optionName));
  const now = await client.serverNow();
  const from = optionValue === null ? now : readCursor(optionName, optionValue, new Date(now)).toISOString();
  const lost = (reason: string, cause?: unknown): UserError =>
    new UserError('DELETED_MARK_LOST', { object, from: minuteText(from), reason, option: optionName }, { cause });
  if (optionValue !== null && mark === null) throw lost('no import has kept how far it came');
  const answer = await client.deleted(object, from, now, optionValue === null ? null : mark).catch((error: unknown) => {
    const isLost = error instanceof UserError && error.code === 'DELETED_NOT_KEPT' && optionValue !== null;
    throw isLost ? lost(String(error.details.reason), error) : error;
  });
  if (optionValue === null) context.log('info', `Deletions from ${object} are known from now on; there is none yet.`);
  const moved = advance(context.config, { optionName, optionValue, end: answer.coveredUntil });
  const kept: Effect = {
    type: 'setOption',
    name: markName(optionName),
    value: answer.mark ?? '',
    expected: mark,
    atEnd: true,
  };
  return {
    from,
    to: answer.coveredUntil,
    optionName,
    optionValue,
    records: answer.records,
    // Kept when the run has succeeded, also where a script moves the date.
    effects: [...moved, kept],
  };
}

/** What those downstream are told. */
export const markedVars = ({ optionName, optionValue, to }: MarkedDeletions): Record<string, string> => ({
  crmOptionName: optionName,
  crmStartDate: optionValue ?? '',
  crmStartImport: optionValue ?? '',
  crmEndDate: formatCursor(new Date(to)),
});
