import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { open as openWebhook } from '../../connectors/http/client.ts';
import { definition as webhook } from '../../connectors/http/definition.ts';
import { open as openSmtp } from '../../connectors/smtp/client.ts';
import { definition as smtp } from '../../connectors/smtp/definition.ts';
import type { AlarmBody, Recipient } from '../../contract/alarm.ts';
import type { ConnectorDefinition } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import { alwaysValid } from '../../contract/schedule.ts';
import type { Workflow, WorkflowNode, WorkflowSettings } from '../../contract/workflow.ts';
import { listAlarms } from '../../server/alarms/list.ts';
import { writeRecipients } from '../../server/alarms/recipients.ts';
import { watchForAlarms } from '../../server/alarms/watch.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import type { Connector } from '../../server/engine/catalog.ts';
import { makeCatalog } from '../../server/engine/catalog.ts';
import { syncSchedules } from '../../server/engine/schedules.ts';
import { liftHold, setHold } from '../../server/keeping/hold.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { MailServer } from '../harness/mailServer.ts';
import { startMailServer } from '../harness/mailServer.ts';
import type { Receiver } from '../harness/receiver.ts';
import { startReceiver } from '../harness/receiver.ts';
import type { Acts, NodeSettings } from './draw.ts';
import { actCatalog, draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const minute = 60_000;
const secret = 'a shared secret of many letters';
const acts: Acts = {};
let test: UnderTest;
let mail: MailServer;
let receiver: Receiver;

beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  [mail, receiver] = await Promise.all([startMailServer(), startReceiver()]);
  const connector = (definition: ConnectorDefinition<never>, open: unknown): Connector =>
    ({ definition, open }) as unknown as Connector;
  const connectors = new Map([
    ['smtp', connector(smtp as unknown as ConnectorDefinition<never>, openSmtp)],
    ['http', connector(webhook as unknown as ConnectorDefinition<never>, openWebhook)],
  ]);
  const post = { host: '127.0.0.1', port: mail.port, security: 'none', user: '', password: '', from: 'us@example.org' };
  const loadConnection = async (name: string) => {
    if (name === 'post') return { kind: 'smtp', settings: post };
    if (name === 'hook') return { kind: 'http', settings: { url: receiver.url, secret } };
    throw new UserError('CONNECTION_MISSING', { name });
  };
  test = await engineUnderTest(acts, { catalog: makeCatalog(actCatalog(acts).nodes, connectors), loadConnection });
  await tell({ connection: 'hook', to: [] });
});
afterEach(async () => {
  await test.close();
  await Promise.all([mail.close(), receiver.close()]);
});

const tell = (...recipients: Recipient[]) => inTransaction(test.db, (tx) => writeRecipients(tx, recipients));
const bodies = (): AlarmBody[] => receiver.requests.map((request) => JSON.parse(request.body) as AlarmBody);
const heard = (): string[] => bodies().map((body) => `${body.kind} ${body.change}`);
const alarms = () => listAlarms(test.db, {});
const states = async (): Promise<string[]> =>
  (await alarms()).map((alarm) => `${alarm.kind} ${alarm.state} ${alarm.times}`);

async function store(workflow: Workflow): Promise<void> {
  await inTransaction(test.db, async (tx) => {
    await storeWorkflow(tx, workflow, 'w');
    await syncSchedules(tx, test.catalog.definitions, 'w', test.clock.now(), 'UTC');
  });
}
async function flow(settings: WorkflowSettings = {}, a: NodeSettings = {}): Promise<Workflow> {
  const workflow = draw('a -> b', { a }, settings);
  await store(workflow);
  return workflow;
}
const runOf = (workflow: Workflow) => test.finish(workflow, { workflowId: 'w' });
/** Lets the engine look and send until it holds. */
const eventually = (check: () => Promise<void> | void) => test.passUntil(check);
const fail = () => {
  throw new UserError('SCRIPT_FAILED', { where: '', reason: 'no luck' });
};

