/** The servers' time: six hours behind UTC, all year. */
const OFFSET_MS = 6 * 3600 * 1000;
/** What a date column holds goes no further back than the database does. */
const FIRST = Date.UTC(1753, 0, 1);
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** What the servers' clock shows at an instant, such as `2026-06-01T04:00:00.000`. */
export function centralText(instant: number): string {
  return wallText(instant - OFFSET_MS);
}

const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?(AM|PM))?)?$/i;

/**
 * A date as it is stored: what the servers' clock shows. Text with a zone is moved to theirs, text without one is taken as it
 * stands. Null when it is no date.
 */
export function readDate(text: string): string | null {
  const iso = ISO.exec(text);
  if (iso !== null) return readIso(iso);
  const american = AMERICAN.exec(text);
  return american === null ? null : readAmerican(american);
}

function readIso(parts: RegExpExecArray): string | null {
  const [, year, month, day, hour, minute, second, fraction, zone] = parts;
  const milliseconds = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
  const wall = wallOf(year, month, day, hour, minute, second, milliseconds);
  if (wall === null || zone === undefined) return wall === null ? null : inRange(wall);
  return inRange(wall - offsetOf(zone) - OFFSET_MS);
}

function readAmerican(parts: RegExpExecArray): string | null {
  const [, month, day, year, hour, minute, second, half] = parts;
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return null;
  const hours = half === undefined ? hour : String((Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0));
  const wall = wallOf(year!.length === 2 ? `20${year}` : year, month, day, hours, minute, second, 0);
  return wall === null ? null : inRange(wall);
}

function wallOf(...[year, month, day, hour, minute, second, ms]: (string | number | undefined)[]): number | null {
  const parts = [year, month, day, hour ?? 0, minute ?? 0, second ?? 0].map(Number);
  const [y, m, d, h, min, s] = parts as [number, number, number, number, number, number];
  const wall = Date.UTC(y, m - 1, d, h, min, s, Number(ms ?? 0));
  const again = new Date(wall);
  const isReal = again.getUTCMonth() === m - 1 && again.getUTCDate() === d && h < 24 && min < 60 && s < 60;
  return isReal ? wall : null;
}

function offsetOf(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})/.exec(zone)!;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function inRange(wall: number): string | null {
  return wall < FIRST || wall > LAST ? null : wallText(wall);
}

function wallText(wall: number): string {
  return new Date(wall).toISOString().slice(0, 23);
}

/** As the interfaces write a stored date: `6/1/2026 4:00:00 AM`. Milliseconds are gone. */
export function showDate(stored: string): string {
  const date = new Date(`${stored}Z`);
  const hour = date.getUTCHours();
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${hour % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  return `${day} ${time} ${hour < 12 ? 'AM' : 'PM'}`;
}
