import { DELIMITERS, type DelimiterName, type LineEnding } from './job.ts';

const LF = 10;
const CR = 13;
const QUOTE = 34;

/** What is wrong with uploaded data as a whole; the job fails with this message. */
export class UploadError extends Error {}

/** An uploaded CSV file: only the places of its rows are kept, and each is read when it is asked for. */
export class UploadedRows {
  readonly header: string[];
  private readonly bytes: Buffer;
  private readonly delimiter: string;
  /** Start and end of each row after the header, in pairs. */
  private readonly places: number[];

  /** Throws UploadError for lines that do not end as the job says, and for a quote that is never closed. */
  constructor(bytes: Buffer, lineEnding: LineEnding, columnDelimiter: DelimiterName) {
    this.bytes = bytes;
    this.delimiter = DELIMITERS[columnDelimiter];
    const places = findRows(bytes, lineEnding);
    const [from, to] = places;
    if (from === undefined || to === undefined) throw new UploadError('InvalidBatch : The uploaded data is empty');
    this.header = this.cellsBetween(from, to).map((name) => name.replace(/^[ \t]+|[ \t]+$/g, ''));
    this.places = places.slice(2);
  }

  get count(): number {
    return this.places.length / 2;
  }

  /** The cells of a row, counted from 0. */
  cells(row: number): string[] {
    return this.cellsBetween(this.places[row * 2]!, this.places[row * 2 + 1]!);
  }

  private cellsBetween(from: number, to: number): string[] {
    return splitCells(this.bytes.toString('utf8', from, to), this.delimiter);
  }
}

function findRows(bytes: Buffer, lineEnding: LineEnding): number[] {
  const places: number[] = [];
  let quoted = false;
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) quoted = !quoted;
    if (byte !== LF || quoted) continue;
    const hasReturn = i > start && bytes[i - 1] === CR;
    if (hasReturn !== (lineEnding === 'CRLF') && i > start) throw wrongEnding(lineEnding);
    addPlace(places, start, hasReturn ? i - 1 : i);
    start = i + 1;
  }
  if (quoted) throw new UploadError('InvalidBatch : Failed to parse CSV: a quoted value is not closed');
  addPlace(places, start, bytes.length);
  return places;
}

/** Empty lines are no rows. */
function addPlace(places: number[], from: number, to: number): void {
  if (to > from) places.push(from, to);
}

function wrongEnding(lineEnding: LineEnding): UploadError {
  const message = `ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is ${lineEnding}`;
  return new UploadError(message);
}

function splitCells(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  while (at <= line.length) {
    const [cell, end] = line[at] === '"' ? readQuoted(line, at) : readPlain(line, at, delimiter);
    cells.push(cell);
    at = end + 1;
  }
  return cells;
}

function readPlain(line: string, at: number, delimiter: string): [string, number] {
  const found = line.indexOf(delimiter, at);
  const end = found < 0 ? line.length : found;
  return [line.slice(at, end), end];
}

function readQuoted(line: string, at: number): [string, number] {
  let cell = '';
  let from = at + 1;
  for (;;) {
    const close = line.indexOf('"', from);
    if (close < 0) return [cell + line.slice(from), line.length];
    cell += line.slice(from, close);
    if (line[close + 1] !== '"') return [cell, close + 1];
    cell += '"';
    from = close + 2;
  }
}
