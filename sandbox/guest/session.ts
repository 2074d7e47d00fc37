import type { Names } from './names.ts';
import type { OpenBatch, Records } from './records.ts';
import type { Ask, Values } from './values.ts';

type Row = Record<string, unknown>;

/** Result of one output column: its values, or for a column that was not sent only the values that differ. */
type Column = unknown[] | { rows: number[]; values: unknown[] };

/**
 * Runs a program over batches. `shown` shows the host which record is under way: when it interrupts one, the loop is
 * entered again after it, and what was computed before is kept. Before the first record it shows -1, after the last
 * one their number.
 */
export function makeSession(
  values: Values,
  names: Names,
  records: Records,
  ask: Ask,
  columns: string[],
  shown: ArrayBuffer,
) {
  const { stringify, plain } = values;
  const NativeFunction = Function;
  const cell = new Int32Array(shown);
  let programs: ((record: Row) => unknown)[] = [];
  let output: string[] | null = null;
  let current: OpenBatch;
  let results: Column[] = [];
  /** Indexes of the results that a record gives only when it owns a value for them. */
  let sometimes: number[] = [];
  let failures: unknown[] = [];
  let dropped: number[] = [];
  let careful = false;

  function setPrograms(functions: ((record: Row) => unknown)[], outputColumns: string[] | null): void {
    programs = functions;
    output = outputColumns;
  }

  /** Columns that were not sent and are not written stay outside: the host has them. */
  const startColumn = (name: string): Column =>
    columns.includes(name) && !current.sent.includes(name) ? { rows: [], values: [] } : [];

  type Collect = (target: Row, row: number) => void;
  let collect: Collect = () => undefined;
  const collectors: Record<string, (put: typeof plain, columns: Column[]) => Collect> = { __proto__: null } as never;

  /** Written for just these columns: reading properties by names that are known takes half the time. */
  function makeCollector(indexes: number[]): (put: typeof plain, columns: Column[]) => Collect {
    const key = stringify(indexes);
    const cells = indexes.map(
      (index) =>
        `value = target[${stringify(output![index])}]; c${index}[row] = typeof value === 'string' && value.length < 10000 ? value : plain(value);`,
    );
    const names = indexes.map((index) => `c${index} = columns[${index}]`);
    const source = `let ${['value', ...names].join(',')}; return (target, row) => {${cells.join('')}};`;
    collectors[key] ??= new NativeFunction('plain', 'columns', source) as (typeof collectors)[string];
    return collectors[key];
  }

  function begin(text: string, isCareful: boolean): void {
    current = records.open(text);
    results = output ? output.map(startColumn) : programs.map(() => []);
    const indexes = results.map((_, index) => index);
    const always = indexes.filter((index) => Array.isArray(results[index]));
    if (output) collect = makeCollector(always)(plain, results);
    sometimes = indexes.filter((index) => !Array.isArray(results[index]));
    failures = [];
    dropped = [];
    careful = isCareful;
    cell[0] = -1;
  }

  function put(index: number, row: number, value: unknown): void {
    const column = results[index] as Column;
    const json = plain(value);
    if (Array.isArray(column)) {
      column[row] = json;
    } else {
      column.rows.push(row);
      column.values.push(json);
    }
  }

  function fail(row: number, reason: string, message: string, line?: number): void {
    failures.push(line === undefined ? [row, reason, message] : [row, reason, message, line]);
  }

  /** The loop that most records go through, so nothing in it is a call that could be avoided. */
  function evaluateFrom(from: number): void {
    const { count, view } = current;
    const { record } = view;
    const columns = results as unknown[][];
    for (let row = from; row < count; row++) {
      cell[0] = row;
      if (careful) ask('record', row);
      try {
        view.move(row);
        for (let index = 0; index < columns.length; index++) {
          const value = programs[index]!(record);
          const isSimple =
            typeof value === 'string' ? value.length < 10_000 : typeof value === 'boolean' || value === null;
          columns[index]![row] = isSimple ? value : plain(value);
        }
      } catch (error) {
        refuse(row, error);
      }
    }
  }

  function putOwn(target: Row, row: number): void {
    collect(target, row);
    if (sometimes.length > 0 && current.isTouched()) putDiffering(target, row);
  }

  function putDiffering(target: Row, row: number): void {
    for (const index of sometimes) {
      const name = output![index]!;
      if (records.own(target, name)) put(index, row, target[name]);
    }
  }

  function putAll(source: Row, row: number): void {
    for (let index = 0; index < results.length; index++) put(index, row, source[output![index]!]);
  }

  function putReturned(returned: unknown, row: number): void {
    if (returned === null || returned === false) {
      dropped.push(row);
    } else if (typeof returned === 'object' && !Array.isArray(returned) && !(returned instanceof Promise)) {
      putAll(returned as Row, row);
    } else {
      throw new values.Refusal('a script returns the record, another object, or null to drop it');
    }
  }

  /** Undoes a half-written row, so that columns kept as differences stay in step. */
  function takeBack(row: number): void {
    for (const column of results) {
      if (!Array.isArray(column) && column.rows.at(-1) === row) {
        column.rows.pop();
        column.values.pop();
      }
    }
  }

  function transformFrom(from: number): void {
    const { count, makeTarget, handler } = current;
    const program = programs[0]!;
    for (let row = from; row < count; row++) {
      cell[0] = row;
      if (careful) ask('record', row);
      try {
        const target = makeTarget(row);
        const record = new Proxy(target, handler);
        const returned = program(record);
        if (returned === undefined || returned === record || returned === true) putOwn(target, row);
        else putReturned(returned, row);
      } catch (error) {
        refuse(row, error);
      }
    }
  }

  /** Without memory nothing more can be said of single records. */
  function refuse(row: number, error: unknown): void {
    const { reason, message, line } = values.describe(error);
    if (reason === 'memory') throw error;
    takeBack(row);
    fail(row, reason, message, line);
  }

  function run(from: number): string {
    return values.answer(() => {
      if (output) transformFrom(from);
      else evaluateFrom(from);
      cell[0] = current.count;
      return replyText();
    });
  }

  function effectsText(): string {
    try {
      return names.newEffects();
    } catch (error) {
      // No matter of single records, which `result` would mean.
      throw new Error(values.describe(error).message);
    }
  }

  function replyText(): string {
    const text = stringify({ results, failures, dropped });
    values.refuseLarge(text.length);
    return `"value":${text},"effects":${effectsText()}`;
  }

  /** After the host interrupted record `row`: goes on behind it. */
  function runAfter(row: number, reason: string, message: string): string {
    takeBack(row);
    fail(row, reason, message);
    return run(row + 1);
  }

  return { setPrograms, begin, run, runAfter };
}
