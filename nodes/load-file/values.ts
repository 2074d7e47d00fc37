/** Texts of a file as cells. Pure: the panel and the checks read with it too. */
import type { ColumnType, Converted, Json } from '../../contract/types.ts';
import { cleanText, toCell } from '../../contract/types.ts';
import { dateReader } from '../kit/datePattern.ts';
import { parseInstant } from '../kit/instants.ts';

interface ReadColumn {
  type: ColumnType;
  format: string;
}

/** What a value becomes; a text is read by the column's format, anything else (of JSON) is taken as it is. */
export function cellReader(column: ReadColumn, timeZone: string): (value: Json) => Converted {
  const read = textReader(column, timeZone);
  return (value) => (typeof value === 'string' ? read(value) : toCell(column.type, value));
}

function textReader({ type, format }: ReadColumn, timeZone: string): (text: string) => Converted {
  switch (type) {
    case 'text':
      return (text) => ({ ok: true, value: cleanText(text).text });
    case 'date':
      return format === '' ? (text) => toCell('date', text) : dateReader('date', format, timeZone);
    case 'datetime':
      return format === '' ? (text) => readInstant(text, timeZone) : dateReader('datetime', format, timeZone);
    case 'boolean':
      return booleanReader(format);
    case 'json':
      return readJson;
    default:
      return format === '' ? (text) => toCell(type, text) : (text) => readNumber(type, text, format);
  }
}

/** Without an offset it is meant in the zone. */
function readInstant(text: string, timeZone: string): Converted {
  const exact = toCell('datetime', text);
  if (exact.ok) return exact;
  const instant = parseInstant(text, timeZone);
  return instant ? { ok: true, value: instant.toISOString() } : exact;
}

function booleanReader(format: string): (text: string) => Converted {
  const [yes, no] = (format === '' ? 'true/false' : format).toLowerCase().split('/');
  return (text) => {
    const word = text.trim().toLowerCase();
    if (word === yes) return { ok: true, value: true };
    if (word === no) return { ok: true, value: false };
    return toCell('boolean', word);
  };
}

function readJson(text: string): Converted {
  try {
    return toCell('json', JSON.parse(text));
  } catch {
    return { ok: false, reason: `"${text.slice(0, 60)}" is not JSON` };
  }
}

/**
 * Signs that part thousands: white space, apostrophes, and of full stop and comma the one that is not the decimal sign. They
 * count only where they part groups: "1.5" is not fifteen where the comma is the decimal sign.
 */
function readNumber(type: ColumnType, text: string, decimal: string): Converted {
  const given = text.trim();
  const parting = decimal === ',' ? grouped.comma : grouped.stop;
  const whole = parting.test(given) ? given.replace(decimal === ',' ? /[\s'’.]/g : /[\s'’,]/g, '') : given;
  if (decimal === ',' && whole.includes('.')) return { ok: false, reason: `"${given.slice(0, 60)}" is not a number` };
  return toCell(type, decimal === ',' ? whole.replace(',', '.') : whole);
}

/** Groups of three, or of two and a last one of three as in India; behind them what is not whole. */
const grouped = {
  comma: /^[+-]?\s?\d{1,3}(?:[\s'’.]\d{2,3})*[\s'’.]\d{3}(?:,\d*)?$/,
  stop: /^[+-]?\s?\d{1,3}(?:[\s'’,]\d{2,3})*[\s'’,]\d{3}(?:\.\d*)?$/,
};