describe('a run that fails', () => {
  it('is told once, however often it happens, and once that it is over', async () => {
    const workflow = await flow();
    acts.a = fail;
    for (let turn = 0; turn < 3; turn += 1) expect((await runOf(workflow)).state).toBe('failed');
    await eventually(() => expect(heard()).toEqual(['failed raised']));
    expect(await states()).toEqual(['failed raised 3']);
    delete acts.a;
    const [{ message, runId } = {}] = await alarms();
    const { id } = await runOf(workflow);
    await runOf(workflow);
    await eventually(() => expect(heard()).toEqual(['failed raised', 'failed cleared']));
    expect(bodies()[1]).toMatchObject({ runId: id, message: 'A run succeeded again.' });
    // What was the matter stays to be read.
    expect(message).toContain('no luck');
    expect((await alarms())[0]).toMatchObject({ state: 'cleared', runId, message });
    acts.a = fail;
    await runOf(workflow);
    await eventually(() => expect(heard()).toEqual(['failed raised', 'failed cleared', 'failed raised']));
  });

  it('is signed for a webhook and named by a message of its own', async () => {
    acts.a = fail;
    const { id } = await runOf(await flow());
    await eventually(() => expect(receiver.requests).toHaveLength(1));
    const [request] = receiver.requests;
    expect(bodies()[0]).toMatchObject({ workflow: 'flow', node: '', runId: id, severity: 'error' });
    expect(bodies()[0]?.message).toContain('no luck');
    expect(request?.headers['x-syncline-id']).toBe(bodies()[0]?.id);
    const [, seconds, mac] = /^t=(\d+),v1=(\w+)$/.exec(String(request?.headers['x-syncline-signature'])) ?? [];
    expect(mac).toBe(createHmac('sha256', secret).update(`${seconds}.${request?.body}`).digest('hex'));
    expect(Number(seconds) * 1_000).toBeGreaterThan(Date.parse('2026-03-02T08:00:00Z') - 1_000);
  });

  it('goes by mail to those whom the workflow names, in place of the others', async () => {
    acts.a = fail;
    await runOf(await flow({ alarmRecipients: [{ connection: 'post', to: ['ann@example.org', 'bob@example.org'] }] }));
    await eventually(() => expect(mail.mails).toHaveLength(1));
    expect(mail.mails[0]?.to).toEqual(['ann@example.org', 'bob@example.org']);
    expect(mail.mails[0]?.text).toMatch(/^Subject: Alarm: flow: The script failed: no luck\.?/m);
    expect(receiver.requests).toEqual([]);
  });

  it('concerns nobody else when it is of a file, or of somebody who only tries', async () => {
    acts.a = fail;
    const workflow = await flow();
    await test.finish(workflow);
    expect(await alarms()).toEqual([]);
  });

  it('is not cleared by a run that went up to a node only', async () => {
    const workflow = await flow();
    acts.b = fail;
    expect((await runOf(workflow)).state).toBe('failed');
    const part = await test.finish(workflow, { workflowId: 'w', toNode: 'a' });
    expect(part.state).toBe('succeeded');
    expect(await states()).toEqual(['failed raised 1']);
    delete acts.b;
    await runOf(workflow);
    expect(await states()).toEqual(['failed cleared 1']);
  });

  it('is not cleared by a run that is stopped', async () => {
    const workflow = await flow();
    acts.a = fail;
    await runOf(workflow);
    acts.a = () => ({ waitUntil: '2030-01-01T00:00:00.000Z', reason: 'the test' });
    const id = await test.begin(workflow, { workflowId: 'w' });
    await test.until(id, 'waiting');
    await test.command(id, 'stop');
    await test.until(id, 'stopped');
    expect(await states()).toEqual(['failed raised 1']);
  });
});

describe('what a node says', () => {
  const say = (message: string) => () => ({
    ports: { success: null },
    effects: [{ type: 'alarm' as const, severity: 'warning' as const, message }],
  });

  it('is an alarm of that node until a run succeeds without it', async () => {
    const workflow = await flow();
    acts.a = say('low on quota');
    await runOf(workflow);
    await runOf(workflow);
    expect(await alarms()).toMatchObject([
      { kind: 'node', node: 'a', state: 'raised', times: 2, message: 'low on quota' },
    ]);
    delete acts.a;
    await runOf(workflow);
    await eventually(() => expect(heard()).toEqual(['node raised', 'node cleared']));
  });

  it('that an import date was not moved is one of another kind', async () => {
    const workflow = await flow();
    acts.a = () => ({
      ports: { success: null },
      effects: [
        { type: 'setOption', name: 'LASTIMPORT_x', value: '2026/01/01 00:00:00', expected: '2025/01/01 00:00:00' },
      ],
    });
    await runOf(workflow);
    expect(await alarms()).toMatchObject([{ kind: 'cursor', node: 'a', severity: 'error', state: 'raised' }]);
  });
});

