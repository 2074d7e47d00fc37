/** What the engine lives through: parts that fail or hang keep the others from nothing. */
import { beforeEach, expect, it } from 'vitest';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const acts: Acts = {};
beforeEach(() => {
  for (const name of Object.keys(acts)) delete acts[name];
});

it('a delivery that fails keeps no task from being found by looking', async () => {
  const delivery = {
    delivers: true,
    take: () => Promise.reject(new Error('The queue is down.')),
    close: async () => undefined,
  };
  const test = await engineUnderTest(acts, { delivery });
  expect((await test.finish(draw('a'))).state).toBe('succeeded');
  await test.close();
});

it('a mail server that does not answer keeps no task from being given back at the end', async () => {
  const answer = Promise.withResolvers<never>();
  const test = await engineUnderTest(acts, { loadConnection: () => answer.promise });
  const given = Promise.withResolvers<void>();
  acts.a = (context) =>
    new Promise((_, reject) => {
      context.signal.addEventListener('abort', () => {
        given.resolve();
        reject(context.signal.reason);
      });
    });
  const now = test.clock.now().toISOString();
  const alarm = {
    kind: 'failed',
    workflow: 'x',
    node: '',
    state: 'raised',
    severity: 'error',
    since: now,
    message: '',
  };
  await test.db('alarms').insert({ ...alarm, times: 1 });
  const { id: alarmId } = await test.db('alarms').first('id');
  const message = { id: 'm', alarm_id: alarmId, connection: 'mail', to: '[]', body: '{}', state: 'due', attempts: 0 };
  await test.db('alarm_messages').insert({ ...message, due: now, created_at: now });
  const id = await test.begin(draw('a'));
  await test.until(id, 'running');
  await test.eventually(async () => {
    // A look that finds a sending under way begins no other.
    test.engine.nudge();
    expect(await test.db('alarm_messages').first()).toMatchObject({ state: 'sending' });
  });
  const stopping = test.engine.stop();
  await given.promise;
  await test.eventually(async () => expect((await test.db('tasks').first()).state).toBe('pending'));
  answer.reject(new Error('The test is over.'));
  await stopping;
  await test.close();
});
