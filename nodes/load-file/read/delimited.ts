import Papa from 'papaparse';
import type { Json } from '../../../contract/types.ts';
import { separatorOf } from '../../kit/delimited.ts';
import type { LoadFileConfig } from '../config.ts';
import type { RawBatch, RecordReader } from './reader.ts';
import { longestRecord, UnreadableText } from './reader.ts';

type DelimitedConfig = Pick<
  LoadFileConfig,
  'separator' | 'otherSeparator' | 'quoted' | 'header' | 'uneven' | 'columns'
>;

/** What papaparse's parser gives for a piece of text. */
interface Parsed {
  data: string[][];
  errors: { row: number; code: string }[];
  meta: { cursor: number };
}

interface Batch {
  records: string[][];
  lines: number[];
  problems: Map<number, string>;
}

/** Characters that are parsed at once behind a line that was refused. */
const leastWindow = 1_024;

/** Fields between separators; a field in double quotes may hold separators, ends of line and doubled quotes. */
export function delimitedReader(config: DelimitedConfig): RecordReader {
  return new DelimitedReader(config);
}

class DelimitedReader implements RecordReader {
  readonly #config: DelimitedConfig;
  readonly #separator: string;
  #parser: Papa.Parser | null = null;
  #newline: '\n' | '\r' = '\n';
  /** Ends of line are "\r\n": the parser cuts at "\n", so that a few of the other kind do no harm. */
  #dropsReturns = false;
  #rest = '';
  #line = 1;
  #width = 0;
  #headerRead = false;
  #split: { text: string; lines: string[] } | null = null;
  places: readonly number[];

  constructor(config: DelimitedConfig) {
    this.#config = config;
    this.#separator = separatorOf(config.separator, config.otherSeparator);
    this.places = config.columns.map(({ from }, index) => (/^[1-9]\d{0,4}$/.test(from) ? Number(from) - 1 : index));
    this.#width = Math.max(0, ...this.places) + 1;
    this.#headerRead = !config.header;
  }

