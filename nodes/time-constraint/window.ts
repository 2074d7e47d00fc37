/** When the window opens and closes: wall clock of a zone, days of the week, validity. */
import { TZDate } from '@date-fns/tz';
import type { TimeConstraintConfig } from './definition.ts';
import { minutesOf, weekDays } from './definition.ts';

export interface Window {
  opens: Date;
  /** Not included. */
  closes: Date;
}

export interface Validity {
  from: Date | null;
  until: Date | null;
}

/** So many days ahead there is a window, if there is one at all. */
const farthest = 8;

/** The window that is open at the instant, or else the next one; null when none comes any more. */
export function findWindow(
  config: Pick<TimeConstraintConfig, 'days' | 'from' | 'to'>,
  validity: Validity,
  now: Date,
  timeZone: string,
): Window | null {
  const start = validity.from && validity.from > now ? validity.from : now;
  // From the day before, whose window may reach into this one.
  for (let ahead = -1; ahead <= farthest; ahead += 1) {
    const window = windowOf(config, start, ahead, timeZone);
    if (!window || window.closes <= start) continue;
    const opens = validity.from && validity.from > window.opens ? validity.from : window.opens;
    const closes = validity.until && validity.until < window.closes ? validity.until : window.closes;
    return closes > start && closes > opens ? { opens, closes } : null;
  }
  return null;
}

/** The window that opens so many days after the day of the instant; null on a day that is left out. */
function windowOf(
  { days, from, to }: Pick<TimeConstraintConfig, 'days' | 'from' | 'to'>,
  instant: Date,
  ahead: number,
  timeZone: string,
): Window | null {
  const local = new TZDate(instant.getTime(), timeZone);
  const at = (day: number, minutes: number): Date =>
    new Date(
      new TZDate(local.getFullYear(), local.getMonth(), local.getDate() + day, 0, minutes, 0, timeZone).getTime(),
    );
  const [opens, closes] = [minutesOf(from) ?? 0, minutesOf(to) ?? 1_440];
  const day = at(ahead, 720);
  // Sunday is 0 for dates, and the last of our week.
  const name = weekDays[(new TZDate(day.getTime(), timeZone).getDay() + 6) % 7];
  if (!name || !days[name]) return null;
  return { opens: at(ahead, opens), closes: at(closes > opens ? ahead : ahead + 1, closes) };
}
