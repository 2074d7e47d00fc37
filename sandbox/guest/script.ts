import type { OpenBatch, Records } from './records.ts';
import type { Send, Values } from './values.ts';

type Row = Record<string, unknown>;

/** A once-per-run script: `records`, `emit`, and what became of its promise. */
export function makeScript(values: Values, records: Records, send: Send, output: string[] | null) {
  let state: 'running' | 'done' | 'failed' = 'running';
  let failure: unknown;
  let rows: string[] = [];
  let size = 0;
  let isOver = false;
  const NativePromise = Promise;

  function flush(): void {
    if (rows.length === 0) return;
    const text = `[${rows.join(',')}]`;
    rows = [];
    size = 0;
    send('emit', text);
  }

  function emit(record: unknown): void {
    if (!output) throw new Error('emit: this script has no output for records.');
    if (record === null || typeof record !== 'object') throw new TypeError('emit: a record is an object.');
    const row: unknown[] = [];
    for (const name of output) row.push(values.plain((record as Row)[name]));
    const text = values.stringify(row);
    values.refuseLarge(text.length);
    if (size + text.length > 1_000_000) flush();
    rows.push(text);
    size += text.length;
    if (rows.length >= 1000) flush();
  }

  const ended: IteratorReturnResult<undefined> = { done: true, value: undefined };
  let batch: OpenBatch | undefined;
  let next = 0;

  /** The host blocks while the next batch is read: there is nothing else that could go on meanwhile. */
  function openNext(): OpenBatch | undefined {
    const text = send('nextBatch', '');
    next = 0;
    return text === '' ? undefined : records.open(text);
  }

  function nextRecord(): IteratorResult<Row> {
    if (!batch || next === batch.count) batch = isOver ? undefined : openNext();
    if (batch) return { done: false, value: new Proxy(batch.makeTarget(next++), batch.handler) };
    isOver = true;
    return ended;
  }

  /** Written out: an async generator takes twice the time per record. */
  const reader: AsyncIterableIterator<Row> = {
    next: () => new NativePromise((resolve) => resolve(nextRecord())),
    return: async () => {
      isOver = true;
      batch = undefined;
      return ended;
    },
    [Symbol.asyncIterator]: () => reader,
  };

  function settle(next: 'done' | 'failed', error?: unknown): void {
    state = next;
    failure = error;
  }

  function start(main: () => Promise<unknown>): string {
    return values.answer(() => {
      main().then(
        () => settle('done'),
        (error: unknown) => settle('failed', error),
      );
      return '"value":null';
    });
  }

  /** Called when no job is left: whoever still waits, waits for ever. */
  function finish(effects: () => string): string {
    return values.answer(() => {
      if (state === 'failed') throw failure;
      if (state === 'running') throw new Error('The script waits for a promise that nothing will ever settle.');
      flush();
      return `"value":${effects()}`;
    });
  }

  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, writable: false, enumerable: true, configurable: false });
  };
  define('records', reader);
  define('emit', emit);

  return { start, finish };
}
