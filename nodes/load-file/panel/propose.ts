/** Settings that fit a sample of a file, read from its first bytes. The sample itself is never kept. */
import type { ColumnType } from '../../../contract/types.ts';
import { toCell } from '../../../contract/types.ts';
import { dateReader } from '../../kit/datePattern.ts';
import { separatorOf } from '../../kit/delimited.ts';
import type { LoadColumn, LoadFileConfig } from '../config.ts';
import { delimitedReader } from '../read/delimited.ts';

/** How much of a file is looked at. */
export const sampleBytes = 256 * 1024;
const sampleRecords = 1_000;

export type Proposal = Pick<LoadFileConfig, 'format' | 'encoding' | 'columns'> &
  Partial<Pick<LoadFileConfig, 'separator' | 'header' | 'skipLines'>>;

/** null: it is no text in lines. `cut`: more of the file follows behind these bytes. */
export function propose(bytes: Uint8Array, cut: boolean): Proposal | null {
  const { encoding, text } = decode(bytes, cut);
  if (text.includes('\0') || text.trim() === '') return null;
  const whole = cut ? text.slice(0, text.lastIndexOf('\n') + 1) || text : text;
  if (/^\s*\{/.test(whole)) {
    const columns = jsonColumns(whole);
    return columns ? { format: 'jsonLines', encoding, columns } : null;
  }
  const separator = separatorIn(whole);
  const [first = [], ...rest] = fieldsOf(whole, separator);
  const header = isHeader(first);
  const records = (header ? rest : [first, ...rest]).slice(0, sampleRecords);
  const columns = first.map((name, index) => {
    const values = records.map((record) => record[index] ?? '');
    return columnOf(header ? name.trim() : `Column ${index + 1}`, values);
  });
  return { format: 'delimited', encoding, separator, header, skipLines: 0, columns: named(columns) };
}

function decode(bytes: Uint8Array, cut: boolean): { encoding: LoadFileConfig['encoding']; text: string } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { encoding: 'utf-16le', text: new TextDecoder('utf-16le').decode(bytes, { stream: cut }) };
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { encoding: 'utf-16be', text: new TextDecoder('utf-16be').decode(bytes, { stream: cut }) };
  const text = new TextDecoder('utf-8').decode(bytes, { stream: cut });
  if (!text.includes('\uFFFD')) return { encoding: 'utf-8', text };
  return { encoding: 'windows-1252', text: new TextDecoder('windows-1252').decode(bytes) };
}

type Separator = Exclude<LoadFileConfig['separator'], 'other'>;

/** The one by which most lines have the same number of fields, more than one of them. */
function separatorIn(text: string): Separator {
  const scored = (['comma', 'semicolon', 'tab', 'pipe'] as const).map((separator) => {
    const widths = fieldsOf(text, separator)
      .slice(0, 50)
      .map((record) => record.length);
    const width = widths[0] ?? 1;
    const alike = widths.filter((one) => one === width).length / Math.max(1, widths.length);
    return { separator, score: width > 1 ? alike * 1_000 + width : 0 };
  });
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).separator;
}

function fieldsOf(text: string, separator: Separator): string[][] {
  const other = separatorOf(separator, '');
  const config = {
    separator,
    otherSeparator: other,
    quoted: true,
    header: false,
    uneven: 'fill',
    columns: [],
  } as const;
  const { records } = delimitedReader({ ...config, columns: [] }).read(text, true);
  return records.map((record) => record.map(String));
}

/** Names: no two the same, none empty, none a number or a date. */
function isHeader(fields: readonly string[]): boolean {
  const names = fields.map((field) => field.trim());
  const isName = (text: string): boolean => text !== '' && !/^[-+\d.,/: ]+$/.test(text) && !text.includes('@');
  return names.every(isName) && new Set(names).size === names.length;
}

const plain: Omit<LoadColumn, 'name' | 'type' | 'format' | 'identifying' | 'personal'> = {
  from: '',
  start: 1,
  width: 10,
  required: false,
  onError: 'reject',
  fallback: '',
};

function columnOf(name: string, values: readonly string[]): LoadColumn {
  const isMail = /e-?mail/i.test(name);
  const isId = /(^|[^a-z])(id|uuid|guid)$/i.test(name) || /[a-z]Id$/.test(name);
  return { ...plain, name, ...typeOf(values), identifying: isMail || isId, personal: isMail };
}

const patterns = ['dd.MM.yyyy', 'dd/MM/yyyy', 'MM/dd/yyyy', 'd.M.yyyy', 'd/M/yyyy', 'M/d/yyyy'];

/** The narrowest type that holds every value. Digits behind a zero are no number: it would be lost. */
function typeOf(values: readonly string[]): { type: ColumnType; format: string } {
  const given = values.map((value) => value.trim()).filter((value) => value !== '');
  const all = (type: ColumnType): boolean => given.every((value) => toCell(type, value).ok);
  if (given.length === 0) return { type: 'text', format: '' };
  if (given.every((value) => /^(true|false)$/i.test(value))) return { type: 'boolean', format: '' };
  if (!given.some((value) => /^[-+]?0\d/.test(value) || /^\+/.test(value))) {
    if (given.every((value) => /^-?\d+$/.test(value)) && all('integer')) return { type: 'integer', format: '' };
    if (given.every((value) => /^-?\d+(\.\d+)?$/.test(value))) return { type: 'decimal', format: '' };
    if (given.every((value) => /^-?\d+,\d{1,2}$/.test(value))) return { type: 'decimal', format: ',' };
  }
  if (all('date')) return { type: 'date', format: '' };
  if (given.every((value) => /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value))) return { type: 'datetime', format: '' };
  const pattern = patterns.find((one) => given.every((value) => dateReader('date', one, 'UTC')(value).ok));
  return pattern === undefined ? { type: 'text', format: '' } : { type: 'date', format: pattern };
}

function jsonColumns(text: string): LoadColumn[] | null {
  const values = new Map<string, unknown[]>();
  for (const line of text.split('\n').slice(0, sampleRecords)) {
    if (line.trim() === '') continue;
    const record = parsed(line);
    if (record === null) return null;
    for (const [name, value] of Object.entries(record)) values.set(name, [...(values.get(name) ?? []), value]);
  }
  return [...values].map(([name, list]) =>
    jsonColumn(
      name,
      list.filter((value) => value !== null),
    ),
  );
}

function jsonColumn(name: string, values: readonly unknown[]): LoadColumn {
  const every = (test: (value: unknown) => boolean): boolean => values.length > 0 && values.every(test);
  if (every((value) => typeof value === 'string')) return columnOf(name, values as string[]);
  const type: ColumnType = every((value) => Number.isSafeInteger(value))
    ? 'integer'
    : every((value) => typeof value === 'number')
      ? 'number'
      : every((value) => typeof value === 'boolean')
        ? 'boolean'
        : 'json';
  return { ...columnOf(name, []), type: values.length === 0 ? 'text' : type };
}

function parsed(line: string): object | null {
  try {
    const record: unknown = JSON.parse(line);
    return record !== null && typeof record === 'object' && !Array.isArray(record) ? record : null;
  } catch {
    return null;
  }
}

/** Columns can be called the same in a file, but not here. */
function named(columns: readonly LoadColumn[]): LoadColumn[] {
  return columns.map((column, index) => ({ ...column, name: (column.name || `Column ${index + 1}`).slice(0, 255) }));
}
