/** Records of the REST interface as rows of canonical cells. Runs for every value of every record: no work beyond need. */
import type { ReadPage, RemoteField } from '../../contract/connector.ts';
import type { Cell, ColumnType } from '../../contract/types.ts';
import { cleanText, toCell } from '../../contract/types.ts';

type Reject = ReadPage['rejects'][number];

/** One chosen field: how to reach it in a record, and the type its cells have. */
export interface ReadField {
  name: string;
  path: string[];
  type: ColumnType;
  /** The source's own text is wanted, not a converted value. */
  raw: boolean;
  /** The source's word for the type. */
  remoteType: string;
}

export function readFields(
  names: readonly string[],
  find: (name: string) => RemoteField | undefined,
  raw: readonly string[] = [],
): ReadField[] {
  return names.map((name) => {
    const isRaw = raw.includes(name);
    const found = find(name);
    const type = isRaw ? 'text' : (found?.type ?? 'text');
    return { name, path: name.split('.'), type, raw: isRaw, remoteType: found?.remoteType ?? 'string' };
  });
}

/**
 * Numbers of decimal fields with more digits than a double keeps, and all numbers of raw fields, are put in quotes before
 * the text is parsed. Inside a string the closing quote of the name would stand behind a backslash, so no value can be mistaken for a field.
 */
export function quoteExactNumbers(text: string, fields: readonly ReadField[]): string {
  const long = quoteNumbers(
    text,
    fields.filter((field) => field.type === 'decimal'),
    '-?[\\d.]{16,}(?:[eE][+-]?\\d+)?',
  );
  return quoteNumbers(
    long,
    fields.filter((field) => field.raw),
    '-?\\d[\\d.]*(?:[eE][+-]?\\d+)?',
  );
}

function quoteNumbers(text: string, fields: readonly ReadField[], number: string): string {
  const names = fields.map((field) => field.path.at(-1) ?? '');
  return names.length === 0 ? text : text.replace(new RegExp(`"(${names.join('|')})":(${number})`, 'g'), '"$1":"$2"');
}

export interface ConvertedPage {
  rows: Cell[][];
  rejects: Reject[];
  cleaned: number;
}

export function convertRecords(
  records: readonly unknown[],
  fields: readonly ReadField[],
  idField: string,
): ConvertedPage {
  const page: ConvertedPage = { rows: [], rejects: [], cleaned: 0 };
  for (const record of records) convertRecord(record, fields, idField, page);
  return page;
}

function convertRecord(record: unknown, fields: readonly ReadField[], idField: string, page: ConvertedPage): void {
  const id = record !== null && typeof record === 'object' ? (record as Record<string, unknown>)[idField] : undefined;
  if (typeof id !== 'string' || id === '') {
    page.rejects.push(malformed(record, null, 'it has no id', [idField]));
    return;
  }
  const row: Cell[] = new Array(fields.length);
  const wrong: Wrong[] = [];
  fields.forEach((field, index) => {
    const raw = valueAt(record as Record<string, unknown>, field.path);
    const converted = toTypedCell(field.type, raw, page);
    if (converted.ok) row[index] = converted.value;
    else wrong.push({ field: field.name, reason: converted.reason });
  });
  keepRow(row, wrong, id, () => record, page);
}

interface Wrong {
  field: string;
  reason: string;
}

/** As a row, or as a reject that says what is wrong with it. */
function keepRow(row: Cell[], wrong: Wrong[], id: string, record: () => unknown, page: ConvertedPage): void {
  if (id === '') page.rejects.push(malformed(record(), null, 'it has no id', ['Id']));
  else if (wrong.length === 0) page.rows.push(row);
  else
    page.rejects.push(
      malformed(
        record(),
        id,
        wrong.map((item) => `${item.field}: ${item.reason}`).join('; '),
        wrong.map((item) => item.field),
      ),
    );
}

/**
 * Rows of a CSV result. `order` says where the value of each field stands. The cells are those that REST would have given,
 * though the texts differ: instants end in Z, whole numbers may end in ".0", and there is no null.
 */
export function convertTexts(
  rows: readonly string[][],
  order: readonly number[],
  fields: readonly ReadField[],
): ConvertedPage {
  const page: ConvertedPage = { rows: [], rejects: [], cleaned: 0 };
  const idAt = order[fields.findIndex((field) => field.name.toLowerCase() === 'id')] ?? -1;
  const readers = fields.map(textReader);
  for (const texts of rows) {
    const record = (): unknown => Object.fromEntries(fields.map((field, at) => [field.name, texts[order[at] ?? -1]]));
    const row: Cell[] = new Array(fields.length);
    const wrong: Wrong[] = [];
    for (let at = 0; at < fields.length; at += 1) {
      const text = texts[order[at] ?? -1] ?? '';
      const converted = text === '' ? nothing : readers[at]?.(text, page);
      if (converted?.ok) row[at] = converted.value;
      else wrong.push({ field: fields[at]?.name ?? '', reason: converted?.reason ?? '' });
    }
    keepRow(row, wrong, texts[idAt] ?? '', record, page);
  }
  return page;
}

const nothing = { ok: true, value: null } as const;
const bulkInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** How the text of a field becomes its cell; chosen once, as it runs for every value. */
function textReader(field: ReadField): (text: string, page: ConvertedPage) => ReturnType<typeof toCell> {
  const { type, raw, remoteType } = field;
  if (raw && remoteType === 'datetime') return (text) => ({ ok: true, value: text.replace(/Z$/, '+0000') });
  if (raw && remoteType === 'int') return (text) => ({ ok: true, value: text.replace(/\.0+$/, '') });
  if (type === 'text') return (text, page) => ({ ok: true, value: toText(text, page) });
  if (type === 'datetime')
    return (text) =>
      bulkInstant.test(text) && !Number.isNaN(Date.parse(text)) ? { ok: true, value: text } : toCell(type, text);
  return (text) => toCell(type, text);
}

/** A missing parent gives null, like a missing value. */
function valueAt(record: Record<string, unknown>, path: readonly string[]): unknown {
  let value: unknown = record;
  for (const key of path) {
    if (value === null || value === undefined) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

const serverInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+0000$/;

function toTypedCell(type: ColumnType, raw: unknown, page: ConvertedPage): ReturnType<typeof toCell> {
  // CSV knows no difference between empty and nothing, so there is none.
  if (raw === null || raw === undefined || raw === '') return { ok: true, value: null };
  if (type === 'text') {
    if (typeof raw !== 'string')
      return typeof raw === 'object' ? { ok: false, reason: 'an object is not a text' } : toCell(type, raw);
    return { ok: true, value: toText(raw, page) };
  }
  // The form every organisation sends; the general reader is five times slower.
  if (type === 'datetime' && typeof raw === 'string' && serverInstant.test(raw) && !Number.isNaN(Date.parse(raw)))
    return { ok: true, value: `${raw.slice(0, 23)}Z` };
  return toCell(type, raw);
}

function toText(raw: string, page: ConvertedPage): string | null {
  const { text, cleaned } = cleanText(raw);
  if (cleaned) page.cleaned += 1;
  return text === '' ? null : text;
}

/** A record that cannot be delivered as a row. */
export function malformed(record: unknown, id: string | null, message: string, fields: string[]): Reject {
  const kept = toCell('json', record ?? null);
  return {
    record: kept.ok ? kept.value : null,
    id,
    code: 'RECORD_MALFORMED',
    symbol: 'RECORD_MALFORMED',
    message,
    fields,
  };
}
