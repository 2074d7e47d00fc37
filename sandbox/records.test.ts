import { afterAll, describe, expect, test } from 'vitest';
import { Sandbox } from './sandbox.ts';
import { contextWith } from './testing.ts';
import type { RecordProgram, RecordResult, RecordSession, RecordsRequest, SandboxLimits } from './types.ts';

const sandbox = new Sandbox();
afterAll(() => sandbox.close());

const columns = ['id', 'email', 'city', 'note'];
const rowOf = (id: number) => [id, ` User${id}@Example.com `, id % 2 ? 'Paris' : null, `note ${id}`];
const rowsUpTo = (count: number) => Array.from({ length: count }, (_, id) => rowOf(id));
const expressions = (...texts: string[]): RecordProgram => ({ kind: 'expressions', expressions: texts });
const script = (source: string, output = columns): RecordProgram => ({ kind: 'script', source, output });
const block = (code: string) => `(() => { ${code} })()`;

async function open(program: RecordProgram, changes: Partial<RecordsRequest> = {}): Promise<RecordSession> {
  const fetchColumn = () => Promise.reject(new Error('No column should be fetched.'));
  const result = await sandbox.openRecords({ program, columns, context: contextWith(), fetchColumn, ...changes });
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

/** Runs whole rows through a program and gives its results. */
async function run(program: RecordProgram, rows: unknown[][], limits?: SandboxLimits): Promise<RecordResult[]> {
  const session = await open(program, { limits });
  const result = await session.run({ id: 1, columns, rows });
  await session.close();
  if (!result.ok) throw new Error(`${result.reason}: ${result.message}`);
  return result.value;
}

const valuesOf = (results: RecordResult[]) => results.map((result) => (result.ok ? result.values : result.reason));

describe('expressions over records', () => {
  test('give one row per record, in order', async () => {
    const program = expressions('record.email.trim().toLowerCase()', 'record.city ?? vars.country', 'record.id * 2');
    expect(valuesOf(await run(program, rowsUpTo(3)))).toEqual([
      ['user0@example.com', 'France', 0],
      ['user1@example.com', 'Paris', 2],
      ['user2@example.com', 'France', 4],
    ]);
  });

  test('keep every kind of value', async () => {
    const texts = ['new Date(0)', 'undefined', '10n', '({ a: [1, { b: null }] })', 'record.email', 'false', '1.5'];
    const odd = 'NUL \0, lone \ud800, \u{1f600}, "quoted", \u2028 and é';
    const [result] = await run(expressions(...texts), [[1, odd, null, null]]);
    expect(result).toEqual({
      ok: true,
      values: ['1970-01-01T00:00:00.000Z', null, '10', { a: [1, { b: null }] }, odd, false, 1.5],
    });
  });

  test('fail for single records, never for the batch', async () => {
    const program = expressions('record.id === 1 ? record.none.deeper : record.id === 2 ? NaN : record.id');
    const results = await run(program, rowsUpTo(4));
    expect(valuesOf(results)).toEqual([[0], 'error', 'result', [3]]);
    expect(results[1]).toEqual({
      ok: false,
      reason: 'error',
      message: "TypeError: cannot read property 'deeper' of undefined",
      line: 1,
    });
  });

  test('cannot change the record', async () => {
    const program = expressions(
      '(record.id = 9, record.extra = 1, delete record.email, Object.keys(record).join())',
      'record.id',
    );
    expect(valuesOf(await run(program, rowsUpTo(2)))).toEqual([
      [columns.join(), 0],
      [columns.join(), 1],
    ]);
  });

  test('that do not compile are named', async () => {
    const request = { columns, context: contextWith(), fetchColumn: async () => [] };
    const result = await sandbox.openRecords({ ...request, program: expressions('1', 'record.') });
    expect(result).toMatchObject({ ok: false, reason: 'syntax', message: expect.stringContaining('Expression 2: ') });
  });

  test('work on more records than one batch may hold', async () => {
    const results = await run(expressions('record.id'), rowsUpTo(2500));
    expect(valuesOf(results)).toEqual(rowsUpTo(2500).map(([id]) => [id]));
  });

  test('work on records that are larger than one batch may be', async () => {
    const rows = rowsUpTo(6).map(([id]) => [id, 'x'.repeat(1_500_000), null, null]);
    expect(valuesOf(await run(expressions('record.email.length + record.id'), rows))).toEqual(
      rows.map((_, id) => [1_500_000 + id]),
    );
  });
});

describe('a script over records', () => {
  test('may change, add, drop and replace', async () => {
    const source = `
      if (record.id === 1) return null;
      if (record.id === 2) return { id: 'two', city: vars.country };
      if (record.id === 3) return false;
      record.email = record.email.trim();
      record.key = [record.id, record.city].join('/');
      if (record.id === 4) return record;
    `;
    const results = await run(script(source, ['id', 'email', 'city', 'key', 'note']), rowsUpTo(5));
    expect(results).toEqual([
      { ok: true, values: [0, 'User0@Example.com', null, '0/', 'note 0'] },
      { ok: true, dropped: true },
      { ok: true, values: ['two', null, 'France', null, null] },
      { ok: true, dropped: true },
      { ok: true, values: [4, 'User4@Example.com', null, '4/', 'note 4'] },
    ]);
  });

  test('may write columns it was not sent', async () => {
    const source = 'if (record.id % 2) record["no" + "te"] = "written"; if (record.id === 2) record.constructor = 1;';
    expect(valuesOf(await run(script(source, ['note', 'id']), rowsUpTo(4)))).toEqual([
      ['note 0', 0],
      ['written', 1],
      ['note 2', 2],
      ['written', 3],
    ]);
  });

  test.each(['return 5', 'return "text"', 'return [1]', 'return (async () => record)()'])(
    '"%s" is refused for the record',
    async (source) => {
      expect((await run(script(source), rowsUpTo(1)))[0]).toMatchObject({ ok: false, reason: 'result' });
    },
  );

  test('that fails leaves no half-written row behind', async () => {
    const source = 'record["no" + "te"] = "changed"; if (record.id === 1) record.city = () => 1;';
    expect(valuesOf(await run(script(source, ['note', 'city']), rowsUpTo(3)))).toEqual([
      ['changed', null],
      'result',
      ['changed', null],
    ]);
  });

  test('sees an ordinary object: spread, keys, in, delete, freeze, JSON', async () => {
    const source = `
      const names = []; for (const name in record) names.push(name);
      const copy = { ...record };
      const had = [Object.hasOwn(record, 'note'), 'note' in record, 'none' in record, record.hasOwnProperty('id')];
      const text = JSON.stringify(record);
      delete record.note;
      const after = [record.note, Object.keys(record), Object.entries(copy).length];
      Object.freeze(record);
      record.id = 99;
      return { id: record.id, all: [names, text, had, after, copy.note] };
    `;
    const [result] = await run(script(source, ['id', 'all']), rowsUpTo(1));
    expect(result).toEqual({ ok: true, values: expect.anything() });
    const [id, all] = result?.values ?? [];
    const text = JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, rowOf(0)[at]])));
    expect(id).toBe(0);
    expect(all).toEqual([columns, text, [true, true, false, true], [null, ['id', 'email', 'city'], 4], 'note 0']);
  });

  test('keeps variables, options and logs over batches', async () => {
    const source = `
      vars.sum = (vars.sum ?? 0) + record.id;
      instance.vars.pass = getOption('seen') ?? 0;
      setOption('seen', record.id);
      if (record.id === 2) logWarning('two');
      if (record.id === 3) logError('three');
    `;
    const session = await open(script(source, ['id']));
    expect(session.effects()).toEqual({ vars: contextWith().vars, instanceVars: {}, options: {}, logs: [] });
    await session.run({ id: 1, columns, rows: rowsUpTo(3) });
    const second = await session.run({ id: 2, columns, rows: [rowOf(3), rowOf(4)] });
    expect(second.ok && valuesOf(second.value)).toEqual(['error', [4]]);
    expect(session.effects()).toEqual({
      vars: { ...contextWith().vars, sum: 10 },
      instanceVars: { pass: 3 },
      options: { seen: 4 },
      logs: [
        { level: 'warning', message: 'two' },
        { level: 'error', message: 'three' },
      ],
    });
    await session.close();
    expect(await session.run({ id: 3, columns, rows: [] })).toMatchObject({ ok: false, reason: 'stopped' });
  });
});

