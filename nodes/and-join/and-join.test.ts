import { describe, expect, it } from 'vitest';
import type { Column } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';

const engine = testEngine();
const columns: Column[] = [{ name: 'Id', label: 'Id', type: 'text' }];

/** A branch that ends by itself: the run goes on without it. */
const broken = { onError: 'ignore', config: { mode: 'expression', expression: '1' } } as const;

const joined = (primary = '') =>
  engine
    .flow(
      {
        left: { type: 'wait', config: { amount: 0 }, initScript: 'vars.left = 1; vars.both = "left"' },
        right: { type: 'wait', config: { amount: 0 }, initScript: 'vars.right = 2; vars.both = "right"' },
        join: { type: 'and-join', config: { primary } },
      },
      ['few -> left', 'many -> right', 'left -> join', 'right -> join'],
    )
    .withRows('few', columns, [['a']])
    .withRows('many', columns, [['b'], ['c']]);

describe('an AND-join', () => {
  it('goes on once, when all have arrived, with the rows of the first one that was drawn', async () => {
    const run = await joined().finished();
    expect(run.tasks('join')).toHaveLength(1);
    expect(await run.rows('join.success')).toEqual([{ Id: 'a' }]);
  });

  it('passes on the rows of the input that was chosen', async () => {
    const run = await joined('right').finished();
    expect(await run.rows('join.success')).toEqual([{ Id: 'b' }, { Id: 'c' }]);
  });

  it('merges the variables, those of later transitions winning', async () => {
    const run = await joined().finished();
    expect(run.vars('join')).toMatchObject({ left: 1, right: 2, both: 'right' });
  });

  it('does not wait for a branch that cannot arrive any more', async () => {
    const run = await joined().with('right', broken).finished();
    expect(run.counts['join.success']).toBe(1);
  });

  it('fails with the reason when the chosen rows never came', async () => {
    const run = await joined('right').with('right', broken).finished();
    expect(run.state).toBe('failed');
    expect(run.error?.code).toBe('PRIMARY_MISSING');
  });

  it('names an input that does not exist as a problem', () => {
    expect(
      joined('elsewhere')
        .problems()
        .map(({ code, path }) => `${code} ${path}`),
    ).toEqual(['CONFIG_INVALID primary']);
  });
});
