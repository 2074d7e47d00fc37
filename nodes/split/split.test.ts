import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';
import type { SplitConfig, Subset } from './definition.ts';
import { definition } from './definition.ts';
import { sampleNumber } from './sample.ts';

const engine = testEngine();
const columns = [
  { name: 'Name', type: 'text' },
  { name: 'Score', type: 'integer' },
  { name: 'Country', type: 'text' },
] as const;
const rows = [
  ['Anna', 9, 'FR'],
  ['Ben', 5, 'DE'],
  ['Cleo', null, 'FR'],
  ['Dora', 7, ''],
  ['Emil', 5, null],
];

const subset = (name: string, given: Partial<Subset>): Subset => ({
  name,
  kind: 'column',
  column: '',
  operator: 'eq',
  value: '',
  expression: '',
  limit: 'none',
  size: 100,
  pick: 'first',
  by: '',
  ...given,
});

const split = (subsets: Subset[], config: Partial<SplitConfig> = {}) =>
  engine
    .flow({ split: { type: 'split', config: { subsets, ...config } } }, ['input -> split'])
    .withRows('input', columns, rows);

const names = async (subsets: Subset[], port: string, config: Partial<SplitConfig> = {}) => {
  const run = await split(subsets, config).finished();
  expect(run.describe()).toMatch(/^succeeded/);
  return (await run.rows(`split.${port}`)).map((row) => row.Name);
};