describe('columns that a batch does not hold', () => {
  const fetching = () => {
    const fetched: string[] = [];
    const fetchColumn = async (batchId: number, column: string) => {
      fetched.push(`${batchId} ${column}`);
      return rowsUpTo(3).map((row) => row[columns.indexOf(column)]);
    };
    return { fetched, fetchColumn };
  };

  test.each([
    ['a computed name', 'record["em" + "ail"]', ['1 email']],
    ['a spread', '({ ...record }).note', ['1 note', '1 id', '1 email']],
    ['the keys', 'Object.keys(record).map((name) => record[name]).length', ['1 id', '1 email', '1 note']],
    ['a name in a variable', '["note", "note"].map((name) => record[name]).join()', ['1 note']],
  ])('are fetched once a batch: %s', async (_name, expression, expected) => {
    const { fetched, fetchColumn } = fetching();
    const session = await open(expressions('record.city', expression), { fetchColumn });
    expect(session.guessedColumns).toContain('city');
    const rows = rowsUpTo(3).map((row) => [row[2]]);
    const result = await session.run({ id: 1, columns: ['city'], rows });
    expect(result).toMatchObject({ ok: true });
    expect(fetched.toSorted()).toEqual(expected.toSorted());
    expect(session.guessedColumns).toEqual(expect.arrayContaining(expected.map((text) => text.slice(2))));
    await session.close();
  });

  test('fill the output where the script left them alone', async () => {
    const { fetched, fetchColumn } = fetching();
    const session = await open(script('record.city = record.city ?? "none"'), { fetchColumn });
    expect(session.guessedColumns).toEqual(['city']);
    const result = await session.run({ id: 7, columns: ['city'], rows: rowsUpTo(3).map((row) => [row[2]]) });
    expect(result.ok && valuesOf(result.value)).toEqual(
      rowsUpTo(3).map(([id, email, city, note]) => [id, email, city ?? 'none', note]),
    );
    expect(fetched.toSorted()).toEqual(['7 email', '7 id', '7 note']);
    await session.close();
  });

  test('that cannot be fetched reject the call with their error, and the session goes on', async () => {
    const fetchColumn = (id: number) =>
      id === 1 ? Promise.reject(new Error('the store is gone')) : Promise.resolve(['a']);
    const session = await open(expressions('record["no" + "te"]'), { fetchColumn });
    await expect(session.run({ id: 1, columns: [], rows: [[]] })).rejects.toThrow('the store is gone');
    expect(await session.run({ id: 2, columns: [], rows: [[]] })).toMatchObject({ value: [{ values: ['a'] }] });
    await expect(session.run({ id: 3, columns: [], rows: [[], []] })).rejects.toThrow('1 values of note for 2 records');
    await session.close();
  });

  test('of a record kept from an earlier batch are gone, and that is said', async () => {
    const { fetchColumn } = fetching();
    const source = 'if (globalThis.kept) record.city = kept["no" + "te"]; globalThis.kept ??= record;';
    const session = await open(script(source, ['city']), { fetchColumn });
    await session.run({ id: 1, columns: [], rows: [[], [], []].slice(0, 1).concat([[], []]) });
    const result = await session.run({ id: 2, columns: [], rows: [[], [], []] });
    expect(result.ok && result.value[0]).toMatchObject({ ok: true });
    await session.close();
  });
});

