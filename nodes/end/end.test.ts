import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';

const engine = testEngine();

const ending = (stopAll: boolean) =>
  engine.flow(
    {
      start: { type: 'start' },
      fork: { type: 'fork' },
      end: { type: 'end', config: { stopAll } },
      wait: { type: 'wait', config: { amount: 1, unit: 'weeks' } },
    },
    ['start -> fork', 'fork.first -> end', 'fork.second -> wait'],
  );

describe('an End', () => {
  it('ends its branch only: what waits elsewhere goes on waiting', async () => {
    const run = await ending(false).started();
    await run.reached('end', 'succeeded');
    await run.reached('wait', 'waiting');
    expect((await run.now()).state).toBe('waiting');
    await run.wake();
    expect((await run.finished()).state).toBe('succeeded');
  });

  it('ends the whole run when it is told to: what waits is stopped', async () => {
    const run = await ending(true).finished();
    expect(run.state).toBe('succeeded');
    expect(run.task('wait').state).toBe('stopped');
  });
});
