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
const mayKeepFewer = 'the CRM may keep fewer days: it says which when it is asked';
/** As the form calls the two dates. */
export const periodLabels = { from: 'Start date', to: 'End date' } as const;
const dayMs = 86_400_000;
const minuteMs = 60_000;
const leadMinutes = 10;

/** ISO with any separators, as Adobe's `yyyy.MM.dd hh.mm.ss`; perhaps with an offset, or `UTC` as our own messages write it. */
const pattern =
  /^(\d{4})[-./_ ](\d{2})[-./_ ](\d{2})(?:[T ]\s*(\d{2})[:.\-_ ](\d{2})(?:[:.\-_ ](\d{2})(?:\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/;

/** What is wrong with a date of the settings; null while it may be right. */
export function periodProblem(text: string): string | null {
  if (text.trim() === '') return 'give a date, such as 2026-06-30 or 2026-06-30 08:00';
  if (text.includes('<%')) return null;
  return normalised(text) === null ? 'write it as 2026-06-30 or 2026-06-30 08:00:00' : null;
}

/**
 * What is wrong with two dates that are each right; null while they may be in order. Without a zone they are compared as
 * they are written; a date with an offset and one without it can be compared by the run alone, which knows the zone.
 */
export function orderProblem(settings: { from: string; to: string }): string | null {
  const [from, to] = [normalised(settings.from), normalised(settings.to)];
  if (from === null || to === null || hasOffset(from) !== hasOffset(to)) return null;
  const [start, end] = [parseInstant(from, 'UTC'), parseInstant(to.length === 10 ? `${to}T23:59:59` : to, 'UTC')];
  return start && end && end < start ? endsBeforeStart : null;
}

const endsBeforeStart = 'lies before the start date';
const hasOffset = (plain: string): boolean => plain.length > 'yyyy-MM-ddThh:mm:ss'.length;

/** For people, in a form that the settings take: `2026-06-30 08:00 UTC`. */
export const minuteText = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** The same for the earliest date that will do. It moves on with the clock: it still does some minutes after it is read. */
export const earliestText = (iso: string): string =>
  minuteText(new Date(Math.ceil(Date.parse(iso) / minuteMs + leadMinutes) * minuteMs).toISOString());

/** Of a period that begins before the CRM knows every deletion. */
export const forgotten = (object: string, from: string, earliest: string, cause?: unknown): UserError =>
  new UserError('DELETED_GAP', { object, from: minuteText(from), earliest: earliestText(earliest) }, { cause });

/**
 * The period of the settings. A day without a time is the whole day in the zone. Throws UserError CONFIG_INVALID, and
 * DELETED_TOO_OLD for a start that no CRM remembers: before anything is asked.
 */
export function readPeriod(settings: { from: string; to: string }, now: Date, timeZone: string): Period {
  const from = readDate(periodLabels.from, settings.from, timeZone, 'start');
  const to = readDate(periodLabels.to, settings.to, timeZone, 'end');
  if (to < from) throw new UserError('CONFIG_INVALID', { field: periodLabels.to, reason: endsBeforeStart });
  if (now.getTime() - from.getTime() > mostDaysBack * dayMs)
    throw new UserError('DELETED_TOO_OLD', {
      from: minuteText(from.toISOString()),
      earliest: `${earliestText(new Date(now.getTime() - mostDaysBack * dayMs).toISOString())} (${mayKeepFewer})`,
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
    throw new UserError('CONFIG_INVALID', { field: periodLabels.to, reason: `${day} is the last day there is` });
  return new Date(midnight.getTime() - 1);
}

function normalised(text: string): string | null {
  const match = pattern.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '00', zone = ''] = match;
  const offset = zone === 'UTC' ? 'Z' : zone;
  return `${year}-${month}-${day}${hour === undefined ? '' : `T${hour}:${minute}:${second}${offset}`}`;
}
