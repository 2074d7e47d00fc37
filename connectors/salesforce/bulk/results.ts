/** Result pages of a query job, as rows of text. A page that breaks off is asked for again, behind what came of it. */
import { notUnderstood, Transient } from '../../kit/faults.ts';
import { pause, pauses } from '../../kit/repeat.ts';
import type { JobPlace } from '../scope.ts';
import type { Session, Stream } from '../session.ts';
import { CsvReader } from './csv.ts';
import { JobLost, lostIfRefused } from './job.ts';

/** Records of one answer, which is read as it arrives. */
const pageRecords = 50_000;
/** Rows that are given on together. */
const rowsAtOnce = 2_000;

export interface ResultRows {
  rows: string[][];
  /** Names of the columns, in the order of the cells. */
  columns: readonly string[];
  /** Behind the last of the rows. */
  place: JobPlace;
}

/** `isLast` tells the row that was delivered last from any other. Rejects with JobLost, or with RetryLater when time may mend it. */
export async function* readResults(
  session: Session,
  from: JobPlace,
  isLast: (columns: readonly string[], row: readonly string[]) => boolean,
): AsyncGenerator<ResultRows> {
  let place = from;
  let tries = 0;
  for (;;) {
    const page = new ResultPage(place, isLast);
    try {
      const path = session.path(`/jobs/query/${encodeURIComponent(place.id)}/results${query(place)}`);
      const stream = await lostIfRefused(() => session.stream(path, { headers: { Accept: 'text/csv' } }, 'csv'));
      for await (const rows of page.read(stream)) {
        tries = 0;
        yield rows;
      }
      if (page.next === null) return;
      place = page.next;
    } catch (error) {
      if (!(error instanceof Transient)) throw error;
      const wait = pauses[tries];
      if (wait === undefined) throw error.giveUp;
      session.host.log('warning', `${error.message} Asking for the rest of the page in ${wait / 1_000} s.`);
      await pause(wait, session.host.signal);
      tries += 1;
      place = page.place;
    }
  }
}

function query({ locator }: JobPlace): string {
  return `?maxRecords=${pageRecords}${locator === null ? '' : `&locator=${encodeURIComponent(locator)}`}`;
}

class ResultPage {
  place: JobPlace;
  /** Where the next page begins; null behind the last one. */
  next: JobPlace | null = null;
  readonly #isLast: (columns: readonly string[], row: readonly string[]) => boolean;
  #columns: readonly string[] | null = null;
  /** Rows of the page that came before, still to be passed over. */
  #skip: number;
  #seen = 0;
  #waiting: string[][] = [];

  constructor(place: JobPlace, isLast: (columns: readonly string[], row: readonly string[]) => boolean) {
    this.place = place;
    this.#skip = place.skip;
    this.#isLast = isLast;
  }

  async *read(stream: Stream): AsyncGenerator<ResultRows> {
    const csv = new CsvReader();
    for await (const piece of stream.pieces()) {
      this.#take(csvRows(() => csv.push(piece)));
      while (this.#waiting.length >= rowsAtOnce) yield this.#give();
    }
    this.#take(csvRows(() => csv.end()));
    const next = this.#end(stream);
    while (this.#waiting.length > 0) yield this.#give();
    this.next = next && { ...this.place, ...next };
  }

  #take(rows: string[][]): void {
    this.#columns ??= rows.shift() ?? null;
    const columns = this.#columns;
    if (columns === null || rows.length === 0) return;
    if (rows.some((row) => row.length !== columns.length)) throw notUnderstood('a row with too few or too many values');
    this.#seen += rows.length;
    const passed = this.#skip > 0 ? rows.splice(0, this.#skip) : [];
    this.#skip -= passed.length;
    // The place was counted: if what stands before it is not what was delivered, the pages are not what they were.
    const before = passed.at(-1);
    if (before && this.#skip === 0 && !this.#isLast(columns, before))
      throw new JobLost('its result is no longer in the same order');
    for (const row of rows) this.#waiting.push(row);
  }

  #give(): ResultRows {
    const rows = this.#waiting.splice(0, rowsAtOnce);
    const { skip, rows: before } = this.place;
    this.place = { ...this.place, skip: skip + rows.length, rows: before + rows.length };
    return { rows, columns: this.#columns ?? [], place: this.place };
  }

  /** A page says how many records it has and where the next one is: only so one that was cut off shows. */
  #end(stream: Stream): Pick<JobPlace, 'locator' | 'skip'> | null {
    const records = stream.header('sforce-numberofrecords');
    const locator = stream.header('sforce-locator');
    if (this.#columns === null || (records !== null && Number(records) !== this.#seen))
      throw notUnderstood(`${this.#seen} records where ${records ?? 'some'} were announced`);
    if (locator === null || locator === '')
      throw notUnderstood('a result page that does not say whether it is the last');
    if (locator === this.place.locator) throw notUnderstood('a result page that names itself as the next one');
    if (locator === 'null' && this.#skip > 0) throw new JobLost('its result is shorter than it was');
    return locator === 'null' ? null : { locator, skip: this.#skip };
  }
}

/** Throws Transient for what is no CSV. */
export function csvRows(read: () => string[][]): string[][] {
  try {
    return read();
  } catch (error) {
    throw error instanceof SyntaxError ? notUnderstood(error.message, { cause: error }) : error;
  }
}
