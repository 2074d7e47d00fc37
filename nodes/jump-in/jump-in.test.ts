import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';

const engine = testEngine();
const columns = [{ name: 'Id', type: 'text' }] as const;

/** A loop without an arrow back: counts to three. */
const looping = () =>
  engine
    .flow(
      {
        again: { type: 'jump-in', config: { name: 'again' }, initScript: 'vars.turn = (vars.turn ?? 0) + 1' },
        enough: { type: 'test', config: { conditions: [{ name: 'more', condition: 'vars.turn < 3' }] } },
        back: { type: 'jump-out', config: { name: 'again' } },
        done: { type: 'end' },
      },
      ['input -> again', 'again -> enough', 'enough.more -> back', 'enough.otherwise -> done'],
    )
    .withRows('input', columns, [['a'], ['b']]);

describe('a jump', () => {
  it('goes on at its end point with rows and variables, as often as the loop turns', async () => {
    const run = await looping().finished();
    expect(run.state).toBe('succeeded');
    expect(run.tasks('again')).toHaveLength(3);
    expect(run.vars('enough')).toMatchObject({ turn: 3 });
    expect(run.output('enough.otherwise')?.table).toEqual(run.output('input.success')?.table);
  });

  it('is held to the bound of loops', async () => {
    const endless = { type: 'test', config: { conditions: [{ name: 'more', condition: 'true' }] } };
    const run = await looping().with('enough', endless).finished();
    expect(run.error).toMatchObject({ code: 'LOOP_BOUND', details: { node: 'again' } });
  });

  it('lets several starts lead to one end point, which waits for none of them', async () => {
    const run = await engine
      .flow(
        {
          first: { type: 'jump-out' },
          second: { type: 'jump-out' },
          target: { type: 'jump-in' },
        },
        ['a -> first', 'b -> second'],
      )
      .withRows('b', columns, [['b']])
      .withRows('a', columns, [['a']])
      .finished();
    expect(run.tasks('target')).toHaveLength(2);
  });

  it('counts as a way along which a join can still be reached', async () => {
    const run = await engine
      .flow(
        {
          slow: { type: 'wait', config: { amount: 1, unit: 'hours' } },
          out: { type: 'jump-out' },
          in: { type: 'jump-in' },
          join: { type: 'union', config: { sameBy: 'none' } },
        },
        ['a -> slow', 'slow -> out', 'in -> join', 'b -> join'],
      )
      .withRows('b', columns, [['b']])
      .withRows('a', columns, [['a']])
      .started();
    await run.reached('slow', 'waiting');
    expect((await run.now()).tasks('join')).toEqual([]);
    await run.wake();
    expect(await (await run.finished()).rows('join.success')).toEqual([{ Id: 'a' }, { Id: 'b' }]);
  });

  it('knows the columns that arrive at its end point while drawing', () => {
    const flow = engine
      .flow(
        {
          out: { type: 'jump-out' },
          in: { type: 'jump-in' },
          dedupe: { type: 'deduplication', config: { keys: [{ kind: 'column', column: 'Gone' }] } },
        },
        ['input -> out', 'in -> dedupe'],
      )
      .withRows('input', columns, []);
    expect(flow.problems().map(({ code }) => code)).toEqual(['COLUMN_UNKNOWN']);
  });

  it('without an end point ends its branch, and is a warning', async () => {
    const flow = engine
      .flow({ out: { type: 'jump-out', config: { name: 'x' } } }, ['a -> out'])
      .withRows('a', columns, []);
    expect(flow.problems().map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning JUMP_NOWHERE']);
    expect((await flow.finished()).counts).toEqual({ 'a.success': 0, 'out.jump': 0 });
  });

  it('cannot have two end points of one name, nor one that nothing leads to', () => {
    const two = engine
      .flow({ out: { type: 'jump-out' }, one: { type: 'jump-in' }, two: { type: 'jump-in' } }, ['a -> out'])
      .withRows('a', columns, []);
    expect(two.problems().map(({ code, nodeId }) => `${code} ${nodeId}`)).toEqual([
      'INPUT_MISSING two',
      'UNREACHABLE two',
      'JUMP_AMBIGUOUS two',
    ]);
  });
});
