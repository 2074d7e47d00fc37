/**
 * Deletions of a CRM that knows them by a mark: those since the mark that the last import has kept, beside its date. The first
 * import has none to give: from then on they are known.
 */
import type { CrmClient, DeletedRecords } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Effect } from '../../contract/run.ts';
import { formatCursor } from '../../contract/run.ts';
import { deletionMarks, moveMark } from './marks.ts';
import { minuteText } from './period.ts';
import type { Context } from './readRecords.ts';
import { advance, cursorName, readCursor } from './window.ts';

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
  const optionName = cursorName(deleted.optionName);
  const optionValue = await context.option(optionName);
  const now = await client.serverNow();
  const from = optionValue === null ? now : readCursor(optionName, optionValue, new Date(now)).toISOString();
  const lost = (reason: string, cause?: unknown): UserError =>
    new UserError('DELETED_MARK_LOST', { object, from: minuteText(from), reason, option: optionName }, { cause });
  const marks = await deletionMarks(context, { optionName, optionValue, end: now });
  const mark = marks.present?.mark ?? null;
  if (optionValue !== null && mark === null) throw lost('no import has kept how far it came');
  const answer = await client.deleted(object, from, now, mark).catch((error: unknown) => {
    const isLost = error instanceof UserError && error.code === 'DELETED_NOT_KEPT' && optionValue !== null;
    throw isLost ? lost(String(error.details.reason), error) : error;
  });
  if (optionValue === null) context.log('info', `Deletions from ${object} are known from now on; there is none yet.`);
  const end = answer.coveredUntil;
  const moved = advance(context.config, { optionName, optionValue, end });
  return {
    from,
    to: end,
    optionName,
    optionValue,
    records: answer.records,
    effects: [...moved, moveMark(context.config, { end }, marks, answer.mark ?? '')],
  };
}

/** What those downstream are told. */
export const markedVars = ({ optionName, optionValue, to }: MarkedDeletions): Record<string, string> => ({
  crmOptionName: optionName,
  crmStartDate: optionValue ?? '',
  crmStartImport: optionValue ?? '',
  crmEndDate: formatCursor(new Date(to)),
});
