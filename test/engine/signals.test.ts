/** What the engine does with signals and calls that were stored. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewId } from '../../server/db/ids.ts';
import { createIds } from '../../server/db/ids.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { purgeRuns } from '../../server/keeping/purge.ts';
import type { NewSignal } from '../../server/signals/signals.ts';
import { keepSignal, retrySignal } from '../../server/signals/signals.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Acts } from './draw.ts';
import { actCatalog, draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const acts: Acts = {};
let test: UnderTest;
let newId: NewId;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  const catalog = actCatalog(acts);
  const act = catalog.definitions.get('act');
  if (!act) throw new Error('There is no node type "act".');
  const definition = { ...act, signal: () => ({ name: 'go', parameters: [], unexpected: 'start' as const }) };
  const definitions = new Map(catalog.definitions).set('act', definition);
  test = await engineUnderTest(acts, { catalog: { ...catalog, definitions } });
  newId = createIds(test.clock);
});
afterEach(() => test.close());

const store = (name: string, line = 'h') => inTransaction(test.db, (tx) => storeWorkflow(tx, draw(line, {}, {}, name)));
const publish = (id: string, version: number | null) =>
  test.db('workflows').where({ id }).update({ published_version: version });

async function send(workflowId: string, given: Partial<NewSignal> = {}): Promise<string> {
  const sent = { workflowId, name: 'go', parameters: {}, complete: true, by: 'test', at: test.clock.now(), ...given };
  const id = await inTransaction(test.db, (tx) => keepSignal(tx, newId, sent));
  test.engine.nudge();
  return id;
}

/** As a webhook at the node h leaves it. */
const callOf = (signature: string) => ({
  name: 'h',
  call: { start_node: 'h', hook: 'h', payload: '{"n":1}', signature, event_id: null },
});

const states = async (): Promise<string[]> =>
  (await test.db('signals').orderBy('id').select('state')).map((row: { state: string }) => row.state);
/** The clock stands: nothing is looked for again unless somebody says so. */
const becomes = (wanted: string[]) =>
  test.eventually(async () => {
    test.engine.nudge();
    expect(await states()).toEqual(wanted);
  });
const alarms = () => test.db('alarms').select('kind', 'workflow', 'node', 'state');

/** Until the engine has looked around once more. */
async function lookAround(): Promise<void> {
  await store('last');
  const before = (await states()).length;
  await send('last');
  await test.eventually(async () => expect((await states())[before]).toBe('taken'));
}

describe('a signal', () => {
  it('that was sent before the workflow was published starts a run when it is, and keeps back none behind it', async () => {
    await store('sig');
    await publish('sig', null);
    await send('sig');
    await lookAround();
    expect(await states()).toEqual(['queued', 'taken']);
    await publish('sig', 1);
    await send('sig');
    await becomes(['taken', 'taken', 'taken']);
    expect(await test.db('runs').where({ workflow_name: 'sig' })).toHaveLength(2);
  });

  it('whose delivery fails keeps back no other name', async () => {
    await store('broken');
    await test.db('workflow_versions').where({ workflow_id: 'broken' }).update({ file: 'no JSON' });
    await send('broken');
    await lookAround();
    expect(await states()).toEqual(['queued', 'taken']);
  });
});

describe('a call of a webhook', () => {
  it('whose workflow is not published for a moment waits for that', async () => {
    await store('hooked');
    await publish('hooked', null);
    await send('hooked', callOf('s'));
    await lookAround();
    expect(await states()).toEqual(['queued', 'taken']);
    await publish('hooked', 1);
    test.engine.nudge();
    await becomes(['taken', 'taken']);
    expect(await alarms()).toEqual([]);
  });

  it('starts at the node that has the path now', async () => {
    await store('hooked', 'other');
    await test
      .db('hooks')
      .insert({ path: 'h', workflow_id: 'hooked', node_id: 'other', declaration: JSON.stringify({ path: 'h' }) });
    await send('hooked', callOf('s'));
    await becomes(['taken']);
    expect(await test.db('runs').select('start_node')).toEqual([{ start_node: 'other' }]);
  });

  it('that cannot start a run raises an alarm, keeps back none behind it, and can be tried again', async () => {
    await store('hooked', 'other');
    const id = await send('hooked', callOf('s'));
    await becomes(['failed']);
    const alarm = { kind: 'signal', workflow: 'hooked', node: 'h' };
    expect(await alarms()).toEqual([{ ...alarm, state: 'raised' }]);
    await test
      .db('workflow_versions')
      .where({ workflow_id: 'hooked' })
      .update({ file: JSON.stringify(draw('h', {}, {}, 'hooked')) });
    await send('hooked', callOf('t'));
    await becomes(['failed', 'taken']);
    expect(await alarms()).toEqual([{ ...alarm, state: 'raised' }]);
    await inTransaction(test.db, (tx) => retrySignal(tx, 'hooked', id));
    test.engine.nudge();
    await becomes(['taken', 'taken']);
    expect(await alarms()).toEqual([{ ...alarm, state: 'cleared' }]);
    const again = inTransaction(test.db, (tx) => retrySignal(tx, 'hooked', id));
    await expect(again).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what a signal brought', () => {
  const month = 31 * 86_400_000;
  const received: unknown[] = [];

  async function failedRun(): Promise<string> {
    received.length = 0;
    acts.h = async (context) => {
      for await (const call of context.received?.calls() ?? []) received.push(call.payload);
      if (received.length === 1) throw new Error('not yet');
      return { ports: { success: null } };
    };
    const policy = { h: { retry: { attempts: 1, delay: 0, maxDelay: 0 } } };
    await inTransaction(test.db, (tx) => storeWorkflow(tx, draw('h', policy, {}, 'hooked')));
    await send('hooked', callOf('s'));
    await becomes(['taken']);
    const { id } = await test.db('runs').first('id');
    await test.until(id, 'failed');
    return id;
  }

  it('is there for a retry, however long ago it came', async () => {
    const id = await failedRun();
    await test.clock.step(month);
    await send('hooked', { name: 'unknown' });
    await test.command(id, 'retry');
    await test.until(id, 'succeeded');
    expect(received).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('is not replaced by nothing when it is lost', async () => {
    const id = await failedRun();
    await test.db('signals').delete();
    await test.command(id, 'retry');
    const run = await test.until(id, 'failed');
    expect(run.tasks.map((task) => task.error?.code)).toContain('SIGNAL_LOST');
    expect(received).toHaveLength(1);
  });

  it('goes with the last run that could need it; that it came is known for a month', async () => {
    const id = await failedRun();
    const again = await test.restart(id);
    await test.until(again, 'succeeded');
    await test.db('runs').where({ id }).delete();
    await purgeRuns(test, {});
    expect(await test.db('signals').select('payload')).toEqual([{ payload: '{"n":1}' }]);
    await test.db('runs').where({ id: again }).delete();
    await purgeRuns(test, {});
    expect(await test.db('signals').select('payload', 'signature')).toEqual([{ payload: null, signature: 's' }]);
    await test.clock.step(month);
    await purgeRuns(test, {});
    expect(await test.db('signals')).toEqual([]);
  });
});
