/**
 * Reading by the Bulk API 2.0, one page in memory. The result is asked for in the order of the keyset, so that a job that was
 * lost is begun anew behind the last record delivered, or the REST interface goes on there.
 */
import type { ReadPage, ReadQuery } from '../../../contract/connector.ts';
import { RetryLater, UserError } from '../../../contract/errors.ts';
import { notUnderstood } from '../../kit/faults.ts';
import type { JobPlace, Place, ReadScope, Selection } from '../scope.ts';
import { select, toPosition } from '../scope.ts';
import type { Keyset } from '../soql.ts';
import { buildQuery } from '../soql.ts';
import type { ConvertedPage } from '../values.ts';
import { convertTexts } from '../values.ts';
import { createJob, JobLost, removeJob, waitForJob } from './job.ts';
import type { ResultRows } from './results.ts';
import { readResults } from './results.ts';

/** The Bulk API does not serve this read, or no longer; it goes on at `place` by REST. */
export class BulkRefused extends Error {
  override readonly name = 'BulkRefused';
  readonly place: Place;
  constructor(reason: string, place: Place, cause: unknown) {
    super(reason, { cause });
    this.place = place;
  }
}

/** Jobs that may be lost one after the other without a record in between. */
const mostLost = 2;

export async function* readByJobs(scope: ReadScope, query: ReadQuery, from: Place): AsyncGenerator<ReadPage> {
  const reader = new JobReader(scope, query, from);
  try {
    yield* reader.read();
  } catch (error) {
    // What is to be tried again goes on with the same job; after seven days it is gone by itself.
    if (error instanceof RetryLater || scope.session.host.signal.aborted) reader.keep();
    throw error;
  } finally {
    await reader.close();
  }
}

class JobReader {
  readonly #scope: ReadScope;
  readonly #query: ReadQuery;
  readonly #selection: Selection;
  #place: Place;
  #total: number | null = null;
  /** The job that is removed at the end. */
  #open: string | null = null;

  constructor(scope: ReadScope, query: ReadQuery, from: Place) {
    this.#scope = scope;
    this.#query = query;
    this.#selection = select(scope, query);
    this.#place = from;
  }

  async *read(): AsyncGenerator<ReadPage> {
    let lost = 0;
    for (;;) {
      const { delivered } = this.#place;
      try {
        yield* this.#readJob();
        return;
      } catch (error) {
        if (!(error instanceof JobLost)) throw error;
        lost = this.#place.delivered > delivered ? 1 : lost + 1;
        await this.close();
        this.#place = { ...this.#place, job: null };
        if (lost > mostLost) throw new BulkRefused(error.message, this.#place, error);
        const { log } = this.#scope.session.host;
        log('warning', `The bulk query was lost (${error.message}); another goes on behind the last record.`);
      }
    }
  }

  keep(): void {
    this.#open = null;
  }

  async close(): Promise<void> {
    if (this.#open !== null) await removeJob(this.#scope.session, this.#open);
    this.#open = null;
  }

  async *#readJob(): AsyncGenerator<ReadPage> {
    const { session } = this.#scope;
    const job = this.#place.job ?? (await this.#begin());
    this.#open = job.id;
    // Before anything was read: an attempt that takes over waits for this job and makes no other.
    if (job.rows === 0) yield this.#page({ rows: [], rejects: [], cleaned: 0 });
    const records = await waitForJob(session, job.id);
    this.#total = this.#place.delivered - job.rows + records;
    for await (const result of readResults(session, job, (columns, row) => this.#isLast(columns, row)))
      yield this.#deliver(result);
    const rows = this.#place.job?.rows ?? 0;
    if (rows !== records) throw notUnderstood(`a bulk query of ${records} records that gave ${rows}`).giveUp;
  }

  async #begin(): Promise<JobPlace> {
    const { limit, ...query } = this.#query;
    const left = limit === undefined ? {} : { limit: limit - this.#place.delivered };
    const asked = { ...query, ...left, fields: this.#selection.names };
    try {
      const soql = buildQuery(asked, this.#scope.fields, { after: this.#place.after });
      const id = await createJob(this.#scope.session, asked, soql);
      this.#place = { ...this.#place, job: { id, locator: null, skip: 0, rows: 0 } };
      return { id, locator: null, skip: 0, rows: 0 };
    } catch (error) {
      if (!(error instanceof UserError) || error.code === 'CONNECTION_REFUSED') throw error;
      throw new BulkRefused(error.message, this.#place, error);
    }
  }

  #deliver({ rows, columns, place }: ResultRows): ReadPage {
    const order = columnOrder(columns, this.#selection.names);
    const after = this.#keyOf(columns, rows) ?? this.#place.after;
    this.#place = { after, delivered: this.#place.delivered + rows.length, job: place };
    return this.#page(this.#selection.cut(convertTexts(rows, order, this.#selection.fields)));
  }

  #page(converted: ConvertedPage): ReadPage {
    return { ...converted, position: toPosition(this.#place), total: this.#total };
  }

  #isLast(columns: readonly string[], row: readonly string[]): boolean {
    const { after } = this.#place;
    return after === null || cell(columns, row, 'Id') === after.id;
  }

  /** Of the last row that has what it needs. */
  #keyOf(columns: readonly string[], rows: readonly string[][]): Keyset | null {
    for (const row of rows.toReversed()) {
      const id = cell(columns, row, 'Id');
      if (id === '') continue;
      if (!this.#query.window) return { stamp: null, id };
      const time = Date.parse(cell(columns, row, this.#query.window.field));
      if (!Number.isNaN(time)) return { stamp: new Date(time).toISOString(), id };
    }
    return null;
  }
}

function cell(columns: readonly string[], row: readonly string[], name: string): string {
  return row[columns.findIndex((column) => column.toLowerCase() === name.toLowerCase())] ?? '';
}

/** Where the value of each field stands in a row. */
function columnOrder(columns: readonly string[], names: readonly string[]): number[] {
  const places = new Map(columns.map((column, index) => [column.toLowerCase(), index]));
  return names.map((name) => {
    const place = places.get(name.toLowerCase());
    if (place === undefined) throw notUnderstood(`a result without the column ${name}`).giveUp;
    return place;
  });
}
