import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';
import type { IntersectionConfig } from './definition.ts';

const engine = testEngine();
const columns = [
  { name: 'Email', type: 'text' },
  { name: 'From', type: 'text' },
] as const;
const keys: IntersectionConfig['keys'] = [{ column: 'Email', normalise: 'email' }];

const intersection = (config: Partial<IntersectionConfig>) =>
  engine
    .flow({ both: { type: 'intersection', config } }, ['left -> both', 'right -> both'])
    .withRows('right', columns, [
      ['B@example.org', 'right'],
      ['c@example.org', 'right'],
      [null, 'right'],
    ])
    .withRows('left', columns, [
      ['a@example.org', 'left'],
      ['b@example.org', 'left'],
      [null, 'left'],
    ]);

const texts = (rows: Record<string, unknown>[]) => rows.map((row) => `${row.Email} ${row.From}`);

describe('an Intersection', () => {
  it('lets the records of the primary set pass that are in all inputs', async () => {
    const run = await intersection({ sameBy: 'keys', keys }).finished();
    expect(texts(await run.rows('both.success'))).toEqual(['b@example.org left']);
    const other = await intersection({ sameBy: 'keys', keys, primary: 'right' }).finished();
    expect(texts(await other.rows('both.success'))).toEqual(['B@example.org right']);
  });

  it('gives what is not in all inputs as complement, each once', async () => {
    const run = await intersection({ sameBy: 'keys', keys, complement: true }).finished();
    expect(texts(await run.rows('both.complement'))).toEqual([
      'a@example.org left',
      'c@example.org right',
      'null left',
      'null right',
    ]);
  });

  it('compares whole records where nothing else is said; two empty values are equal then', async () => {
    const run = await engine
      .flow({ both: { type: 'intersection' } }, ['left -> both', 'right -> both'])
      .withRows('right', [{ name: 'Email', type: 'text' }], [[null], ['x']])
      .withRows('left', [{ name: 'Email', type: 'text' }], [['x'], [null], ['y']])
      .finished();
    expect(await run.rows('both.success')).toEqual([{ Email: 'x' }, { Email: null }]);
  });

  it('has nothing in all inputs when nothing came along one of them', async () => {
    const gone = { type: 'wait', config: { mode: 'expression', expression: '1' }, onError: 'ignore' } as const;
    const flow = (primary: string) =>
      engine
        .flow({ gone, both: { type: 'intersection', config: { primary, complement: true } } }, [
          'left -> both',
          'right -> gone',
          'gone -> both',
        ])
        .withRows('right', columns, [['b', 'right']])
        .withRows('left', columns, [['a', 'left']]);
    const run = await flow('').finished();
    expect(run.counts).toMatchObject({ 'both.success': 0, 'both.complement': 1 });
    const failed = await flow('gone').finished();
    expect(failed.error).toMatchObject({ code: 'PRIMARY_MISSING', details: { from: 'gone' } });
  });
});
