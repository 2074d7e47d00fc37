import { TZDate } from '@date-fns/tz';
import { toCell } from '../../contract/types.ts';
import { instantPattern } from './definition.ts';

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
