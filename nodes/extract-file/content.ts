/** Rows as the bytes of a file, made while they are sent. */
import { pipeline, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { canonicalText } from '../../contract/types.ts';
import { dateWriter } from '../kit/datePattern.ts';
import type { DelimitedStyle, WrittenColumn } from '../kit/delimited.ts';
import { headerLine, lineWriter, separatorOf } from '../kit/delimited.ts';
import type { NodeContext } from '../kit/run.ts';
import type { ExtractFileConfig } from './config.ts';
import { formatProblem } from './config.ts';
import { byteOrderMark, encoderOf } from './encode.ts';

type Context = NodeContext<ExtractFileConfig>;

/** A column of the table as the file has it. */
interface FileColumn extends WrittenColumn {
  column: string;
  header: string;
}

/** Throws UserError COLUMN_UNKNOWN, and CONFIG_INVALID for a format that does not fit the column. */
export function fileColumns({ config, timeZone }: Context, table: TableRef): FileColumn[] {
  const chosen =
    config.columns.length > 0
      ? config.columns
      : table.columns.map(({ name }) => ({ column: name, header: '', format: '' }));
  return chosen.map(({ column, header, format }) => {
    const own = table.columns.find(({ name }) => name === column);
    if (!own) throw new UserError('COLUMN_UNKNOWN', { column });
    const problem = formatProblem(own, format);
    if (problem !== null) throw new UserError('CONFIG_INVALID', { field: column, reason: problem });
    return { column, header: header || column, type: own.type, ...written(own, format, timeZone) };
  });
}

function written({ type }: Column, format: string, timeZone: string): Pick<WrittenColumn, 'format'> {
  if (format === '') return {};
  if (type === 'date' || type === 'datetime') return { format: dateWriter(type, format, timeZone) };
  if (type === 'boolean') {
    const [yes = '', no = ''] = format.split('/');
    return { format: (cell) => (cell === true ? yes : no) };
  }
  return { format: (cell) => (canonicalText(type, cell) ?? '').replace('.', format) };
}

const style = (config: ExtractFileConfig): DelimitedStyle => ({
  separator: separatorOf(config.separator, config.otherSeparator),
  quotes: config.quotes,
  lineEnd: config.lineEnd === 'crlf' ? '\r\n' : '\n',
  disarm: config.formulas === 'disarm',
});

/** The bytes of the file; packed, if it is to be. Throws UserError TEXT_NOT_ENCODABLE while they are read. */
export function fileContent(
  context: Context,
  table: TableRef,
  columns: readonly FileColumn[],
): AsyncIterable<Uint8Array> {
  const plain = plainContent(context, table, columns);
  if (!context.config.gzip) return plain;
  // What the rows throw comes out of the last stream; so the callback has nothing to tell.
  return pipeline(Readable.from(plain), createGzip(), (error) => void error);
}

async function* plainContent(
  context: Context,
  table: TableRef,
  columns: readonly FileColumn[],
): AsyncGenerator<Uint8Array> {
  const { config } = context;
  const encode = encoderOf(config.encoding);
  const lines = style(config);
  const toLine = lineWriter(columns, lines);
  const mark = byteOrderMark(config.encoding);
  if (mark.length > 0) yield mark;
  if (config.header) {
    const names = columns.map(({ header }) => header);
    const bytes = encode(headerLine(names, lines));
    if ('missing' in bytes) throw notEncodable(config, names, 0, bytes.missing);
    yield bytes.bytes;
  }
  let done = 0;
  const chosen = columns.map(({ column }) => column);
  for await (const { rows } of context.read(table, { columns: [...new Set(chosen)] })) {
    const places = placesOf(chosen);
    let text = '';
    for (const row of rows) text += toLine(places === null ? row : places.map((place) => row[place] ?? null));
    const bytes = encode(text);
    if ('missing' in bytes) throw findNotEncodable(context, columns, rows, done, places);
    yield bytes.bytes;
    done += rows.length;
    context.progress(done, table.count, 'rows', { success: done });
    await setImmediate();
  }
}

/** Where the columns stand in a row that was read; null: as they are listed. A column can stand in the file twice. */
function placesOf(chosen: readonly string[]): number[] | null {
  const read = [...new Set(chosen)];
  return read.length === chosen.length ? null : chosen.map((name) => read.indexOf(name));
}

function findNotEncodable(
  { config }: Context,
  columns: readonly FileColumn[],
  rows: readonly Cell[][],
  before: number,
  places: number[] | null,
): UserError {
  const encode = encoderOf(config.encoding);
  for (const [index, row] of rows.entries()) {
    const texts = columns.map(({ type, format }, at) => {
      const cell = row[places?.[at] ?? at] ?? null;
      return cell === null ? '' : (format?.(cell) ?? canonicalText(type, cell) ?? '');
    });
    const failed = texts.map(encode).findIndex((one) => 'missing' in one);
    const one = failed < 0 ? null : encode(texts[failed] ?? '');
    if (one && 'missing' in one)
      return notEncodable(config, [columns[failed]?.column ?? ''], before + index + 1, one.missing);
  }
  return notEncodable(config, [], before + 1, separatorOf(config.separator, config.otherSeparator));
}

function notEncodable({ encoding }: ExtractFileConfig, names: string[], row: number, character: string): UserError {
  const column = names.find((name) => name.includes(character)) ?? names[0] ?? '';
  return new UserError('TEXT_NOT_ENCODABLE', { row, column, encoding, character });
}
