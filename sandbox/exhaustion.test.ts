import { afterAll, describe, expect, test } from 'vitest';
import { Sandbox } from './sandbox.ts';
import { contextWith, watchEventLoop } from './testing.ts';
import type { SandboxReason } from './types.ts';

const sandbox = new Sandbox();
afterAll(() => sandbox.close());

const context = contextWith();
const patience = { timeoutMs: 20_000 };

/** Those that only the clock ends are given little time; the others enough of it on a loaded machine. */
const limitsFor = (reasons: SandboxReason[]) => (reasons.includes('timeout') ? { timeoutMs: 300 } : patience);

/** One pause of the main thread while the sandbox is busy: the scheduler of a loaded machine may take some of it. */
const longestPauseMs = 1000;

const block = (code: string) => `(() => { ${code} })()`;

/** Each must fail for one of the reasons: what is reached first depends on the machine. */
const bombs: [name: string, expression: string, ...reasons: SandboxReason[]][] = [
  ['an endless loop', block('for (;;);'), 'timeout'],
  [
    'an endless loop in try, catch and finally',
    block('for (;;) { try { for (;;); } catch {} finally { continue; } }'),
    'timeout',
  ],
  [
    'an endless loop in an async function',
    block('const f = async () => { for (;;); }; for (;;) f().catch(() => 0);'),
    'timeout',
  ],
  ['an endless generator', '[...(function* () { for (;;) yield 1; })()]', 'timeout', 'memory'],
  ['an endless getter of the result', '({ get a() { for (;;); } })', 'timeout'],
  ['an endless toJSON of the result', '({ toJSON() { for (;;); } })', 'timeout'],
  ['an endless proxy as the result', 'new Proxy({}, { ownKeys() { for (;;); } })', 'timeout'],
  [
    'an error with an endless message',
    block('throw Object.defineProperty(new Error(), "message", { get() { for (;;); } });'),
    'timeout',
  ],
  ['an endless conversion to text', 'getOption({ toString() { for (;;); } })', 'timeout'],
  [
    'JSON.stringify again and again',
    block('const o = {}; for (let i = 0; i < 1e5; i++) o[i] = [i]; for (;;) JSON.stringify(o);'),
    'timeout',
  ],
  [
    'JSON.stringify of deep data',
    block('let x = []; for (let i = 0; i < 1e5; i++) x = [x]; return JSON.stringify(x);'),
    'timeout',
    'stack',
  ],
  ['a comparator that never ends', '[3, 2, 1].sort(() => { for (;;); })', 'timeout'],
  ['a comparator without order', block('for (;;) [...Array(1e5).keys()].sort(() => Math.random() - 0.5);'), 'timeout'],
  ['a native search that cannot be interrupted', 'Array.prototype.indexOf.call({ length: 2 ** 52 }, 1)', 'timeout'],
  ['a native join that cannot be interrupted', 'Array(1e9).join("x")', 'timeout', 'memory'],
  ['a catastrophic regular expression', '/^(a+)+$/.test("a".repeat(60) + "b")', 'timeout'],
  ['a regular expression of many nested groups', 'new RegExp("(".repeat(1e5) + ")".repeat(1e5))', 'error', 'stack'],
  ['a string bomb', block('const a = []; for (;;) a.push("x".repeat(1e5) + a.length);'), 'memory', 'timeout'],
  ['a string that doubles', block('let s = "xx"; for (;;) s += s;'), 'memory', 'timeout'],
  ['a string of 512 MB', '"x".repeat(2 ** 29)', 'memory'],
  ['an array bomb', block('const a = []; for (;;) a.push([a]);'), 'memory', 'timeout'],
  ['a bomb of typed arrays', block('const a = []; for (;;) a.push(new Uint8Array(1e6));'), 'memory', 'timeout'],
  [
    'a bomb that catches its own end',
    block('const a = []; for (;;) { try { a.push("x".repeat(1e5)); } catch {} }'),
    'timeout',
  ],
  ['a promise bomb', block('for (;;) Promise.resolve().then(() => 1);'), 'memory', 'timeout'],
  ['a big integer bomb', block('let x = 3n; for (;;) x *= x;'), 'error', 'memory', 'timeout'],
  ['deep recursion', block('const f = (n) => f(n + 1) + 1; return f(0);'), 'stack'],
  ['recursion through toString', block('const o = { toString: () => "" + o }; return "" + o;'), 'stack'],
  [
    'recursion through a proxy',
    block('const p = new Proxy({}, { get: (_, key, self) => self[key] }); return p.x;'),
    'stack',
  ],
  ['deeply nested JSON text', 'JSON.parse("[".repeat(1e6))', 'stack'],
  ['deeply nested source', 'eval("(".repeat(1e5))', 'stack'],
  ['a giant text as the result', '"x".repeat(5e6)', 'result'],
  ['a giant array as the result', 'Array(2e6).fill("xx")', 'result', 'memory', 'timeout'],
  ['a giant error', block('throw new Error("x".repeat(2e7));'), 'error'],
  ['a log that never ends', block('for (;;) logInfo("x".repeat(1000));'), 'timeout'],
  ['a wait for another thread', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0)', 'error'],
];

