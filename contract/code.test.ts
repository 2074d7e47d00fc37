import { afterAll, describe, expect, it } from 'vitest';
import { Sandbox } from '../sandbox/index.ts';
import { contextWith } from '../sandbox/testing.ts';
import type { CodeKind } from './code.ts';
import { findAssigned, findBareWord, findCodeProblem } from './code.ts';

const sandbox = new Sandbox({ workers: 1 });
const context = contextWith();
afterAll(() => sandbox.close());

/** Whether the sandbox compiles it; what happens when it runs does not matter. */
async function compiles(kind: CodeKind, text: string): Promise<boolean> {
  const result = await runs[kind](text);
  return result.ok || result.reason !== 'syntax';
}
const runs: Record<CodeKind, (text: string) => Promise<{ ok: true } | { ok: false; reason: string }>> = {
  expression: (expression) => sandbox.evaluate({ expression, context }),
  template: (template) => sandbox.render({ template, context }),
  script: (source) => sandbox.runScript({ source, context }),
  recordScript: (source) =>
    sandbox.openRecords({
      program: { kind: 'script', source, output: [] },
      columns: [],
      context,
      fetchColumn: async () => [],
    }),
};

const good: Record<CodeKind, string[]> = {
  expression: [
    '1 + 1',
    'vars.minimum ?? 500 // at least',
    '{ a: 1 }',
    'record?.Name?.trim() || null',
    '"a" in vars && /^(?<year>\\d{4})/u.test(vars.a)',
    '`a`',
    'x => x',
    'await',
    'function () { return 1 }',
    'vars.a ||= 2, 1_000n',
    'new Date(2024, 0, 31)',
    'class { #own = 1; static { this.a = 1 } }',
  ],
  script: [
    'return;',
    'if (vars.a) return 5; await 0; vars.b = 2',
    'for await (const record of records) { emit({ a: record.a }); }',
    'const { a = 1, ...rest } = vars; label: for (;;) { break label; }',
    'let async = 1, of = 2, get = 3; var let_ = 1',
    '<!-- an old comment\nvars.a = 1',
    'with (vars) { a }',
    'vars.a = 010; delete vars.b; // octal\n',
    'try { null.a } catch { vars.b = 1 }',
    'function* rows() { yield* [1, 2] } for (const row of rows()) logInfo(row)',
    '// only a comment',
    'vars.pattern = /[\\p{L}--[a-z]]/v',
  ],
  recordScript: [
    'return null',
    'record.a = 1; return record.b > 2',
    'const await_ = 1; var await = 2; await',
    'if (record.a) return false; const wait = async () => { await 1 };',
    'arguments[0].a = new.target',
  ],
  template: [
    'plain',
    'a <%= vars.a %> b',
    '<% if (vars.a) { %>yes<% } else { %>no<% } %>',
    '<% for (const name of ["a", "b"]) { %><%= name // each\n %>, <% } %>',
    '<%% and <%= "%" + 1 %>',
    '<% %> nothing',
    '"quoted" `ticks` <%= `a` %>',
  ],
};

const bad: [CodeKind, string, number, string][] = [
  ['expression', 'vars.a +', 1, 'something is missing at the end'],
  ['expression', 'vars.a vars.b', 1, 'unexpected vars'],
  ['expression', 'return 5', 1, 'unexpected return'],
  ['expression', 'await vars.a', 1, 'unexpected vars'],
  ['expression', '"open', 1, 'unterminated string'],
  ['expression', 'a = 1; b = 2', 1, 'unexpected ;'],
  ['expression', '1 = vars.a', 1, 'assigning to rvalue'],
  ['script', 'vars.a = 1;\nvars.b = (2;\n', 2, 'unexpected ;'],
  ['script', 'if (vars.a) {\n  vars.b = 1;\n\n', 2, 'something is missing at the end'],
  ['script', 'let a = 1;\nlet a = 2;', 2, 'already been declared'],
  ['script', 'vars.a = /(/;', 1, 'invalid regular expression'],
  ['script', '\n\n}', 3, 'unexpected }'],
  ['script', 'break;', 1, 'break'],
  ['script', 'import fs from "fs";', 1, 'import'],
  ['recordScript', 'record.a = await 1;', 1, 'unexpected 1'],
  ['recordScript', 'return record.a = ;', 1, 'unexpected ;'],
  ['template', 'Dear <%= vars.name', 1, 'a <% has no %>'],
  ['template', 'a\nb <%= vars. %>', 2, 'unexpected'],
  ['template', '<% if (vars.a) { %>yes', 1, 'missing at the end'],
  ['template', 'a\n<% if (vars.a { %>\nyes<% } %>', 2, 'unexpected {'],
];

describe('what the sandbox compiles is no problem', () => {
  it.each(Object.entries(good) as [CodeKind, string[]][])('%s', async (kind, texts) => {
    for (const text of texts) {
      expect(await compiles(kind, text), text).toBe(true);
      expect(findCodeProblem(kind, text), text).toBeNull();
    }
  });
});

describe('what it does not compile is named by line and reason', () => {
  it.each(bad)('%s %j', async (kind, text, line, reason) => {
    expect(await compiles(kind, text)).toBe(false);
    expect(findCodeProblem(kind, text)).toEqual({ line, reason: expect.stringContaining(reason) });
  });
});

it.each([
  ['Berlin', '"Berlin"'],
  [' Île ', '"Île"'],
  ['New York', '"New York"'],
  ['00501 Holtsville', '"00501 Holtsville"'],
  ['vars', null],
  ['undefined', null],
  ['vars.city', null],
  ['record.', null],
  ['vars. city name', null],
  ['Bad St. Leon Rot', '"Bad St. Leon Rot"'],
  ['"Berlin"', null],
  ['100', null],
  ['true', null],
  ['', null],
  ['a - b', null],
  ['city()', null],
])('the bare word of %j is %j', (expression, quoted) => {
  expect(findBareWord(expression)).toBe(quoted);
});

describe('what a script for each record gives values to', () => {
  it.each([
    ['record.Score = 1;', ['Score']],
    ["if (record.A > 1) { record['Due date'] = null; record.B += 2; record.C++; }", ['Due date', 'B', 'C']],
    ['record.A = record.B = 2; record.A = 3;', ['A', 'B']],
    ['const record2 = {}; record2.A = 1; vars.B = record.C; record[name] = 1;', []],
    ['record.Score = ', []],
  ])('%s', (script, names) => {
    expect(findAssigned(script)).toEqual(names);
  });
});
