import { describe, expect, it } from 'vitest';
import type { Column } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';
import type { TestConfig } from './definition.ts';
import { definition } from './definition.ts';

const engine = testEngine();
const columns: Column[] = [{ name: 'Id', label: 'Id', type: 'text' }];

const testing = (config: Partial<TestConfig>, rows: string[] = ['a', 'b'], initScript = '') =>
  engine.flow({ check: { type: 'test', config, ...(initScript ? { initScript } : {}) } }, ['input -> check']).withRows(
    'input',
    columns,
    rows.map((id) => [id]),
  );

describe('a Test', () => {
  const conditions = [
    { name: 'none', condition: 'vars.recCount === 0' },
    { name: 'few', condition: 'vars.recCount < 3' },
    { name: 'some', condition: 'vars.recCount < 10' },
  ];

  it.each([
    [[], 'none'],
    [['a', 'b'], 'few'],
    [['a', 'b', 'c'], 'some'],
    [[...'abcdefghijkl'], 'otherwise'],
  ])('takes only the first branch whose condition is true: %j', async (rows, branch) => {
    const run = await testing({ conditions }, rows).finished();
    expect(run.error).toBeNull();
    expect(run.counts).toEqual({ 'input.success': rows.length, [`check.${branch}`]: rows.length });
    expect(run.log('check')).toContain(`Takes "${branch}"`);
  });

  it('passes the rows and variables on as they are', async () => {
    const run = await testing({ conditions: [{ name: 'go', condition: 'vars.go' }] }, ['a'], 'vars.go = 1').finished();
    expect(run.output('check.go')?.table).toEqual(run.output('input.success')?.table);
    expect(run.vars('check')).toMatchObject({ go: 1, recCount: 1 });
  });

  it('ends the branch when nothing is true and there is no other way', async () => {
    const run = await testing({ conditions: [{ name: 'never', condition: 'false' }], otherwise: false }).finished();
    expect(run.state).toBe('succeeded');
    expect(run.counts).toEqual({ 'input.success': 2 });
  });

  it.each(['0', '""', 'null', 'undefined', 'vars.unknown'])('takes %s for false', async (condition) => {
    const run = await testing({ conditions: [{ name: 'yes', condition }] }).finished();
    expect(run.counts).toHaveProperty(['check.otherwise']);
  });

  it.each(['1', '"no"', '[]', '({})', 'new Date(0)'])('takes %s for true', async (condition) => {
    const run = await testing({ conditions: [{ name: 'yes', condition }] }).finished();
    expect(run.counts).toHaveProperty(['check.yes']);
  });

  it('fails with the condition that failed', async () => {
    const run = await testing({ conditions: [{ name: 'yes', condition: 'vars.a.b' }] }).finished();
    expect(run.error).toMatchObject({ code: 'EXPRESSION_FAILED', details: { expression: 'vars.a.b' } });
  });
});

describe('its branches', () => {
  it.each([
    [{ conditions: [] }, 'conditions: add a condition'],
    [{ conditions: [{ name: '', condition: 'true' }] }, 'conditions.0.name: give the branch a name'],
    [{ conditions: [{ name: 'a', condition: '' }] }, 'conditions.0.condition: write a condition'],
    [
      {
        conditions: [
          { name: 'a', condition: '1' },
          { name: 'a', condition: '2' },
        ],
      },
      'conditions.1.name: another branch is called "a" too',
    ],
    [
      { conditions: [{ name: 'otherwise', condition: '1' }] },
      'conditions.0.name: "otherwise" is the name of another output, choose a different one',
    ],
    [
      { conditions: [{ name: 'error', condition: '1' }] },
      'conditions.0.name: "error" is the name of another output, choose a different one',
    ],
  ])('must make sense: %j', (config, problem) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([problem]);
  });

  it('are its outputs, also while one of them is only half typed', () => {
    const conditions = [
      { name: 'many', condition: '' },
      { name: '', condition: '' },
    ];
    expect(definition.ports({ conditions, otherwise: true }).map((port) => port.name)).toEqual(['many', 'otherwise']);
    expect(definition.summary({ conditions, otherwise: true })).toBe('many · otherwise');
  });
});
