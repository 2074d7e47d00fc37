import { afterAll, describe, expect, test } from 'vitest';
import { Sandbox } from './sandbox.ts';
import { contextWith } from './testing.ts';
import type { SandboxLog, ScriptRequest } from './types.ts';

const sandbox = new Sandbox();
afterAll(() => sandbox.close());

const columns = ['id', 'email', 'city'];
const rowsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => [from + at, `user${from + at}@example.com`, 'Paris']);

/** Batches as the engine would read them, and how many were asked for. */
function inputOf(...batches: unknown[][][]) {
  const left = [...batches];
  const input = {
    columns,
    asked: 0,
    async next() {
      input.asked++;
      return left.shift() ?? null;
    },
  };
  return input;
}

function collect(names: string[]) {
  const rows: unknown[][] = [];
  return { rows, emit: { columns: names, write: async (batch: unknown[][]) => void rows.push(...batch) } };
}

const run = (source: string, changes: Partial<ScriptRequest> = {}) =>
  sandbox.runScript({ source, context: contextWith(), ...changes });

describe('a script', () => {
  test('gives back what it changed, and nothing else', async () => {
    const result = await run(`
      vars.total = vars.count * 2;
      delete vars.country;
      instance.vars.done = [true];
      delete instance.vars.pass;
      setOption('LASTIMPORT_contactSync', new Date());
      setOption('LASTIMPORT_contactSync', formatDate(getOption('LASTIMPORT_contactSync'), 'yyyy/MM/dd HH:mm:ss', 'UTC'));
      setOption('limit', getOption('limit') ?? { rows: 5 });
      logInfo('total', vars.total);
      return 5;
    `);
    expect(result).toEqual({
      ok: true,
      value: {
        vars: { count: 2, total: 4 },
        instanceVars: { done: [true], pass: null },
        options: { LASTIMPORT_contactSync: '2026/03/08 06:30:00', limit: { rows: 5 } },
        logs: [{ level: 'info', message: 'total 4' }],
      },
    });
  });

  test('may await, and its failures say where', async () => {
    expect(await run('const n = await Promise.all([1, (async () => 2)()]); vars.n = n;')).toMatchObject({
      value: { vars: { n: [1, 2] } },
    });
    expect(await run('await null;\nthrow new Error("no");')).toMatchObject({ reason: 'error', message: 'no', line: 2 });
    expect(await run('vars.a = 1;\nconst = 2;')).toMatchObject({ ok: false, reason: 'syntax', line: 2 });
    expect(await run('setOption("", 1)')).toMatchObject({
      message: 'TypeError: setOption: the name of the option is missing.',
    });
  });

  test('that fails changes nothing, but its log is kept', async () => {
    const logs: SandboxLog[] = [];
    const result = await run('vars.a = 1; logWarning("first"); logError("second"); logInfo("never")', {
      onLog: (lines) => logs.push(...lines),
    });
    const expected = [
      { level: 'warning', message: 'first' },
      { level: 'error', message: 'second' },
    ];
    expect(result).toEqual({ ok: false, reason: 'error', message: 'second', line: 1, logs: expected });
    expect(logs).toEqual(expected);
  });

  test('that is killed in a native call leaves its log', async () => {
    const result = await run('logInfo("before"); Array.prototype.indexOf.call({ length: 2 ** 52 }, 1);', {
      limits: { timeoutMs: 300 },
    });
    const message = 'It ran longer than 0.3 s, which is its limit.';
    expect(result).toMatchObject({
      ok: false,
      reason: 'timeout',
      message,
      logs: [{ level: 'info', message: 'before' }],
    });
  });
});

