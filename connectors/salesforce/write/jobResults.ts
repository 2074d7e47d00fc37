/** The three files of a job that is over, as results with marks. A file that breaks off is asked for again, behind what came of it. */
import type { JobRequest, JobResult } from '../../../contract/write.ts';
import { notUnderstood, Transient } from '../../kit/faults.ts';
import { pause, pauses } from '../../kit/repeat.ts';
import { CsvReader } from '../bulk/csv.ts';
import { csvRows } from '../bulk/results.ts';
import type { Session } from '../session.ts';
import { markOfRow } from './jobRows.ts';
import { readFaults, refusal, written } from './refusals.ts';
import type { WireField } from './wireFields.ts';

/** Results that are given on together. */
const rowsAtOnce = 2_000;

export interface WireJob {
  state: string;
  numberRecordsProcessed?: number;
  numberRecordsFailed?: number;
  errorMessage?: string;
}

interface ResultFile {
  name: string;
  /** Rows that the job says it has, at the least: a file that was cut off on its way looks like a whole one. */
  rows: number;
  toResult(read: (column: string) => string): JobResult['result'];
}

function filesOf(job: WireJob | null, { operation }: JobRequest): ResultFile[] {
  const { numberRecordsProcessed: processed = 0, numberRecordsFailed: failed = 0 } = job ?? {};
  const isNew = (read: (column: string) => string): boolean => read('sf__created').toLowerCase() === 'true';
  return [
    {
      name: 'successfulResults',
      rows: processed - failed,
      toResult: (read) => written(read('sf__id'), operation === 'insert' || (operation === 'upsert' && isNew(read))),
    },
    {
      name: 'failedResults',
      rows: failed,
      toResult: (read) => refusal(readFaults(read('sf__error')), operation),
    },
    { name: 'unprocessedrecords', rows: 0, toResult: () => ({ outcome: 'unprocessed' }) },
  ];
}

/** Rejects with RetryLater when a file cannot be read to its end. A job that is gone has none. */
export async function* readJobResults(
  session: Session,
  path: string,
  job: WireJob | null,
  request: JobRequest,
  columns: readonly WireField[],
): AsyncGenerator<JobResult[]> {
  if (job === null) return;
  for (const file of filesOf(job, request)) {
    let count = 0;
    for await (const { header, rows } of readRows(session, `${path}/${file.name}`)) {
      count += rows.length;
      const read = new ResultReader(header, request, columns);
      yield rows.map((row) => read.result(row, file));
    }
    if (count < file.rows) throw notUnderstood(`${count} of ${file.rows} rows of ${file.name}`).giveUp;
  }
}

/** Where everything stands in the rows of one file. */
class ResultReader {
  readonly #places: ReadonlyMap<string, number>;
  readonly #order: readonly number[];
  readonly #request: JobRequest;
  readonly #columns: readonly WireField[];

  constructor(header: readonly string[], request: JobRequest, columns: readonly WireField[]) {
    this.#places = new Map(header.map((name, place) => [name.toLowerCase(), place]));
    this.#order = columns.map((column) => this.#placeOf(column));
    this.#request = request;
    this.#columns = columns;
  }

  result(row: readonly string[], file: ResultFile): JobResult {
    const texts = this.#order.map((place) => row[place] ?? '');
    return {
      mark: markOfRow(this.#request, this.#columns, texts),
      result: file.toResult((column) => row[this.#places.get(column) ?? -1] ?? ''),
    };
  }

  #placeOf({ name, parent }: WireField): number {
    const names = parent?.isOneOfSeveral ? [`${parent.object}:${name}`, name] : [name];
    const place = names.map((one) => this.#places.get(one.toLowerCase())).find((found) => found !== undefined);
    if (place === undefined) throw notUnderstood(`results without the column ${name}`).giveUp;
    return place;
  }
}

interface Rows {
  header: readonly string[];
  rows: string[][];
}

async function* readRows(session: Session, path: string): AsyncGenerator<Rows> {
  const given = { rows: 0, last: null as string | null };
  for (let tries = 0; ; ) {
    try {
      for await (const page of readOnce(session, path, given)) {
        tries = 0;
        yield page;
      }
      return;
    } catch (error) {
      const wait = pauses[tries];
      if (!(error instanceof Transient)) throw error;
      if (wait === undefined) throw error.giveUp;
      session.host.log('warning', `${error.message} Asking for the rest of the results in ${wait / 1_000} s.`);
      await pause(wait, session.host.signal);
      tries += 1;
    }
  }
}

/** Passes over what was given on already; where it is not the same any more, nothing of it can be trusted. */
async function* readOnce(
  session: Session,
  path: string,
  given: { rows: number; last: string | null },
): AsyncGenerator<Rows> {
  const stream = await session.stream(path, { headers: { Accept: 'text/csv' } }, 'csv');
  const csv = new CsvReader();
  let header: readonly string[] | null = null;
  let skip = given.rows;
  let waiting: string[][] = [];
  const take = (rows: string[][]): void => {
    header ??= rows.shift() ?? null;
    if (rows.some((row) => row.length !== header?.length)) throw notUnderstood('a row with too few or too many values');
    const passed = rows.splice(0, skip);
    skip -= passed.length;
    if (skip === 0 && passed.length > 0 && JSON.stringify(passed.at(-1)) !== given.last)
      throw notUnderstood('results in another order than before').giveUp;
    waiting = waiting.concat(rows);
  };
  const give = (rows: string[][]): Rows => {
    given.rows += rows.length;
    given.last = JSON.stringify(rows.at(-1));
    return { header: header ?? [], rows };
  };
  for await (const piece of stream.pieces()) {
    take(csvRows(() => csv.push(piece)));
    while (waiting.length >= rowsAtOnce) yield give(waiting.splice(0, rowsAtOnce));
  }
  take(csvRows(() => csv.end()));
  if (waiting.length > 0) yield give(waiting);
}
