import { afterAll, describe, expect, test } from 'vitest';
import { Sandbox } from './sandbox.ts';
import { contextWith } from './testing.ts';
import type { SandboxContext, SandboxLimits } from './types.ts';

const sandbox = new Sandbox({ workers: 1 });
afterAll(() => sandbox.close());

const evaluate = (expression: string, changes?: Partial<SandboxContext>, limits?: SandboxLimits) =>
  sandbox.evaluate({ expression, context: contextWith(changes), limits });

describe('an expression', () => {
  test.each([
    ['1 + 1', 2],
    ['vars.country', 'France'],
    ['[instance.internalName, instance.label, instance.vars.pass].join("/")', 'contactSync/Contact sync/1'],
    [
      '[activityName, activity.name, activity.label, task.id, task.attempt, event.recCount].join()',
      'script1,script1,Script,task-1,1,7',
    ],
    ['{ a: [1, null, { b: "é" }] }', { a: [1, null, { b: 'é' }] }],
    ['vars.count > 1 // a remark', true],
    ['[1, 2, 3].map((n) => n * 2)', [2, 4, 6]],
    ['getOption("LASTIMPORT_contactSync")', '2026/03/01 00:00:00'],
    ['"a\\0b\\ud800 \u{1f600}"', 'a\0b\ud800 \u{1f600}'],
    ['({ d: new Date(0) })', { d: '1970-01-01T00:00:00.000Z' }],
    ['12345678901234567890n', '12345678901234567890'],
    ['-0', 0],
  ])('%s has its value', async (expression, value) => {
    expect(await evaluate(expression)).toEqual({ ok: true, value });
  });

  test('that is a date says so beside its ISO string', async () => {
    expect(await evaluate('new Date(Date.UTC(2024, 0, 31))')).toEqual({
      ok: true,
      value: '2024-01-31T00:00:00.000Z',
      isDate: true,
    });
  });

  test('that is undefined says so beside null', async () => {
    expect(await evaluate('vars.nothing')).toEqual({ ok: true, value: null, isUndefined: true });
    expect(await evaluate('getOption("unknown")')).toEqual({ ok: true, value: null, isUndefined: true });
  });

  test.each([
    ['0 / 0', 'NaN is not a JSON value'],
    ['[1 / 0]', 'Infinity is not a JSON value'],
    ['() => 1', 'a function is not a JSON value'],
    ['({ deep: [Symbol("s")] })', 'a symbol is not a JSON value'],
    ['new Date(NaN)', 'an invalid date'],
    ['new Map([[1, 2]])', 'a Map is not a JSON value'],
    ['Promise.resolve(1)', 'a promise is not a value'],
    ['(() => { const loop = {}; loop.loop = loop; return loop; })()', 'cannot be written as JSON'],
  ])('%s is refused as a result, because JSON would lose it', async (expression, message) => {
    const result = await evaluate(expression);
    expect(result).toMatchObject({ ok: false, reason: 'result', message: expect.stringContaining(message) });
  });

  test('larger than the limit is refused', async () => {
    const result = await evaluate('"x".repeat(200)', {}, { resultBytes: 100 });
    expect(result).toMatchObject({ ok: false, reason: 'result', message: expect.stringContaining('100 characters') });
  });

  test('that does not compile says where', async () => {
    expect(await evaluate('1 +\n+ * 2')).toMatchObject({ ok: false, reason: 'syntax', line: 2 });
    expect(await evaluate('  ')).toEqual({ ok: false, reason: 'syntax', message: 'The expression is empty.', line: 1 });
    expect(await evaluate('1\0')).toMatchObject({ ok: false, reason: 'syntax' });
  });

  test('that throws says what and where', async () => {
    const result = await evaluate('1 +\n\n vars.none.deeper');
    expect(result).toEqual({
      ok: false,
      reason: 'error',
      message: "TypeError: cannot read property 'deeper' of undefined",
      line: 3,
    });
    expect(await evaluate('(() => { throw { odd: 1 }; })()')).toMatchObject({ message: 'Thrown: {"odd":1}' });
    expect(await evaluate('JSON.parse("{")')).toMatchObject({ reason: 'error' });
  });

  test('has a clock that stands at the given instant, in UTC', async () => {
    const { now } = contextWith();
    const expression =
      '[new Date().toISOString(), new Date(Date.now()).toISOString(), new Date().getHours(), new Date().getTimezoneOffset()]';
    expect(await evaluate(expression)).toEqual({ ok: true, value: [now, now, 6, 0] });
  });

  test('may log, and cannot set options', async () => {
    const { logs, ...result } = await evaluate('(logInfo("a", 1, new Date(0), { b: null }), logWarning("w"), 5)');
    expect(result).toEqual({ ok: true, value: 5 });
    expect(logs).toEqual([
      { level: 'info', message: 'a 1 1970-01-01T00:00:00.000Z {"b":null}' },
      { level: 'warning', message: 'w' },
    ]);
    expect(await evaluate('setOption("a", 1)')).toMatchObject({ ok: false, reason: 'error' });
  });

  test('that calls logError stops there', async () => {
    expect(await evaluate('(logError("no country"), 5)')).toEqual({
      ok: false,
      reason: 'error',
      message: 'no country',
      line: 1,
      logs: [{ level: 'error', message: 'no country' }],
    });
  });

  test('keeps as many log lines as allowed and counts the others', async () => {
    const { logs } = await evaluate('[...Array(10).keys()].map((n) => logInfo(n)).length', {}, { logLines: 3 });
    expect(logs?.map(({ message }) => message)).toEqual(['0', '1', '2', '7 further log lines were left out.']);
  });
});

test('a context that is the caller’s mistake is thrown, not returned', async () => {
  await expect(evaluate('1', { now: 'yesterday' })).rejects.toThrow(RangeError);
});

test('an aborted evaluation is stopped, whether it runs or waits', async () => {
  const running = new AbortController();
  const waiting = new AbortController();
  const endless = sandbox.evaluate({
    expression: '(() => { logInfo("runs"); for (;;); })()',
    context: contextWith(),
    limits: { timeoutMs: 20_000 },
    signal: running.signal,
  });
  const behind = sandbox.evaluate({ expression: '1', context: contextWith(), signal: waiting.signal });
  waiting.abort();
  expect(await behind).toMatchObject({ ok: false, reason: 'stopped' });
  running.abort();
  expect(await endless).toMatchObject({ ok: false, reason: 'stopped' });
  expect(
    await sandbox.evaluate({ expression: '1', context: contextWith(), signal: AbortSignal.abort() }),
  ).toMatchObject({
    reason: 'stopped',
  });
  expect(await evaluate('1')).toEqual({ ok: true, value: 1 });
});
