import { Slices } from '../store/slices.ts';
import type { Table } from '../store/table.ts';
import type { BulkColumn } from './bulkColumns.ts';
import { cellWriter, LINE_ENDS, quote } from './csv.ts';
import { DELIMITERS, type Job } from './job.ts';

/** Characters of CSV to hand on at once. */
const CHUNK_LENGTH = 64 * 1024;
const SLICE_LINES = 256;

/**
 * The result of a query job: its rows, written as CSV only while a page is sent. Values are those of the moment the job
 * ran: the line of a row is kept when the row is about to change. Values of parents are read when a page is.
 */
export class QueryResult {
  readonly rows: Uint32Array;
  private readonly header: string;
  private readonly write: (row: number) => string;
  private readonly members: Uint8Array;
  private readonly frozen = new Map<number, string>();
  private readonly unwatch: () => void;

  constructor(table: Table, rows: Uint32Array, columns: readonly BulkColumn[], format: Format) {
    this.rows = rows;
    const delimiter = DELIMITERS[format.columnDelimiter];
    const end = LINE_ENDS[format.lineEnding];
    this.header = columns.map(({ name }) => quote(name)).join(delimiter) + end;
    this.write = lineWriter(columns, delimiter, end, format.intFractions);
    this.members = new Uint8Array((table.rows >> 3) + 1);
    for (const row of rows) this.members[row >> 3]! |= 1 << (row & 7);
    this.unwatch = table.watch((row) => this.freeze(row));
  }

  /** The CSV of the rows from one place to another, with a header, piece by piece. */
  async *page(from: number, to: number): AsyncGenerator<string> {
    const slices = new Slices();
    let text = this.header;
    for (let i = from; i < to; i++) {
      const row = this.rows[i]!;
      text += this.frozen.get(row) ?? this.write(row);
      if (text.length >= CHUNK_LENGTH) {
        yield text;
        text = '';
      }
      if (i % SLICE_LINES === 0 && slices.due) await slices.pause();
    }
    if (text !== '') yield text;
  }

  close(): void {
    this.unwatch();
    this.frozen.clear();
  }

  private freeze(row: number): void {
    const isMember = ((this.members[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
    if (isMember && !this.frozen.has(row)) this.frozen.set(row, this.write(row));
  }
}

type Format = Pick<Job, 'columnDelimiter' | 'lineEnding'> & { intFractions: boolean };

function lineWriter(
  columns: readonly BulkColumn[],
  delimiter: string,
  end: string,
  intFractions: boolean,
): (row: number) => string {
  const cells = columns.map(({ column }) => ({
    read: column.read,
    write: cellWriter(column.field.type, intFractions),
  }));
  return (row) => {
    let line = '';
    for (const { read, write } of cells) line += (line === '' ? '' : delimiter) + write(read(row));
    return line + end;
  };
}