describe('rejects', () => {
  const rejecting = async (settings: WorkflowSettings, rejects: number) => {
    acts.a = async (context) => {
      const writer = await context.writer({ columns: [{ name: 'n', label: 'n', type: 'integer' }], name: 'rows' });
      await writer.append(Array.from({ length: rejects }, (_, index) => [index]));
      return { ports: { success: null, reject: await writer.finish() } };
    };
    const workflow = draw('a -> b, a.reject -> c', { a: { config: { rows: true } } }, settings);
    await store(workflow);
    await runOf(workflow);
    return states();
  };

  it('over a share or over a number raise an alarm', async () => {
    expect(await rejecting({ rejectLimit: 4 }, 4)).toEqual([]);
    expect(await rejecting({ rejectLimit: 4 }, 5)).toEqual(['rejects raised 1']);
    expect((await alarms())[0]?.message).toBe('a rejected 5 of 5 rows, more than the limit of 4.');
    expect(await rejecting({ rejectWarning: 0.5 }, 5)).toEqual(['rejects raised 2']);
    expect(await rejecting({ rejectLimit: 10 }, 5)).toEqual(['rejects cleared 2']);
  });
});

describe('a run that waits', () => {
  it('longer than its workflow says raises an alarm until it goes on', async () => {
    acts.a = (context) =>
      context.wake ? { ports: { success: null } } : { waitUntil: '2026-03-02T12:00:00.000Z', reason: 'the test' };
    const id = await test.begin(await flow({ waitWarning: 30 }), { workflowId: 'w' });
    await test.until(id, 'waiting');
    await test.clock.step(25 * minute);
    await test.lookAround();
    expect(await alarms()).toEqual([]);
    await test.clock.step(6 * minute);
    await eventually(() => expect(heard()).toEqual(['waits raised']));
    for (let look = 0; look < 5; look += 1) {
      await test.clock.step(10 * minute);
      await test.lookAround();
    }
    expect(await states()).toEqual(['waits raised 1']);
    await test.command(id, 'wake');
    await test.until(id, 'succeeded');
    await eventually(() => expect(heard()).toEqual(['waits raised', 'waits cleared']));
  });
});

describe('a schedule', () => {
  const timed = (timer: Record<string, unknown> = {}): Workflow => {
    const config = { cron: '0 * * * *', timeZone: '', overlap: 'skip', catchUp: 'last', lateAfter: 10, ...timer };
    return draw('t -> a', {
      t: { type: 'timer', config: { ...config, validity: alwaysValid } as WorkflowNode['config'] },
    });
  };
  /** Lets time pass, and the engine keep up with it. */
  const pass = async (minutes: number) => {
    for (let passed = 0; passed < minutes; passed += 0.5) {
      await test.clock.step(minute / 2);
      await test.eventually(async () => {
        expect(await test.db('schedules').where('next_at', '<=', test.clock.now().toISOString())).toEqual([]);
        const busy = test.db('runs').whereIn('state', ['queued', 'running']).where({ held: false });
        expect(await busy.select('id')).toEqual([]);
      });
    }
  };
  /** An engine that comes back after so many hours. */
  const away = async (hours: number) => {
    await test.engine.stop();
    await test.clock.step(hours * 60 * minute);
    const back = test.another();
    await back.start();
    return back;
  };

  it('whose start is late raises an alarm, and the next start in time clears it', async () => {
    await store(timed());
    const back = await away(1.5);
    // Its message says how late it is.
    await test.eventually(async () => expect(await test.db('schedule_fires')).toHaveLength(1));
    await eventually(() => expect(heard()).toEqual(['schedule raised']));
    expect((await alarms())[0]).toMatchObject({
      node: 't',
      severity: 'warning',
      message: 'The start that was due at 2026-03-02 09:00 UTC is 30 minutes late.',
    });
    await pass(31);
    await eventually(() => expect(heard()).toEqual(['schedule raised', 'schedule cleared']));
    await back.stop();
  });

  it('within its patience is not late', async () => {
    await store(timed({ lateAfter: 45 }));
    const back = await away(1.5);
    await eventually(async () => expect(await test.db('schedule_fires')).toHaveLength(1));
    expect(await alarms()).toEqual([]);
    await back.stop();
  });

  it('whose run nobody begins is late too', async () => {
    acts.a = () => ({ waitUntil: '2030-01-01T00:00:00.000Z', reason: 'the test' });
    await store(timed({ overlap: 'queue' }));
    await pass(60);
    await eventually(async () => expect(await test.db('runs')).toHaveLength(1));
    await pass(60);
    await eventually(async () => expect(await test.db('runs').where({ held: true })).toHaveLength(1));
    expect(await alarms()).toEqual([]);
    await pass(11);
    await eventually(() => expect(heard()).toEqual(['schedule raised']));
  });

  it('several of whose runs are late is noticed once for each', async () => {
    const workflow = timed({ overlap: 'parallel' });
    await store(workflow);
    await test.engine.stop();
    const request = { workflowId: 'w', version: 1, startNode: 't', concurrency: 'parallel' } as const;
    const late = async (instant: string) => {
      const run_id = await test.begin(workflow, request);
      const fire = { workflow_id: 'w', node_id: 't', instant, run_id, outcome: 'started', at: instant };
      await test.db('schedule_fires').insert(fire);
    };
    await late('2026-03-01T00:00:00.000Z');
    await late('2026-03-01T01:00:00.000Z');
    for (let looks = 0; looks < 5; looks += 1) await watchForAlarms(test);
    expect(await states()).toEqual(['schedule raised 2']);
    await late('2026-03-01T02:00:00.000Z');
    for (let looks = 0; looks < 5; looks += 1) await watchForAlarms(test);
    expect(await states()).toEqual(['schedule raised 3']);
  });
});