describe('records and emit', () => {
  test('go through a script batch by batch', async () => {
    const { rows, emit } = collect(['id', 'email', 'kind']);
    const source = `
      let n = 0;
      for await (const record of records) {
        if (record.id % 2) continue;
        record.kind = record.city === 'Paris' ? 'here' : 'there';
        emit(record);
        n++;
      }
      vars.n = n;
    `;
    const input = inputOf(rowsOf(0, 3), [], rowsOf(3, 5));
    expect(await run(source, { input, emit })).toMatchObject({ ok: true, value: { vars: { n: 3 } } });
    expect(rows).toEqual([0, 2, 4].map((id) => [id, `user${id}@example.com`, 'here']));
  });

  test('are optional: without input there is nothing to read, without output emit says so', async () => {
    expect(await run('for await (const r of records) vars.never = r; vars.read = true')).toMatchObject({
      value: { vars: { read: true } },
    });
    expect(await run('emit({})')).toMatchObject({ ok: false, message: 'emit: this script has no output for records.' });
    const { emit } = collect(['id']);
    expect(await run('emit(5)', { emit })).toMatchObject({
      ok: false,
      message: 'TypeError: emit: a record is an object.',
    });
  });

  test('keep their values when records are kept', async () => {
    const source = `
      const kept = [];
      for await (const record of records) kept.push(record);
      vars.found = kept.map((record) => record.email).join();
      for (const record of kept) emit(record);
    `;
    const { rows, emit } = collect(columns);
    const input = inputOf(rowsOf(0, 2), rowsOf(2, 3));
    expect(await run(source, { input, emit })).toMatchObject({
      value: { vars: { found: 'user0@example.com,user1@example.com,user2@example.com' } },
    });
    expect(rows).toEqual(rowsOf(0, 3));
  });

  test('fetch a column that the source does not name, while its batch is there', async () => {
    const source = `
      const first = [];
      for await (const record of records) {
        if (first.length === 0) first.push(record);
        vars.cities = (vars.cities ?? '') + record['ci' + 'ty'];
      }
      try { first[0]['ema' + 'il']; } catch (error) { vars.error = error.message; }
    `;
    const result = await run(source, { input: inputOf(rowsOf(0, 1), rowsOf(1, 2)) });
    expect(result).toMatchObject({ value: { vars: { cities: 'ParisParis' } } });
    expect(result.ok && result.value.vars.error).toContain('"email" of an earlier record is no longer at hand');
  });

  test('may be left early and read by hand', async () => {
    const input = inputOf(rowsOf(0, 2), rowsOf(2, 4), rowsOf(4, 6), rowsOf(6, 8));
    const source = `
      const { value } = await records.next();
      for await (const record of records) { vars.ids = [value.id, record.id]; break; }
      vars.after = (await records.next()).done;
    `;
    expect(await run(source, { input })).toMatchObject({ value: { vars: { ids: [0, 1], after: true } } });
    expect(input.asked).toBeLessThan(4);
  });

  test('come in pieces of a thousand and leave in pieces of a thousand, whatever the batches', async () => {
    const sizes: number[] = [];
    const emit = { columns: ['id'], write: async (rows: unknown[][]) => void sizes.push(rows.length) };
    const source = 'for await (const record of records) emit({ id: record.id })';
    await run(source, { input: inputOf(rowsOf(0, 2500)), emit });
    expect(sizes).toEqual([1000, 1000, 500]);
  });

  test('wait for each other: a slow writer holds the script back', async () => {
    const events: string[] = [];
    const input = inputOf(rowsOf(0, 1000), rowsOf(1000, 2000), rowsOf(2000, 3000), rowsOf(3000, 4000));
    const emit = {
      columns: ['id'],
      async write(rows: unknown[][]) {
        events.push(`write ${rows[0]?.[0]} asked ${input.asked}`);
        await new Promise((resolve) => setImmediate(resolve));
        events.push('written');
      },
    };
    await run('for await (const record of records) emit(record)', { input, emit });
    expect(events.filter((_, index) => index % 2 === 1)).toEqual(Array(4).fill('written'));
    expect(events[0]).toMatch(/^write 0 asked [12]$/);
  });

  test('waiting for others is not counted as running', async () => {
    const slow = {
      columns,
      left: 3,
      async next() {
        const until = performance.now() + 400;
        while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
        return slow.left-- > 0 ? rowsOf(0, 1) : null;
      },
    };
    const result = await run('for await (const record of records) vars.n = (vars.n ?? 0) + record.id + 1', {
      input: slow,
      limits: { timeoutMs: 1_200 },
    });
    expect(result).toMatchObject({ ok: true, value: { vars: { n: 3 } } });
  });

  test('an error of the reader or the writer rejects with that error', async () => {
    const input = { columns, next: () => Promise.reject(new Error('the disk is gone')) };
    await expect(run('for await (const record of records) ;', { input })).rejects.toThrow('the disk is gone');
    const emit = { columns: ['id'], write: () => Promise.reject(new Error('the disk is full')) };
    await expect(run('emit({ id: 1 })', { emit })).rejects.toThrow('the disk is full');
    expect(await run('vars.ok = 1')).toMatchObject({ ok: true });
  });
});

test('a script stops when told to, whether it runs or waits for input', async () => {
  const running = new AbortController();
  const endless = run('for (;;);', { signal: running.signal });
  const waiting = new AbortController();
  const input = { columns, next: () => new Promise<null>(() => undefined) };
  const blocked = run('for await (const record of records) ;', { signal: waiting.signal, input });
  running.abort();
  waiting.abort();
  expect(await endless).toMatchObject({ ok: false, reason: 'stopped' });
  expect(await blocked).toMatchObject({ ok: false, reason: 'stopped' });
  expect(await run('vars.ok = 1')).toMatchObject({ ok: true });
});
