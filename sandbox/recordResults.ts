import type { RecordResult, SandboxReason } from './types.ts';

/** A column of results as it comes out: all values, or those that differ from the input's. */
type Column = unknown[] | { rows: number[]; values: unknown[] };

type Failure = [row: number, reason: SandboxReason, message: string, line?: number];

export interface RangeResults {
  results: Column[];
  failures: Failure[];
  dropped: number[];
}

const areNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

function isColumn(column: unknown): column is Column {
  if (Array.isArray(column)) return true;
  if (typeof column !== 'object' || column === null) return false;
  const { rows, values } = column as { rows?: unknown; values?: unknown };
  return areNumbers(rows) && Array.isArray(values);
}

const isFailure = (failure: unknown): failure is Failure =>
  Array.isArray(failure) && typeof failure[0] === 'number' && typeof failure[2] === 'string';

/** What came out is checked: code inside can make JSON.stringify write anything for an object. */
export function areRangeResults(value: unknown, width: number): value is RangeResults {
  if (typeof value !== 'object' || value === null) return false;
  const { results, failures, dropped } = value as Partial<RangeResults>;
  return (
    Array.isArray(results) &&
    results.length === width &&
    results.every(isColumn) &&
    Array.isArray(failures) &&
    failures.every(isFailure) &&
    areNumbers(dropped)
  );
}

/** Which columns keep the input's values, but for those that came out. */
export const keptColumns = (range: RangeResults): boolean[] => range.results.map((column) => !Array.isArray(column));

const failed = ([, reason, message, line]: Failure): RecordResult =>
  line === undefined ? { ok: false, reason, message } : { ok: false, reason, message, line };

/** Values of one column, over those of the input where only differences came out. */
function fillColumn(column: Column, input: unknown[] | undefined): unknown[] {
  if (Array.isArray(column)) return column;
  const values = [...(input ?? [])];
  for (const [index, row] of column.rows.entries()) values[row] = column.values[index];
  return values;
}

/** One result per record of a range. `inputs` has the input's values of each column that keeps them. */
export function readRange(range: RangeResults, count: number, inputs: (unknown[] | undefined)[]): RecordResult[] {
  const columns = range.results.map((column, index) => fillColumn(column, inputs[index]));
  const results: RecordResult[] = new Array(count);
  for (let row = 0; row < count; row++) {
    const values: unknown[] = new Array(columns.length);
    for (let index = 0; index < columns.length; index++) values[index] = columns[index]![row] ?? null;
    results[row] = { ok: true, values };
  }
  for (const row of range.dropped) if (row < count) results[row] = { ok: true, dropped: true };
  for (const failure of range.failures) if (failure[0] < count) results[failure[0]] = failed(failure);
  return results;
}
