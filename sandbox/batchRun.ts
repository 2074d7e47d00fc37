import { batchText, columnOf, largestBatch, largestText, locate, parseResult } from './columns.ts';
import { type Limits, overdueText } from './protocol.ts';
import { areRangeResults, keptColumns, readRange } from './recordResults.ts';
import { readOutcome } from './start.ts';
import type { Outcome } from './thread.ts';
import type { Batch, RecordResult, SandboxFailure, SandboxReason, SandboxResult } from './types.ts';

/** Records from `from` to before `to`. Carefully: the thread tells which one is under way. */
interface Range {
  from: number;
  to: number;
  careful: boolean;
}

export interface RangeTask {
  text: string;
  count: number;
  careful: boolean;
  onCall(name: string, text: string): Promise<string>;
}

/** The session that a batch is run for. */
export interface Owner {
  readonly columns: string[];
  readonly guessedColumns: string[];
  /** Names of the result's columns; undefined for expressions. */
  readonly output: string[] | undefined;
  readonly width: number;
  readonly limits: Limits;
  /** Milliseconds that the batch may still take. */
  readonly left: number;
  /** Was the last range run in a module made for it? */
  readonly isFresh: boolean;
  send(task: RangeTask): Promise<Outcome>;
  /** A column was read that no batch holds. */
  learn(column: string): void;
  /** Variables and options after a range; undefined when they are not what they should be. */
  keep(effects: unknown): boolean;
  fetchColumn(batchId: number, column: string): Promise<unknown[]>;
}

type Batched = Batch & { id: number };

const size = (range: Range): number => range.to - range.from;

const halve = ({ from, to }: Range): Range[] => {
  const middle = Math.ceil((from + to) / 2);
  return [
    { from, to: middle, careful: false },
    { from: middle, to, careful: false },
  ];
};

/** What is before the record, the record alone, what is behind it. */
const isolate = ({ from, to }: Range, record: number): Range[] =>
  [
    { from, to: from + record, careful: false },
    { from: from + record, to: from + record + 1, careful: false },
    { from: from + record + 1, to, careful: false },
  ].filter((range) => size(range) > 0);

/** Reasons that may hold for many records together and not for each alone; any other holds for the program. */
const ofSize: SandboxReason[] = ['memory', 'stack', 'result', 'lost'];

const tampered: SandboxFailure = { ok: false, reason: 'result', message: 'The program changed how JSON is written.' };

let lastRangeId = 0;

/** One batch: run whole, and where that fails, in ever smaller ranges until the record that fails is alone. */
export class BatchRun {
  readonly #owner: Owner;
  readonly #batch: Batched;
  readonly #results: RecordResult[];
  readonly #fetched = new Map<string, Promise<unknown[]>>();
  /** What fetchColumn rejected with: no failure of the program. */
  broken: { error: unknown } | undefined;

  constructor(owner: Owner, batch: Batched) {
    this.#owner = owner;
    this.#batch = batch;
    this.#results = new Array(batch.rows.length);
  }

