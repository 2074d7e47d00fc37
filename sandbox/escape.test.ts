import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Sandbox } from './sandbox.ts';
import { contextWith } from './testing.ts';

const sandbox = new Sandbox({ workers: 1 });
const secret = 'SANDBOX_TEST_SECRET';

beforeAll(() => {
  process.env[secret] = 'kept outside';
});

afterAll(async () => {
  delete process.env[secret];
  await sandbox.close();
});

async function evaluate(expression: string): Promise<unknown> {
  const result = await sandbox.evaluate({ expression, context: contextWith() });
  return result.ok ? result.value : `${result.reason}: ${result.message}`;
}

const outside = [
  'process',
  'require',
  'module',
  'Buffer',
  'global',
  'fetch',
  'setTimeout',
  'console',
  'WebAssembly',
  'Worker',
  'postMessage',
  'XMLHttpRequest',
  'Deno',
  'std',
  'os',
  'host',
  'ask',
  'send',
];

describe('nothing of the outside can be reached', () => {
  test.each(outside)('%s is unknown', async (name) => {
    expect(await evaluate(`typeof ${name}`)).toBe('undefined');
    expect(await evaluate(`typeof Function("return this")().${name}`)).toBe('undefined');
  });

  test.each([
    'constructor.constructor("return process")()',
    'this.constructor.constructor("return process.env")()',
    '(() => {}).constructor("return process")()',
    '(async () => {}).constructor("return process")().then.constructor("return process")()',
    'logInfo.constructor("return process")()',
    'formatDate.constructor.constructor("return process")()',
    'vars.constructor.constructor("return process")()',
    'getOption.call.call(() => process)',
    'Reflect.construct(Function, ["return process"])()',
    'new Proxy(setOption, {}).constructor("return process")()',
    'dateFns.addDays.constructor("return process")()',
    '(() => { try { null.x; } catch (e) { return e.constructor.constructor("return process")(); } })()',
    '(() => { try { formatDate(0, "n"); } catch (e) { return e.constructor.constructor("return process")(); } })()',
    'eval("process")',
    '(0, eval)("process")',
  ])('%s finds no process', async (expression) => {
    expect(await evaluate(expression)).toContain("'process' is not defined");
  });

  test.each([
    'logInfo.caller',
    '(function f() { return f.caller; })()',
    '(function () { return arguments.callee.caller; })()',
    'Error.prepareStackTrace',
    'getOption.__proto__.caller',
  ])('%s leads to no function of the host', async (expression) => {
    expect(await evaluate(`typeof (() => { try { return ${expression}; } catch { return undefined; } })()`)).not.toBe(
      'function',
    );
  });

  test('modules cannot be imported', async () => {
    const script =
      'for (const name of ["fs", "node:fs", "std", "./index.ts"]) { try { await import(name); vars.got = name; } catch (e) { vars.error = String(e); } }';
    const result = await sandbox.runScript({ source: script, context: contextWith() });
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value.vars).not.toHaveProperty('got');
  });

  test('reasons and stacks tell nothing of this machine', async () => {
    const texts = await evaluate('(() => { try { null.x; } catch (e) { return e.stack; } })()');
    expect(texts).not.toMatch(/node|\/work|\.ts/);
  });

  test('a wrapped source cannot break out of its function to more than its own sandbox', async () => {
    expect(await evaluate('1)); (() => (typeof process')).toBe('undefined');
  });

  test('files of the machine are not given out as files of date-fns', async () => {
    const expression = `(() => {
      const split = String.prototype.split;
      String.prototype.split = function (by) { return by === "/" ? ["..", "..", "..", "etc", "passwd"] : split.call(this, by); };
      Array.prototype.pop = () => undefined;
      return dateFns.format(new Date(0), "yyyy");
    })()`;
    expect(await evaluate(expression)).toMatch(/is no file of date-fns|error/);
  });
});

describe('what one evaluation does to its world ends with it', () => {
  test.each([
    ['Object.prototype.polluted = "yes"', '({}).polluted'],
    ['({}).__proto__.polluted = "yes"', '({}).polluted'],
    ['vars.__proto__.polluted = "yes"', 'vars.polluted'],
    ['globalThis.left = "yes"', 'globalThis.left'],
    ['Array.prototype.map = () => "yes"', '[1].map(String)[0] === "1" ? undefined : "changed"'],
    ['JSON.stringify = () => "\\"yes\\""', 'JSON.stringify(1) === "1" ? undefined : "changed"'],
    ['Date.now = () => 5', 'Date.now() === 5 ? "changed" : undefined'],
    [
      '(vars.country = "Spain", instance.vars.pass = 9)',
      'vars.country === "France" && instance.vars.pass === 1 ? undefined : "changed"',
    ],
    ['Object.setPrototypeOf(Object.prototype.__proto__ ?? {}, { polluted: "yes" })', '({}).polluted'],
  ])('%s', async (change, look) => {
    await evaluate(change);
    expect(await evaluate(look)).toBeNull();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('keys named __proto__ do not come out', async () => {
    const value = await evaluate(
      '({ ["__proto__"]: { admin: true }, nested: JSON.parse(\'{"__proto__":{"admin":true},"a":1}\') })',
    );
    expect(JSON.stringify(value)).toBe('{"nested":{"a":1}}');
    expect(Object.assign({}, value)).not.toHaveProperty('admin');
  });

  test('what the host gives cannot be replaced', async () => {
    expect(await evaluate('(() => { "use strict"; vars = {}; })()')).toContain('read-only');
    expect(await evaluate('(() => { "use strict"; delete globalThis.logError; })()')).toContain('error');
    expect(await evaluate('(() => { "use strict"; instance.internalName = "other"; })()')).toContain('read-only');
    expect(await evaluate('(activityName = "x", activityName)')).toBe('script1');
  });
});

describe('code that changes how values are written gets a failure, not a forged result', () => {
  test.each([
    'Object.prototype.toJSON = () => ({ forged: true })',
    'Array.prototype.toJSON = () => ({ forged: true })',
  ])('%s', async (change) => {
    const session = await sandbox.openRecords({
      program: { kind: 'script', source: change, output: ['id'] },
      columns: ['id'],
      context: contextWith(),
      fetchColumn: async () => [],
    });
    const result = session.ok && (await session.value.run({ id: 1, columns: ['id'], rows: [[1], [2]] }));
    expect(result).toMatchObject({ ok: false });
    const script = await sandbox.runScript({
      source: `${change}; emit({ id: 1 });`,
      context: contextWith(),
      emit: { columns: ['id'], write: async (rows) => expect(rows).toEqual([[1]]) },
    });
    if (script.ok) expect(script.value.vars).toEqual(contextWith().vars);
    else expect(script.reason).toBe('result');
  });
});
