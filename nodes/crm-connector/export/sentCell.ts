/**
 * What a conversion makes of a value on its way to a field: the other way round than an import. A text without an offset is a
 * wall clock: Default takes that of the time zone, Without time offset that of UTC, as the import wrote it. Date only gives the
 * day of an instant in the time zone. Copy/Paste reads the text as it is. A date never shifts.
 */
import type { ColumnType, Converted, Json } from '../../../contract/types.ts';
import { toCell } from '../../../contract/types.ts';
import { dayInZone } from '../../kit/days.ts';
import { parseInstant } from '../../kit/instants.ts';
import { scriptCell } from '../../kit/scripts.ts';
import type { Conversion } from '../conversions.ts';

interface Way {
  type: ColumnType;
  conversion: Conversion;
  /** A script's Date at midnight may stand for a day; a column's instant does not. */
  source?: { kind: 'column' | 'expression' };
}

/** The canonical cell of the field's type, or why there is none. An empty text is no value. */
export function sentCell({ type, conversion, source }: Way, value: Json, timeZone: string): Converted {
  if (value === null || value === '') return { ok: true, value: null };
  if (typeof value !== 'string' || conversion === 'copy') return toCell(type, value);
  if (conversion === 'dateOnly') return ofDay(type, value, timeZone);
  if (conversion === 'withoutTimeOffset') return ofWallClock(type, value);
  if (type === 'datetime') return ofInstant(value, timeZone);
  return source?.kind === 'expression' ? scriptCell(type, value) : toCell(type, value);
}

const offset = /(Z|[+-]\d{2}:?\d{2})$/;
const clock = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

function ofInstant(value: string, timeZone: string): Converted {
  const local = clock.test(value.trim()) && !offset.test(value.trim()) ? parseInstant(value, timeZone) : null;
  return toCell('datetime', local ? local.toISOString() : value);
}

function ofDay(type: ColumnType, value: string, timeZone: string): Converted {
  const text = value.trim();
  const instant = clock.test(text) && offset.test(text) ? toCell('datetime', text) : null;
  const day = instant?.ok ? dayInZone(String(instant.value), timeZone) : clock.test(text) ? text.slice(0, 10) : text;
  const cell = toCell('date', day);
  if (!cell.ok || type === 'date') return cell;
  return type === 'datetime' ? ofInstant(`${day}T00:00:00`, timeZone) : toCell(type, day);
}

function ofWallClock(type: ColumnType, value: string): Converted {
  const text = value.trim();
  if (!clock.test(text)) return toCell(type, value);
  const instant = toCell('datetime', offset.test(text) ? text : `${text}Z`);
  if (!instant.ok || type === 'datetime') return instant;
  const shown = `${String(instant.value).slice(0, 10)} ${String(instant.value).slice(11, 19)}`;
  return toCell(type, type === 'date' ? shown.slice(0, 10) : shown);
}