describe('an evaluation that takes too much', () => {
  test.each(bombs)('%s fails, and the next one works', async (_name, expression, ...reasons) => {
    const loop = watchEventLoop();
    const result = await sandbox.evaluate({ expression, context, limits: limitsFor(reasons) });
    expect(reasons).toContain(result.ok ? 'ok' : result.reason);
    expect(!result.ok && result.message.length).toBeLessThan(2100);
    const next = await sandbox.evaluate({ expression: 'vars.count + 1', context, limits: patience });
    expect(next).toEqual({ ok: true, value: 3 });
    const { turns, longestMs } = loop.stop();
    expect(turns).toBeGreaterThan(1);
    expect(longestMs).toBeLessThan(longestPauseMs);
  });
});

test('many bombs at once leave neither threads nor memory behind', async () => {
  const before = process.memoryUsage().rss;
  const loop = watchEventLoop();
  const expressions = Array.from({ length: 12 }, (_, index) => bombs[(index * 7) % bombs.length]![1]);
  const results = await Promise.all(
    expressions.map((expression) => sandbox.evaluate({ expression, context, limits: { timeoutMs: 300 } })),
  );
  expect(results.every((result) => !result.ok)).toBe(true);
  expect(loop.stop().longestMs).toBeLessThan(longestPauseMs);
  expect(await sandbox.evaluate({ expression: '1', context })).toEqual({ ok: true, value: 1 });
  expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
});

test('memory is limited to what is asked for', async () => {
  const expression = block('const a = []; for (let i = 0; i < 40; i++) a.push(new Uint8Array(1e6)); return a.length;');
  expect(await sandbox.evaluate({ expression, context })).toEqual({ ok: true, value: 40 });
  expect(await sandbox.evaluate({ expression, context, limits: { memoryMb: 32 } })).toEqual({
    ok: false,
    reason: 'memory',
    message: 'Out of memory: 32 MB were not enough.',
    line: 1,
  });
});

test('variables that do not fit into the memory are a failure', async () => {
  const huge = contextWith({ vars: { text: 'x'.repeat(30_000_000) } });
  expect(await sandbox.evaluate({ expression: '1', context: huge })).toMatchObject({ ok: false, reason: 'memory' });
  expect(await sandbox.evaluate({ expression: '1', context })).toEqual({ ok: true, value: 1 });
});

describe('a script that takes too much', () => {
  test.each<[name: string, source: string, ...reasons: SandboxReason[]]>([
    ['an endless chain of promises', 'const next = () => Promise.resolve().then(next); await next();', 'timeout'],
    ['an endless loop after an await', 'await null; for (;;);', 'timeout'],
    ['a promise that nobody settles', 'await new Promise(() => {});', 'error'],
    ['an emitted row that is too large', 'emit({ id: "x".repeat(5e6) });', 'result'],
    ['rows without end', 'for (;;) emit({ id: 1 });', 'timeout'],
    [
      'records kept for ever',
      'const kept = []; for (;;) kept.push({ text: "x".repeat(1e4) + kept.length });',
      'memory',
      'timeout',
    ],
    ['a variable that is no JSON', 'vars.self = vars;', 'result'],
    ['a thenable that calls itself', 'const then = (done) => done({ then }); await { then };', 'timeout'],
  ])('%s', async (_name, source, ...reasons) => {
    const loop = watchEventLoop();
    const emit = { columns: ['id'], write: async () => undefined };
    const result = await sandbox.runScript({ source, context, limits: limitsFor(reasons), emit });
    expect(reasons).toContain(result.ok ? 'ok' : result.reason);
    expect(loop.stop().longestMs).toBeLessThan(longestPauseMs);
    expect(await sandbox.runScript({ source: 'vars.done = true', context })).toMatchObject({ ok: true });
  });
});
