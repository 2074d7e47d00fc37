import { TZDate } from '@date-fns/tz';
import { UserError } from '../../contract/errors.ts';
import { toCell } from '../../contract/types.ts';
import { instantPattern } from './durations.ts';

/** The instant a text stands for: with an offset as it is, without one as the wall clock of the zone shows it; null if it is no date. */
export function parseInstant(text: string, timeZone: string): Date | null {
  const match = instantPattern.exec(text.trim());
  if (!match) return null;
  const [whole, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', offset] = match;
  if (offset) {
    const cell = toCell('datetime', whole);
    return cell.ok && typeof cell.value === 'string' ? new Date(cell.value) : null;
  }
  const real = toCell('datetime', `${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!real.ok) return null;
  const local = new TZDate(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    timeZone,
  );
  return new Date(local.getTime());
}

/** The same for a value that a person's template or expression gave for a setting. Throws UserError CONFIG_INVALID. */
export function demandInstant(value: unknown, field: string, timeZone: string): Date {
  const instant = typeof value === 'string' ? parseInstant(value, timeZone) : null;
  if (instant) return instant;
  const shown = JSON.stringify(value)?.slice(0, 80) ?? 'nothing';
  throw new UserError('CONFIG_INVALID', { field, reason: `${shown} is not a date and time` });
}