  async run(): Promise<SandboxResult<RecordResult[]>> {
    const ranges: Range[] = [];
    for (let from = 0; from < this.#batch.rows.length; from += largestBatch) {
      ranges.push({ from, to: Math.min(from + largestBatch, this.#batch.rows.length), careful: false });
    }
    for (let range = ranges.shift(); range; range = ranges.shift()) {
      const rest = await this.#runRange(range);
      if (this.broken) throw this.broken.error;
      if (!Array.isArray(rest)) return rest;
      ranges.unshift(...rest);
    }
    return { ok: true, value: this.#results };
  }

  /** What is still to be run of it, or why the batch fails. */
  async #runRange(range: Range): Promise<Range[] | SandboxFailure> {
    const id = ++lastRangeId;
    const wanted = locate(this.#owner.guessedColumns, this.#batch.columns);
    const text = batchText(id, this.#batch.rows.slice(range.from, range.to), wanted);
    if (text.length > largestText && size(range) > 1) return halve(range);
    const onCall = (_name: string, request: string) => this.#answerColumn(range, id, request);
    if (this.#owner.left <= 0)
      return {
        ok: false,
        reason: 'timeout',
        message: `${overdueText(this.#owner.limits.batchTimeoutMs)} for one batch.`,
      };
    const outcome = await this.#owner.send({ text, count: size(range), careful: range.careful, onCall });
    if (outcome.kind === 'killed' && outcome.reason === 'timeout') return this.#narrow(range, outcome);
    const result = readOutcome(outcome, this.#owner.limits);
    if (result.ok) return this.#accept(range, result);
    return this.#refuse(range, result, outcome.kind === 'done' ? outcome.record : -1);
  }

  /** A native call did not come back. Which record made it? */
  #narrow(range: Range, outcome: Outcome & { kind: 'killed' }): Range[] {
    const isAlone = size(range) === 1;
    if (!isAlone && !range.careful) return [{ ...range, careful: true }];
    const record = isAlone ? 0 : outcome.record;
    if (record < 0 || record >= size(range)) return halve(range);
    this.#results[range.from + record] = readOutcome(outcome, this.#owner.limits) as SandboxFailure;
    return isolate(range, record).filter(({ from }) => from !== range.from + record);
  }

  async #accept(range: Range, result: { value: unknown; effects?: unknown }): Promise<Range[] | SandboxFailure> {
    const { value } = result;
    if (!areRangeResults(value, this.#owner.width) || !this.#owner.keep(result.effects)) return tampered;
    const kept = keptColumns(value);
    const inputs = await Promise.all(kept.map((isKept, index) => (isKept ? this.#inputOf(range, index) : undefined)));
    for (const [index, item] of readRange(value, size(range), inputs).entries())
      this.#results[range.from + index] = item;
    return [];
  }

  /**
   * Too much for all together may be just right for each. Where the limit was reached in a record, that one is tried
   * alone, and a last time in a fresh module: others may have left too little.
   */
  #refuse(range: Range, failure: SandboxFailure, record: number): Range[] | SandboxFailure {
    if (!ofSize.includes(failure.reason)) return failure;
    if (size(range) > 1) return record >= 0 && record < size(range) ? isolate(range, record) : halve(range);
    if (failure.reason !== 'result' && !this.#owner.isFresh) return [range];
    const { ok, reason, message, line } = failure;
    this.#results[range.from] = line === undefined ? { ok, reason, message } : { ok, reason, message, line };
    return [];
  }

  async #inputOf(range: Range, index: number): Promise<unknown[]> {
    const values = await this.#column(this.#owner.output![index]!);
    return values.slice(range.from, range.to);
  }

  async #answerColumn(range: Range, id: number, request: string): Promise<string> {
    const [rangeId, column] = parseResult(request) as [number, string];
    if (rangeId !== id || !this.#owner.columns.includes(column)) return '';
    this.#owner.learn(column);
    const values = await this.#column(column);
    return JSON.stringify(values.slice(range.from, range.to));
  }

  #column(column: string): Promise<unknown[]> {
    let values = this.#fetched.get(column);
    if (!values) {
      values = this.#readColumn(column).catch((error: unknown) => {
        this.broken = { error };
        throw error;
      });
      this.#fetched.set(column, values);
    }
    return values;
  }

  async #readColumn(column: string): Promise<unknown[]> {
    const at = this.#batch.columns.indexOf(column);
    if (at >= 0) return columnOf(this.#batch.rows, at);
    const values = await this.#owner.fetchColumn(this.#batch.id, column);
    if (values.length === this.#batch.rows.length) return values;
    throw new RangeError(
      `fetchColumn gave ${values.length} values of ${column} for ${this.#batch.rows.length} records.`,
    );
  }
}