  read(text: string, last: boolean): RawBatch {
    const batch: Batch = { records: [], lines: [], problems: new Map() };
    let all = this.#rest + text;
    let window = Number.POSITIVE_INFINITY;
    for (const parser = this.#begin(all, last); parser; ) {
      const part = this.#wholeLines(all, window, last);
      const isEnd = last && part.length === all.length;
      const { data, errors, meta } = parser.parse(part, 0, !isEnd) as Parsed;
      const malformed = this.#firstMalformed(data, errors, part.length - meta.cursor);
      if (malformed === null) {
        const consumed = isEnd ? all.length : meta.cursor;
        this.#add(batch, data, all.slice(0, consumed));
        all = all.slice(consumed);
        if (part.length >= window) {
          window *= 2;
          continue;
        }
        break;
      }
      const start = this.#startOf(malformed, part);
      this.#add(batch, data.slice(0, malformed), all.slice(0, start));
      all = all.slice(start);
      const end = all.indexOf(this.#newline);
      if (end < 0 && !last) break;
      this.#refuseLine(batch, end < 0 ? all : all.slice(0, end));
      all = end < 0 ? '' : all.slice(end + 1);
      window = leastWindow;
    }
    if (all.length > longestRecord) throw new UnreadableText(`line ${this.#line} has no end`);
    this.#rest = all;
    return batch;
  }

  textOf(record: readonly Json[]): string {
    if (record.length === 1) return String(record[0]);
    return record.map((field) => quoted(String(field), this.#separator)).join(this.#separator);
  }

  get #style(): Papa.ParseConfig {
    const shared = { delimiter: this.#separator, newline: this.#newline };
    return this.#config.quoted ? { ...shared, quoteChar: '"' } : { ...shared, fastMode: true };
  }

  /** The first end of line tells which kind the file has; null while none has come. */
  #begin(text: string, last: boolean): Papa.Parser | null {
    if (this.#parser) return this.#parser;
    const end = /\r\n|\n|\r(?!$)/.exec(text)?.[0];
    if (!end && !last && text.length <= longestRecord) return null;
    this.#newline = end === '\r' ? '\r' : '\n';
    this.#dropsReturns = end === '\r\n';
    this.#parser = new Papa.Parser(this.#style);
    return this.#parser;
  }

  /**
   * Lines from the start of the text that are whole: a quote at the end of a piece may be followed by the second half of an end
   * of line. After a line that was refused only some of them, so that each such line costs its own part, not all that follows.
   */
  #wholeLines(text: string, window: number, last: boolean): string {
    if (text.length <= window && last) return text;
    const end = text.length <= window ? text.lastIndexOf(this.#newline) : text.indexOf(this.#newline, window - 1);
    if (end >= 0) return text.slice(0, end + 1);
    return last ? text : '';
  }

  /**
   * The place of the first record whose quotes are odd, or that goes on and on. The parser would take all lines up to some
   * other quote for one record; here only the line is lost at which it begins.
   */
  #firstMalformed(data: readonly string[][], errors: Parsed['errors'], rest: number): number | null {
    if (errors.length > 0) return Math.min(...errors.map(({ row }) => row));
    return rest > longestRecord ? data.length : null;
  }

  #startOf(record: number, text: string): number {
    if (record === 0) return 0;
    const parser = new Papa.Parser({ ...this.#style, preview: record });
    return (parser.parse(text, 0, false) as Parsed).meta.cursor;
  }

  #refuseLine(batch: Batch, text: string): void {
    if (!this.#headerRead)
      throw new UnreadableText('its first line has a quote that is not closed where the field ends');
    batch.problems.set(batch.records.length, 'a quote is not closed where its field ends');
    batch.records.push([this.#dropsReturns ? text.replace(/\r$/, '') : text]);
    batch.lines.push(this.#line);
    this.#line += 1;
  }

  #add(batch: Batch, data: string[][], consumed: string): void {
    const first = this.#line;
    const lines = this.#linesOf(data, consumed);
    for (const [index, record] of data.entries()) {
      if (this.#dropsReturns) dropReturn(record);
      if (record.length === 1 && record[0] === '' && !this.#isQuoted(consumed, lines(index) - first)) continue;
      if (!this.#headerRead) {
        this.#readHeader(record);
        continue;
      }
      const problem = this.#even(record);
      if (problem !== null) batch.problems.set(batch.records.length, problem);
      batch.records.push(record);
      batch.lines.push(lines(index));
    }
  }

  /** Whether a line that gave one empty field was not blank: a quoted field with nothing in it, in a file of one column. */
  #isQuoted(consumed: string, line: number): boolean {
    if (this.#width !== 1 || !this.#headerRead || !this.#config.quoted) return false;
    if (this.#split?.text !== consumed) this.#split = { text: consumed, lines: consumed.split(this.#newline) };
    return this.#split.lines[line]?.startsWith('"') === true;
  }

  /** The line of each record: its place, unless fields hold ends of line. */
  #linesOf(data: readonly string[][], consumed: string): (index: number) => number {
    const first = this.#line;
    const ends = countOf(consumed, this.#newline);
    this.#line += ends;
    if (ends <= data.length) return (index) => first + index;
    let line = first;
    const starts = data.map((record) => {
      const start = line;
      line += 1 + record.reduce((sum, field) => sum + countOf(field, this.#newline), 0);
      return start;
    });
    return (index) => starts[index] ?? first;
  }

  #readHeader(record: readonly string[]): void {
    const names = record.map((name) => name.trim());
    const folded = names.map((name) => name.toLowerCase());
    this.places = this.#config.columns.map(({ name, from }) => {
      const wanted = (from || name).trim();
      const exact = names.indexOf(wanted);
      const place = exact >= 0 ? exact : folded.indexOf(wanted.toLowerCase());
      if (place >= 0) return place;
      const found = names.slice(0, 20).join(', ').slice(0, 300);
      throw new UnreadableText(`its first line has no column "${wanted}"`, { column: wanted, found });
    });
    this.#width = names.length;
    this.#headerRead = true;
  }

  /** Too few fields or too many: values would stand in the wrong columns. */
  #even(record: string[]): string | null {
    const { header, uneven } = this.#config;
    const isShort = record.length < this.#width;
    if (!isShort && (!header || record.length === this.#width)) return null;
    if (uneven === 'fill') {
      while (record.length < this.#width) record.push('');
      return null;
    }
    const fields = record.length === 1 ? '1 field' : `${record.length} fields`;
    return `it has ${fields}, ${this.#width} were expected`;
  }
}

function dropReturn(record: string[]): void {
  const end = record.length - 1;
  const field = record[end];
  if (field?.endsWith('\r')) record[end] = field.slice(0, -1);
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}

const quoted = (text: string, separator: string): string =>
  /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text;