describe('a message', () => {
  it('that cannot be delivered is tried again after longer and longer pauses, and shown', async () => {
    receiver.status = 503;
    acts.a = fail;
    await runOf(await flow());
    await eventually(() => expect(receiver.requests).toHaveLength(1));
    await eventually(async () => expect(await states()).toEqual(['delivery raised 1', 'failed raised 1']));
    const message = async () => (await alarms()).find((alarm) => alarm.kind === 'failed')?.messages[0];
    expect(await message()).toMatchObject({ state: 'due', attempts: 1, error: expect.stringContaining('503') });
    await test.clock.step(minute);
    await eventually(() => expect(receiver.requests).toHaveLength(2));
    await test.eventually(async () => expect(await message()).toMatchObject({ state: 'due', attempts: 2 }));
    receiver.status = 204;
    await test.clock.step(2 * minute);
    await eventually(async () => expect(await message()).toMatchObject({ state: 'sent', attempts: 3, error: null }));
    expect(new Set(bodies().map((body) => body.id)).size).toBe(1);
    await eventually(async () => expect(await states()).toEqual(['failed raised 1', 'delivery cleared 2']));
  });

  it('is given up after fifteen attempts, and stays visible', async () => {
    receiver.status = 400;
    acts.a = fail;
    await runOf(await flow());
    for (let attempt = 1; attempt <= 15; attempt += 1) {
      await eventually(async () =>
        expect((await test.db('alarm_messages').first()).attempts).toBeGreaterThanOrEqual(attempt),
      );
      await eventually(async () => expect((await test.db('alarm_messages').first()).state).not.toBe('sending'));
      await test.clock.step(60 * minute);
    }
    expect((await alarms()).find((alarm) => alarm.kind === 'failed')?.messages[0]).toMatchObject({
      state: 'failed',
      attempts: 15,
    });
  });

  it('of a connection that is gone says so, and the others go out', async () => {
    await tell({ connection: 'gone', to: [] }, { connection: 'hook', to: [] }, { connection: 'post', to: [] });
    acts.a = fail;
    await runOf(await flow());
    await eventually(() => expect(heard()).toEqual(['failed raised']));
    await eventually(async () => {
      const messages = (await alarms()).find((alarm) => alarm.kind === 'failed')?.messages ?? [];
      const errors = Object.fromEntries(messages.map((message) => [message.connection, message.error]));
      expect(errors.gone).toContain('There is no connection "gone".');
      expect(errors.post).toContain('No e-mail address is named');
      expect(errors.hook).toBeNull();
    });
  });

  it('that its sender did not mark before it was killed is sent again under the same id', async () => {
    acts.a = fail;
    await runOf(await flow());
    await eventually(async () => expect((await test.db('alarm_messages').first()).state).toBe('sent'));
    await test.db('alarm_messages').update({ state: 'sending', sent_at: null });
    await test.clock.step(4 * minute);
    await eventually(() => expect(receiver.requests).toHaveLength(2));
    expect(bodies()[0]?.id).toBe(bodies()[1]?.id);
  });

  it('that is due in a restored instance is not sent until somebody confirms', async () => {
    acts.a = fail;
    await inTransaction(test.db, (tx) => tx('settings').insert({ name: 'x', value: 'x' }));
    receiver.status = 503;
    await runOf(await flow());
    await eventually(() => expect(receiver.requests).toHaveLength(1));
    await eventually(async () => expect((await test.db('alarm_messages').first()).state).toBe('due'));
    await inTransaction(test.db, (tx) => setHold(tx, { restoredAt: '', backupAt: '' }));
    // A look that had begun before does not know of it, and must not be there any more when time passes.
    await test.lookAround();
    receiver.status = 204;
    for (let look = 0; look < 3; look += 1) {
      await test.clock.step(100 * minute);
      await test.lookAround();
    }
    expect(receiver.requests).toHaveLength(1);
    await inTransaction(test.db, (tx) => liftHold(tx));
    await eventually(() => expect(receiver.requests).toHaveLength(2));
  });
});
