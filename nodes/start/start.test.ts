import { expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';

const engine = testEngine();

it('a Start begins the run, without rows', async () => {
  const run = await engine.flow({ start: { type: 'start' } }, []).finished();
  expect(run.state).toBe('succeeded');
  expect(run.counts).toEqual({ 'start.success': null });
});

it('all Starts of a workflow begin, each on its own', async () => {
  const run = await engine
    .flow({ one: { type: 'start' }, two: { type: 'start' }, end: { type: 'end' } }, ['one -> end', 'two -> end'])
    .finished();
  expect(run.tasks('end')).toHaveLength(2);
});
