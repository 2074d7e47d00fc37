import { describe, expect, it } from 'vitest';
import type { Column } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';

const engine = testEngine();
const columns: Column[] = [{ name: 'Id', label: 'Id', type: 'text' }];

/** A branch that ends by itself: the run goes on without it. */
const broken = { onError: 'ignore', config: { mode: 'expression', expression: '1' } } as const;

const joined = (primary = '', config: object = {}) =>
  engine
    .flow(
      {
        left: { type: 'wait', config: { amount: 0 }, initScript: 'vars.left = 1; vars.both = "left"' },
        right: { type: 'wait', config: { amount: 0 }, initScript: 'vars.right = 2; vars.both = "right"' },
        join: { type: 'and-join', config: { primary, ...config } },
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

  it('names the variables that differ, with who sent what', async () => {
    const run = await joined().finished();
    expect(run.log('join')).toEqual([
      'Different values of a variable, the last one counts · both: "left" from left, "right" from right',
    ]);
  });

  it('takes the value of the primary set when it is told to, unless the initialization script has set another', async () => {
    const run = await joined('left', { conflicts: 'primary' }).finished();
    expect(run.vars('join')).toMatchObject({ left: 1, right: 2, both: 'left' });
    const scripted = joined('left', { conflicts: 'primary' });
    const join = {
      type: 'and-join',
      config: { primary: 'left', conflicts: 'primary' },
      initScript: 'vars.both = "mine"',
    };
    expect((await scripted.with('join', join).finished()).vars('join').both).toBe('mine');
  });

  it('fails and names the variables when inputs must not disagree', async () => {
    const run = await joined('', { conflicts: 'fail' }).finished();
    expect(run.error).toMatchObject({ code: 'VARIABLE_CONFLICT' });
    expect(run.error?.message).toContain('both: "left" from left, "right" from right');
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
