import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';

const engine = testEngine();
const columns = [{ name: 'Id', type: 'text' as const }];
const asking = (config: object) =>
  engine.flow({ ask: { type: 'approval', config } }, ['input -> ask']).withRows('input', columns, [['a'], ['b']]);

describe('an approval', () => {
  it.each([
    ['approved', true],
    ['refused', false],
  ] as const)('asks, and leaves by what was answered: %s', async (port, approved) => {
    const started = await asking({ question: 'Send <%= 1 + 1 %>?' }).started();
    const waiting = await started.reached('ask', 'waiting');
    expect([waiting.state, waiting.task('ask').asks]).toEqual(['waiting for approval', 'Send 2?']);
    await started.decide('ask', approved, 'as discussed');
    const run = await started.finished();
    expect(Object.keys(run.task('ask').outputs)).toEqual([port]);
    expect(await run.rows(`ask.${port}`)).toEqual([{ Id: 'a' }, { Id: 'b' }]);
    expect(run.vars('ask')).toMatchObject({ approval: { approved, by: 'user:ann', note: 'as discussed' } });
  });

  it('is answered once, and not by going on with what waits', async () => {
    const started = await asking({ question: 'Go on?' }).started();
    await started.reached('ask', 'waiting');
    await started.wake();
    expect((await started.now()).task('ask')).toMatchObject({ state: 'waiting', asks: 'Go on?' });
    await started.decide('ask', true);
    await expect(started.decide('ask', false)).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE' });
    expect((await started.finished()).state).toBe('succeeded');
  });

  it('that was stopped asks on when the run is retried', async () => {
    const started = await asking({ question: 'Go on?' }).started();
    await started.reached('ask', 'waiting');
    await started.stop();
    expect((await started.finished()).state).toBe('stopped');
    await started.retry();
    expect((await started.reached('ask', 'waiting')).state).toBe('waiting for approval');
    await started.decide('ask', true);
    expect((await started.finished()).state).toBe('succeeded');
  });

  it('expires when nobody answers in time', async () => {
    const run = await asking({ question: 'Go on?', expires: true, amount: 0 }).finished();
    expect(Object.keys(run.task('ask').outputs)).toEqual(['expired']);
  });
});