describe('a record that takes too much fails alone', () => {
  const only = (id: number, bomb: string) => expressions(`record.id === ${id} ? ${bomb} : record.id`);
  /** What only the clock ends is given little time, but more than a loaded machine takes for the other records. */
  const limits = { timeoutMs: 1_000 };
  const patience = { timeoutMs: 20_000 };

  test.each([
    ['an endless loop', block('for (;;);'), 'timeout'],
    ['a native call without end', 'Array.prototype.indexOf.call({ length: 2 ** 52 }, 1)', 'timeout'],
    ['too much memory', '"x".repeat(2 ** 27)', 'memory'],
    ['deep recursion', block('const f = () => f() + 1; return f();'), 'stack'],
    ['a giant value', '"x".repeat(5e6)', 'result'],
  ])('%s', async (_name, bomb, reason) => {
    const results = await run(only(7, bomb), rowsUpTo(20), reason === 'timeout' ? limits : patience);
    const expected = rowsUpTo(20).map(([id]) => (id === 7 ? reason : [id]));
    expect(valuesOf(results)).toEqual(expected);
  });

  test('and so does each of several', async () => {
    const program = expressions(`record.id % 10 === 0 ? Array.prototype.indexOf.call({ length: 2 ** 52 }, 1) : 1`);
    const results = await run(program, rowsUpTo(21), limits);
    expect(valuesOf(results).flatMap((value, id) => (value === 'timeout' ? [id] : []))).toEqual([0, 10, 20]);
  });

  test('what is too much only for all together is done in parts', async () => {
    const results = await run(expressions('"x".repeat(500_000) + record.id'), rowsUpTo(40));
    expect(results.map((result) => String(result.values?.[0]).length)).toEqual(
      rowsUpTo(40).map(([id]) => 500_000 + String(id).length),
    );
    const holding = await run(
      expressions('(globalThis.held ??= []).push("x".repeat(1e6) + record.id) > 0'),
      rowsUpTo(100),
    );
    expect(holding.every((result) => result.ok)).toBe(true);
  });

  test('variables survive the loss of the thread', async () => {
    const source = `vars.seen = (vars.seen ?? 0) + 1;
      if (record.id === 5) Array.prototype.indexOf.call({ length: 2 ** 52 }, 1);`;
    const session = await open(script(source, ['id']), { limits });
    await session.run({ id: 1, columns, rows: rowsUpTo(3) });
    const result = await session.run({ id: 2, columns, rows: [4, 5, 6].map(rowOf) });
    expect(result.ok && valuesOf(result.value)).toEqual([[4], 'timeout', [6]]);
    expect(session.effects().vars).toMatchObject({ seen: 5 });
    await session.close();
  });

  test('a batch whose records all take too long ends at its own limit', async () => {
    const session = await open(expressions(block('for (;;);')), { limits: { timeoutMs: 200, batchTimeoutMs: 700 } });
    expect(await session.run({ id: 1, columns, rows: rowsUpTo(50) })).toMatchObject({ ok: false, reason: 'timeout' });
    await session.close();
  });

  test('variables that are no JSON fail the batch and say so', async () => {
    const session = await open(script('vars.total = NaN', ['id']));
    expect(await session.run({ id: 1, columns, rows: rowsUpTo(3) })).toMatchObject({
      ok: false,
      message: 'A variable is refused: NaN is not a JSON value.',
    });
    expect(session.effects().vars).toEqual(contextWith().vars);
    await session.close();
  });
});

