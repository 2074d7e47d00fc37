/**
 * The mark of change tracking, beside the import date. It counts only for the date it was given with: where a person, a script
 * or an import by a date has moved that, nobody knows what lies between the two.
 */
import type { Effect } from '../../contract/run.ts';
import { formatCursor } from '../../contract/run.ts';
import type { NodeContext } from '../kit/run.ts';
import type { CrmConfig } from './config.ts';
import type { ImportCursor } from './window.ts';

/** The option that holds the marks, by the option that holds the date. */
const marksName = (optionName: string): string => `CHANGE_MARK_${optionName}`;

interface DatedMark {
  /** As the option of the date has it. */
  date: string;
  mark: string;
}

export interface KeptMarks {
  /** The option's text as it was read. */
  read: string | null;
  /** Of the date as it is; null: there is none. */
  present: DatedMark | null;
}

export async function keptMarks(
  context: NodeContext<CrmConfig>,
  { optionName, optionValue }: ImportCursor,
): Promise<KeptMarks> {
  const read = await context.option(marksName(optionName));
  return { read, present: parseMarks(read).find(({ date }) => date === optionValue) ?? null };
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
  { optionName, end }: ImportCursor,
  { read, present }: KeptMarks,
  mark: string,
): Effect {
  const next: DatedMark = { date: formatCursor(new Date(end)), mark };
  const name = marksName(optionName);
  if (index.advance === 'whenRunSucceeded')
    return { type: 'setOption', name, value: JSON.stringify([next]), expected: read, atEnd: true };
  const marks = present === null ? [next] : present.date === next.date ? [present] : [present, next];
  return { type: 'setOption', name, value: JSON.stringify(marks), expected: read };
}
