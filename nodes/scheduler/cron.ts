/** Cron text of five fields: minute, hour, day of month, month, day of week. Checked while drawing, without a clock. */

interface CronField {
  name: string;
  min: number;
  max: number;
  names: readonly string[];
  /** Forms beyond numbers, lists, ranges and steps. */
  extra?: RegExp;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const cronFields: readonly CronField[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [], extra: /^L$/i },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of the week', min: 0, max: 7, names: weekdays, extra: /^(?:[0-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#[1-5]$/i },
];

const longestDay = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What is wrong with a cron text, as half a sentence; null if nothing is. */
export function cronProblem(text: string): string | null {
  const parts = text.trim().split(/\s+/);
  if (text.trim() === '') return 'write five fields: minute, hour, day of the month, month, day of the week';
  if (parts.length !== 5)
    return `has ${parts.length} fields instead of five (minute, hour, day, month, day of the week)`;
  for (const [index, field] of cronFields.entries()) {
    const wrong = (parts[index] ?? '').split(',').find((item) => !fits(item, field));
    if (wrong !== undefined) return `"${wrong}" does not fit the ${field.name} (${field.min} to ${field.max})`;
  }
  return neverHappens(parts) ? 'names a day that none of its months has' : null;
}

function fits(item: string, field: CronField): boolean {
  if (field.extra?.test(item)) return true;
  const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/.exec(item);
  if (!match) return false;
  const [, first, last, step] = match;
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.max)) return false;
  if (first === undefined) return true;
  if (step !== undefined && last === undefined) return false;
  const from = numberOf(first, field);
  const to = last === undefined ? from : numberOf(last, field);
  return from !== null && to !== null && from <= to;
}

function numberOf(word: string, { names, min, max }: CronField): number | null {
  const place = names.indexOf(word.toUpperCase());
  if (place >= 0) return place + min;
  if (!/^\d{1,2}$/.test(word)) return null;
  return Number(word) >= min && Number(word) <= max ? Number(word) : null;
}

/** 31 February: only when the day of the week is free, since otherwise either of the two fields is enough. */
function neverHappens([, , day = '', month = '', weekday]: readonly string[]): boolean {
  if (weekday !== '*' || !/^[\d,]+$/.test(day) || month.includes('*')) return false;
  const field = cronFields[3] as CronField;
  const last = Math.max(
    ...month.split(',').flatMap((item) => monthsOf(item, field).map((one) => longestDay[one - 1] ?? 31)),
  );
  return day.split(',').every((one) => Number(one) > last);
}

function monthsOf(item: string, field: CronField): number[] {
  const [range = '', step = '1'] = item.split('/');
  const [first = '', last = first] = range.split('-');
  const from = numberOf(first, field) ?? 1;
  const to = numberOf(last, field) ?? 12;
  return Array.from({ length: 12 }, (_, index) => index + 1).filter(
    (month) => month >= from && month <= to && (month - from) % Number(step) === 0,
  );
}
