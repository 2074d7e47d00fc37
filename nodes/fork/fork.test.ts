import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';
import { definition } from './definition.ts';

const engine = testEngine();

describe('a Fork', () => {
  it('takes all its branches, each with the same rows and with variables of its own', async () => {
    const run = await engine
      .flow(
        {
          fork: { type: 'fork', config: { branches: [{ name: 'one' }, { name: 'two' }, { name: 'three' }] } },
          a: { type: 'wait', config: { amount: 0 }, initScript: 'vars.who = "a"' },
          b: { type: 'wait', config: { amount: 0 }, initScript: 'vars.who = "b"' },
        },
        ['input -> fork', 'fork.one -> a', 'fork.two -> b'],
      )
      .withRows('input', [{ name: 'Id', type: 'text' }], [['x']])
      .finished();
    expect(run.counts).toMatchObject({ 'fork.one': 1, 'fork.two': 1, 'fork.three': 1, 'a.success': 1, 'b.success': 1 });
    expect(run.output('fork.two')?.table).toEqual(run.output('input.success')?.table);
    expect([run.vars('a').who, run.vars('b').who]).toEqual(['a', 'b']);
  });

  it('needs a branch, and a name of its own for each', () => {
    const problems = (names: string[]) => {
      const parsed = definition.config.safeParse({ branches: names.map((name) => ({ name })) });
      return parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    };
    expect(problems([])).toEqual(['branches: add a branch']);
    expect(problems(['a', ''])).toEqual(['branches.1.name: give the branch a name']);
    expect(problems(['a', 'a'])).toEqual(['branches.1.name: another branch is called "a" too']);
  });
});
