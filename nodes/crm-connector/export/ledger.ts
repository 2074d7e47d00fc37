/**
 * What was sent, and what became of it: two tables that only grow. `calls` has a row for each thing that happens to a call,
 * written and on disk before it happens; `results` has what became of each row of the plan, the last word counting. Calls
 * come one after the other, so "settled" is a number: the position of `results` moves in the transaction that writes them.
 *
 *     request   sending ─┬─ results ────────────────────────────────────────── settled
 *                        ├─ refused before anything was written ────────────── unsent: its rows are sent again
 *                        └─ the answer is lost, or the process died
 *                             └─ the deadline passes; the CRM is asked ─────── settled: written, to be sent again, in doubt
 *     job       opening ─── the process died: an empty job that nobody knows ── unsent
 *               opened ──── the process died: the job is aborted ───────────── unsent
 *               starting ── the job's own results, whenever they are there ─── settled
 *
 * Whoever finds a call that was begun and is not settled does nothing else before it is. The attempt that began it may still
 * be alive: its request leaves long before the deadline or not at all, its job is aborted under it, and its next word in
 * the ledger is refused, since the tables belong to the newest attempt.
 */
import { UserError } from '../../../contract/errors.ts';
import type { TableRef } from '../../../contract/relation.ts';
import type { Cell, Column, ColumnType, Json } from '../../../contract/types.ts';
import type { WriteOperation } from '../../../contract/write.ts';
import type { NodeContext, TableWriter } from '../../kit/run.ts';
import { resultColumns } from './results.ts';

export type CallEvent = 'sending' | 'opening' | 'opened' | 'starting' | 'unsent';

export interface Call {
  /** From 1. */
  number: number;
  kind: 'request' | 'job';
  operation: WriteOperation | 'undelete';
  event: CallEvent;
  /** Rows of the stage's table by `_id`: behind `from`, up to `to`. */
  from: number;
  to: number;
  /** Of the records sent; null until they are known. */
  hash: string | null;
  /** ISO; from then on nothing of a request can still arrive or be at work, and it can be asked what became of it. null: a job. */
  deadline: string | null;
  job: string | null;
  /** Rows of the range, by `_id`, that a request does not send: they were changed since the plan. */
  left: number[];
}

/** Where the export stands; moves with the results. */
export interface Place {
  /** The number of the last settled call. */
  settled: number;
  stage: number;
  /** The row of the stage's table behind which it goes on. */
  after: number;
  /** The round before which it has paused. */
  paused: number;
  /** Calls that the CRM counts, of all attempts so far; those of one that died since it last settled anything are not known. */
  made?: number;
}

const column = (name: string, type: ColumnType): Column => ({ name, label: name, type });
const callColumns: Column[] = [
  column('call', 'integer'),
  column('event', 'text'),
  column('instant', 'datetime'),
  column('kind', 'text'),
  column('operation', 'text'),
  column('stage', 'integer'),
  column('from', 'integer'),
  column('to', 'integer'),
  column('hash', 'text'),
  column('deadline', 'datetime'),
  column('job', 'text'),
];
const rowsPerAppend = 1_000;
const begin: Place = { settled: 0, stage: 0, after: 0, paused: 0 };

export class Ledger {
  readonly #context: Pick<NodeContext, 'clock'>;
  readonly #calls: TableWriter;
  readonly #results: TableWriter;
  #last: Call | null;
  #place: Place;
  /** Calls of this attempt. */
  #counting: () => number = () => 0;
  readonly #madeBefore: number;
  /** Told of new results (their `_id`s: behind `from`, up to `to`) when they are on disk and do not count as settled yet. */
  settling: ((results: TableRef, from: number, to: number) => Promise<void>) | null = null;

  private constructor(context: Pick<NodeContext, 'clock'>, calls: TableWriter, results: TableWriter) {
    this.#context = context;
    this.#calls = calls;
    this.#results = results;
    this.#last = calls.position as Call | null;
    this.#place = (results.position as Place | null) ?? begin;
    this.#madeBefore = this.#place.made ?? 0;
  }

  static async open(context: NodeContext<never> | Pick<NodeContext, 'clock' | 'writer'>): Promise<Ledger> {
    const calls = await openTable(context, { columns: callColumns, name: 'calls' });
    const results = await openTable(context, { columns: [...resultColumns], name: 'results' });
    return new Ledger(context, calls, results);
  }

  get place(): Place {
    return this.#place;
  }

  /** Calls that the CRM counts, so far. */
  get made(): number {
    return this.#madeBefore + this.#counting();
  }

  /** From now on the calls of this attempt are among those that were made. */
  count(calls: () => number): void {
    this.#counting = calls;
  }

  /** The call that was begun and of which nobody knows what became. */
  get unsettled(): Call | null {
    const last = this.#last;
    return last && last.event !== 'unsent' && last.number > this.#place.settled ? last : null;
  }

  /** The number of the next call. */
  get next(): number {
    return (this.#last?.number ?? 0) + 1;
  }

  /** On disk when it resolves, so that what it announces may happen. */
  async note(call: Call): Promise<Call> {
    const { number, event, kind, operation, from, to, hash, deadline, job } = call;
    const instant = this.#context.clock.now().toISOString();
    const row = [number, event, instant, kind, operation, this.#place.stage, from, to, hash, deadline, job];
    await this.#calls.append([row], { position: { ...call } });
    this.#last = call;
    await this.#calls.finish();
    return call;
  }

  /** What became of rows of the plan, and with the last of them where the export stands now. */
  async settle(rows: readonly Cell[][], moved: Partial<Place>): Promise<void> {
    const place = { ...this.#place, ...moved, made: this.made };
    const before = this.#results.count;
    for (let from = rowsPerAppend; from < rows.length; from += rowsPerAppend)
      await this.#results.append(rows.slice(from - rowsPerAppend, from));
    const rest = rows.slice(Math.max(0, Math.ceil(rows.length / rowsPerAppend) - 1) * rowsPerAppend);
    const told = this.settling !== null && rows.length > 0;
    if (told) await this.#results.append(rest);
    if (told) await this.settling?.(await this.#results.finish(), before, this.#results.count);
    await this.#results.append(told ? [] : rest, { position: { ...place } as unknown as Json });
    this.#place = place;
  }

  /** What happened to the calls so far. */
  calls(): Promise<TableRef> {
    return this.#calls.finish();
  }

  /** All results so far; more can follow. */
  results(): Promise<TableRef> {
    return this.#results.finish();
  }
}

/** To run the node again, as the store says of its tables, would send everything once more. */
async function openTable(
  { writer }: Pick<NodeContext, 'writer'>,
  options: { columns: Column[]; name: string },
): Promise<TableWriter> {
  try {
    return await writer({ ...options, resume: 'must' });
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'WORK_TABLE_LOST') throw error;
    throw new UserError('LEDGER_LOST', { reason: String(error.details.reason) }, { cause: error });
  }
}
