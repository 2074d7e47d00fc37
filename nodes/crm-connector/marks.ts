/**
 * The marks of a CRM that tells what changed or went since one of them, beside the date of the import. A mark counts for the
 * date it was given with.
 */
import type { Effect } from '../../contract/run.ts';
import { formatCursor } from '../../contract/run.ts';
import type { NodeContext } from '../kit/run.ts';
import type { CrmConfig } from './config.ts';
import { markName } from './markName.ts';
import type { ImportCursor } from './window.ts';

interface DatedMark {
  /** As the option of the date has it. */
  date: string;
  mark: string;
}

export interface KeptMarks {
  /** The option that holds them. */
  name: string;
  /** Its text as it was read. */
  read: string | null;
  /** The one that counts; null: there is none. */
  present: DatedMark | null;
}

/**
 * Each table has its own, also where imports of several share a date. Where a person has moved that, nobody knows what lies
 * between the two. Where a run has, it may have been the import of another table: then the earliest mark counts, so that
 * nothing of this one is passed over.
 */
export async function changeMarks(context: NodeContext<CrmConfig>, cursor: ImportCursor): Promise<KeptMarks> {
  const { optionName, optionValue } = cursor;
  const name = markName('CHANGE_MARK', optionName, context.config.object);
  const { earliest, ...kept } = await readMarks(context, name, cursor);
  if (kept.read === null) return { ...kept, present: await formerMark(context, cursor) };
  if (kept.present !== null || earliest === null || optionValue === null) return kept;
  const isPassed = earliest.date < optionValue && (await context.optionSetBy(optionName)) !== null;
  return { ...kept, present: isPassed ? earliest : null };
}

/** Earlier versions had one mark for all tables of a date. It names its table, and counts for no other. */
async function formerMark(context: NodeContext<CrmConfig>, cursor: ImportCursor): Promise<DatedMark | null> {
  return (await readMarks(context, markName('CHANGE_MARK', cursor.optionName), cursor)).present;
}

/** Deletions are told from the mark on, wherever a person has moved the date. */
export async function deletionMarks(context: NodeContext<CrmConfig>, cursor: ImportCursor): Promise<KeptMarks> {
  const { optionName, optionValue } = cursor;
  const { earliest, ...kept } = await readMarks(context, markName('DELETION_MARK', optionName), cursor);
  if (optionValue === null) return { ...kept, present: null };
  // Earlier versions kept the mark alone.
  const alone = kept.read ? { date: optionValue, mark: kept.read } : null;
  return { ...kept, present: kept.present ?? earliest ?? alone };
}

async function readMarks(
  context: NodeContext<CrmConfig>,
  name: string,
  { optionValue }: ImportCursor,
): Promise<KeptMarks & { earliest: DatedMark | null }> {
  const read = await context.option(name);
  const marks = parseMarks(read);
  return { name, read, present: marks.find(({ date }) => date === optionValue) ?? null, earliest: marks[0] ?? null };
}

function parseMarks(text: string | null): DatedMark[] {
  if (text === null) return [];
  try {
    const marks = JSON.parse(text) as unknown;
    return Array.isArray(marks) ? marks.filter(isDatedMark) : [];
  } catch (error) {
    // A person has changed it: without a mark everything is read.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

const isDatedMark = (value: unknown): value is DatedMark =>
  typeof value === 'object' &&
  value !== null &&
  'date' in value &&
  typeof value.date === 'string' &&
  'mark' in value &&
  typeof value.mark === 'string';

/**
 * Moves with the date, in the transaction that ends the run. Where a script moves the date, when and whether it does is not
 * known: the marks of both dates are kept at once, and the date says which counts. Of two of one date it is the earlier.
 */
export function moveMark(
  { index }: CrmConfig,
  { end }: Pick<ImportCursor, 'end'>,
  { name, read, present }: KeptMarks,
  mark: string,
): Effect {
  const next: DatedMark = { date: formatCursor(new Date(end)), mark };
  if (index.advance === 'whenRunSucceeded')
    return { type: 'setOption', name, value: JSON.stringify([next]), expected: read, atEnd: true };
  const marks = present === null ? [next] : present.date === next.date ? [present] : [present, next];
  return { type: 'setOption', name, value: JSON.stringify(marks), expected: read };
}
