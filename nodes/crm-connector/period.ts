/** The two dates of an import of deleted records, as people and scripts write them. Both are included. */
import { UserError } from '../../contract/errors.ts';
import { parseInstant } from '../kit/instants.ts';

export interface Period {
  /** ISO, both included. */
  from: string;
  to: string;
}

/** What the CRMs promise at most to remember. */
export const mostDaysBack = 30;
const dayMs = 86_400_000;

/** ISO with any separators, as Adobe's `yyyy.MM.dd hh.mm.ss`; perhaps with an offset. */
const pattern =
  /^(\d{4})[-./_ ](\d{2})[-./_ ](\d{2})(?:[T ]\s*(\d{2})[:.\-_ ](\d{2})(?:[:.\-_ ](\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/;

/** What is wrong with a date of the settings; null while it may be right. */
export function periodProblem(text: string): string | null {
  if (text.trim() === '') return 'give a date, such as 2026-06-30 or 2026-06-30 08:00';
  if (text.includes('<%')) return null;
  return normalised(text) === null ? 'write it as 2026-06-30 or 2026-06-30 08:00:00' : null;
}

/**
 * The period of the settings. A day without a time is the whole day in the zone. Throws UserError CONFIG_INVALID, and
 * DELETED_TOO_OLD for a start that no CRM remembers: before anything is asked.
 */
export function readPeriod(settings: { from: string; to: string }, now: Date, timeZone: string): Period {
  const from = readDate('deleted.from', settings.from, timeZone, 'start');
  const to = readDate('deleted.to', settings.to, timeZone, 'end');
  if (to < from) throw new UserError('CONFIG_INVALID', { field: 'deleted.to', reason: 'lies before the start date' });
  if (now.getTime() - from.getTime() > mostDaysBack * dayMs)
    throw new UserError('DELETED_TOO_OLD', {
      from: from.toISOString(),
      earliest: new Date(now.getTime() - mostDaysBack * dayMs).toISOString(),
      days: mostDaysBack,
    });
  return { from: from.toISOString(), to: to.toISOString() };
}

function readDate(field: string, text: string, timeZone: string, end: 'start' | 'end'): Date {
  const plain = normalised(text);
  const instant = plain === null ? null : parseInstant(plain, timeZone);
  if (plain === null || instant === null)
    throw new UserError('CONFIG_INVALID', { field, reason: `${JSON.stringify(text.slice(0, 60))} is not a date` });
  return end === 'end' && plain.length === 10 ? endOfDay(plain, timeZone) : instant;
}

/** The last millisecond of a day, which need not have 24 hours. */
function endOfDay(day: string, timeZone: string): Date {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
  const midnight = parseInstant(next, timeZone);
  if (!midnight)
    throw new UserError('CONFIG_INVALID', { field: 'deleted.to', reason: `${day} is the last day there is` });
  return new Date(midnight.getTime() - 1);
}

function normalised(text: string): string | null {
  const match = pattern.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '00', offset = ''] = match;
  return `${year}-${month}-${day}${hour === undefined ? '' : `T${hour}:${minute}:${second}${offset}`}`;
}
