/** Rows as text for files: CSV as RFC 4180 wants it, and JSON with one object per row. */
import type { Cell, Column } from '../contract/types.ts';
import { canonicalText } from '../contract/types.ts';

export const textFormats = ['csv', 'json'] as const;
export type TextFormat = (typeof textFormats)[number];
export const contentTypes: Record<TextFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

type Batches = AsyncIterable<Cell[][]>;
export interface TextOptions {
  format: TextFormat;
  columns: readonly Column[];
  /** A byte order mark, by which Excel knows that a CSV file is UTF-8. */
  bom?: boolean;
}

export function writeText(batches: Batches, options: TextOptions): AsyncGenerator<string> {
  return options.format === 'csv' ? writeCsv(batches, options) : writeJson(batches, options.columns);
}

async function* writeCsv(batches: Batches, { columns, bom = false }: TextOptions): AsyncGenerator<string> {
  yield `${bom ? '\uFEFF' : ''}${columns.map((column) => quote(disarm(column.name))).join(',')}\r\n`;
  for await (const rows of batches) yield rows.map((row) => csvLine(columns, row)).join('');
}

function csvLine(columns: readonly Column[], row: readonly Cell[]): string {
  return `${columns.map((column, index) => csvCell(column, row[index] ?? null)).join(',')}\r\n`;
}

/** null is an empty cell; an empty text is a quoted one, so that the two stay apart. */
function csvCell(column: Column, cell: Cell): string {
  const text = canonicalText(column.type, cell);
  if (text === null) return '';
  if (text === '') return '""';
  return quote(column.type === 'text' || column.type === 'json' ? disarm(text) : text);
}

/** Spreadsheets take text that begins so for a formula, and run it: an apostrophe in front keeps it text. */
function disarm(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* writeJson(batches: Batches, columns: readonly Column[]): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const rows of batches) {
    for (const row of rows) {
      const entries = columns.map((column, index) => [column.name, row[index] ?? null]);
      yield `${separator}${JSON.stringify(Object.fromEntries(entries))}`;
      separator = ',\n';
    }
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