describe('sessions', () => {
  test('side by side keep apart', async () => {
    const sessions = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => open(script(`globalThis.n ??= ${n}; vars.n = n; record.id += n`, ['id']))),
    );
    const results = await Promise.all(sessions.map((session) => session.run({ id: 1, columns, rows: rowsUpTo(2) })));
    expect(results.map((result) => result.ok && valuesOf(result.value))).toEqual(
      [1, 2, 3, 4, 5].map((n) => [[n], [n + 1]]),
    );
    expect(sessions.map((session) => session.effects().vars.n)).toEqual([1, 2, 3, 4, 5]);
    await Promise.all(sessions.map((session) => session.close()));
  });

  test('run their batches in the order they were given', async () => {
    const session = await open(script('vars.order = (vars.order ?? "") + record.id', ['id']));
    await Promise.all([0, 1, 2, 3].map((id) => session.run({ id, columns, rows: [rowOf(id)] })));
    expect(session.effects().vars.order).toBe('0123');
    await session.close();
  });

  test('stop when they are told to', async () => {
    const controller = new AbortController();
    const session = await open(expressions(block('logInfo("in"); for (;;);')), { limits: { timeoutMs: 20_000 } });
    const running = session.run({ id: 1, columns, rows: rowsUpTo(2) }, controller.signal);
    controller.abort();
    expect(await running).toMatchObject({ ok: false, reason: 'stopped' });
    await session.close();
  });
});
