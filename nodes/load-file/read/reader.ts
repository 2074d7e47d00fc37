/** What readers of all formats have in common. */
import type { Json } from '../../../contract/types.ts';

/** Records in the order of the file. */
export interface RawBatch {
  records: readonly (readonly Json[])[];
  /** The line at which each begins, from 1 on. */
  lines: readonly number[];
  /** Why a record cannot be read, by its place. */
  problems: ReadonlyMap<number, string>;
}

/** Takes the text of a file in pieces, cut anywhere. */
export interface RecordReader {
  /** The records that are complete now. With `last`, no more text follows. Throws UnreadableText. */
  read(text: string, last: boolean): RawBatch;
  /** Where in a record the value of each column stands; known from the first record on. */
  readonly places: readonly number[];
  /** A record as text, for people. */
  textOf(record: readonly Json[]): string;
}

/** Nothing behind this can be read: it is about the whole file. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
  /** The column that the first line lacks, and what it has. */
  readonly header: { column: string; found: string } | null;
  constructor(message: string, header: { column: string; found: string } | null = null) {
    super(message);
    this.header = header;
  }
}

/** Characters of one record: more are most likely a quote that is never closed, or no text at all. */
export const longestRecord = 2_000_000;

/** Cuts text into lines and keeps what is not complete yet. Any end of line will do, several in one file as well. */
export class LineCutter {
  #rest = '';

  cut(text: string, last: boolean): string[] {
    const all = this.#rest + text;
    // A carriage return at the end may be the first half of an end of line.
    const lines = all.split(/\r\n|\n|\r(?!$)/);
    this.#rest = last ? '' : (lines.pop() ?? '');
    if (this.#rest.length > longestRecord) throw new UnreadableText('it has no end of line where one should be');
    const [final] = last ? lines.slice(-1) : [];
    if (final === '' || final === '\r') lines.pop();
    else if (final?.endsWith('\r')) lines[lines.length - 1] = final.slice(0, -1);
    return lines;
  }
}