describe('a Split', () => {
  const french = subset('french', { column: 'Country', value: '"FR"' });
  const high = subset('high', { column: 'Score', operator: 'ge', value: '6' });

  it('gives a record to the first subset that takes it, and the others to the complement', async () => {
    const run = await split([french, high]).finished();
    expect(run.counts).toMatchObject({ 'split.french': 2, 'split.high': 1, 'split.complement': 2 });
    expect(await names([french, high], 'high')).toEqual(['Dora']);
    expect(await names([french, high], 'complement')).toEqual(['Ben', 'Emil']);
  });

  it('gives a record to every subset that takes it when subsets may overlap', async () => {
    expect(await names([french, high], 'high', { overlap: true })).toEqual(['Anna', 'Dora']);
    expect(await names([french, high], 'complement', { overlap: true })).toEqual(['Ben', 'Emil']);
  });

  it('has no output for the complement unless it is wanted', async () => {
    const run = await split([french], { complement: false }).finished();
    expect(Object.keys(run.task('split').outputs)).toEqual(['french']);
  });

  it.each([
    [{ column: 'Country', operator: 'isEmpty' }, ['Dora', 'Emil']],
    [{ column: 'Country', operator: 'isNotEmpty' }, ['Anna', 'Ben', 'Cleo']],
    [{ column: 'Score', operator: 'isEmpty' }, ['Cleo']],
    [{ column: 'Score', operator: 'ne', value: '5' }, ['Anna', 'Cleo', 'Dora']],
    [{ column: 'Score', operator: 'lt', value: '3 + 3' }, ['Ben', 'Emil']],
    [{ column: 'Name', operator: 'contains', value: '"E"' }, ['Ben', 'Cleo', 'Emil']],
    [{ column: 'Name', operator: 'startsWith', value: '"e"' }, ['Emil']],
    [{ kind: 'expression', expression: 'record.Score * 2 > 12' }, ['Anna', 'Dora']],
    [{ kind: 'all' }, ['Anna', 'Ben', 'Cleo', 'Dora', 'Emil']],
  ] as const)('takes records by %j', async (given, wanted) => {
    expect(await names([subset('some', given)], 'some')).toEqual(wanted);
  });

  it.each([
    [{ limit: 'count', size: 2 }, ['Anna', 'Ben']],
    [{ limit: 'count', size: 2, pick: 'highest', by: 'Score' }, ['Anna', 'Dora']],
    [{ limit: 'count', size: 4, pick: 'lowest', by: 'Score' }, ['Anna', 'Ben', 'Dora', 'Emil']],
    [{ limit: 'percent', size: 50, pick: 'first' }, ['Anna', 'Ben', 'Cleo']],
  ] as const)('takes at most so many: %j', async (given, wanted) => {
    expect(await names([subset('some', { kind: 'all', ...given })], 'some')).toEqual(wanted);
  });

  it('lets what is over a limit go on to the next subset', async () => {
    const few = subset('few', { kind: 'all', limit: 'count', size: 1 });
    expect(await names([few, subset('more', { ...few, name: 'more' }), french], 'french')).toEqual(['Cleo']);
  });

  it('draws a sample of the asked size at random, another one in another run', async () => {
    const sample = subset('sample', { kind: 'all', limit: 'count', size: 200, pick: 'random' });
    const many = Array.from({ length: 1_000 }, (_, index) => [`r${index}`, index, null]);
    const flow = engine
      .flow({ split: { type: 'split', config: { subsets: [sample] } } }, ['input -> split'])
      .withRows('input', columns, many);
    const run = await flow.finished();
    const scores = (await run.rows('split.sample')).map((row) => Number(row.Score));
    expect(run.counts).toMatchObject({ 'split.sample': 200, 'split.complement': 800 });
    const mean = scores.reduce((sum, score) => sum + score, 0) / 200;
    expect(mean).toBeGreaterThan(400);
    expect(mean).toBeLessThan(600);
    const again = (await (await flow.finished()).rows('split.sample')).map((row) => Number(row.Score));
    expect(again).not.toEqual(scores);
  });

  it('draws the same sample again when an attempt of the task is repeated', () => {
    const drawn = (task: string) => Array.from({ length: 50 }, (_, row) => sampleNumber(task, row));
    expect(drawn('task')).toEqual(drawn('task'));
    expect(drawn('task')).not.toEqual(drawn('other'));
    expect(new Set(drawn('task')).size).toBe(50);
  });

  it('rejects a record for which JavaScript fails, whatever it would have been otherwise', async () => {
    const failing = subset('long', { kind: 'expression', expression: 'record.Country.length > 1' });
    const run = await split([failing, subset('rest', { kind: 'all' })]).finished();
    expect(run.counts).toMatchObject({ 'split.long': 3, 'split.rest': 1, 'split.complement': 0, 'split.reject': 1 });
    expect((await run.rows('split.reject'))[0]).toMatchObject({ errorCode: 'RECORD_FAILED', Name: 'Emil' });
  });

  it('fails with the column when a value is of another type', async () => {
    const run = await split([subset('wrong', { column: 'Score', value: '"5"' })]).finished();
    expect(run.error).toMatchObject({ code: 'FILTER_VALUE', details: { field: 'Score' } });
  });

  it.each([
    [{ subsets: [] }, 'subsets: add a subset'],
    [{ subsets: [subset('', { kind: 'all' })] }, 'subsets.0.name: give the branch a name'],
    [
      { subsets: [subset('complement', { kind: 'all' })] },
      'subsets.0.name: "complement" is the name of another output, choose a different one',
    ],
    [{ subsets: [subset('a', { value: '1' })] }, 'subsets.0.column: choose a column'],
    [{ subsets: [subset('a', { column: 'Name' })] }, 'subsets.0.value: write a value, text in quotes'],
    [{ subsets: [subset('a', { kind: 'expression' })] }, 'subsets.0.expression: write an expression'],
    [
      { subsets: [subset('a', { kind: 'all', limit: 'count', size: 0.5 })] },
      'subsets.0.size: give a whole number from 1',
    ],
    [
      { subsets: [subset('a', { kind: 'all', limit: 'percent', size: 101 })] },
      'subsets.0.size: give a number up to 100',
    ],
    [{ subsets: [subset('a', { kind: 'all', limit: 'count', pick: 'highest' })] }, 'subsets.0.by: choose a column'],
  ])('must make sense: %j', (config, problem) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([problem]);
  });
});
