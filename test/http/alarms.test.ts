import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Recipient } from '../../contract/alarm.ts';
import { raiseAlarm } from '../../server/alarms/raise.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import type { MailServer } from '../harness/mailServer.ts';
import { startMailServer } from '../harness/mailServer.ts';
import type { Receiver } from '../harness/receiver.ts';
import { startReceiver } from '../harness/receiver.ts';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

let web: Web;
let mail: MailServer;
let receiver: Receiver;
beforeAll(async () => {
  [web, mail, receiver] = await Promise.all([startWeb(), startMailServer({ anybody: false }), startReceiver()]);
  const from = 'syncline@example.org';
  const settings = { host: '127.0.0.1', port: mail.port, security: 'none', user: 'ann', password: 'secret', from };
  await make({ name: 'post', kind: 'smtp', label: 'Post', settings });
  await make({ name: 'wrong', kind: 'smtp', label: 'Wrong', settings: { ...settings, password: 'guessed' } });
  const hook = { url: receiver.url, secret: 'a shared secret of many letters' };
  await make({ name: 'hook', kind: 'http', label: 'Hook', settings: hook });
});
afterAll(async () => {
  await web.close();
  await Promise.all([mail.close(), receiver.close()]);
});
beforeEach(async () => {
  await web.instance.db('alarms').delete();
});

async function make(body: object): Promise<void> {
  const { status, text } = await web.call('createConnection', { body });
  expect(status, text).toBe(200);
}
const raise = (node = '', at = web.clock.now()) =>
  inTransaction(web.instance.db, (tx) =>
    raiseAlarm(tx, at.toISOString(), {
      kind: 'failed',
      workflow: 'contacts',
      node,
      severity: 'error',
      message: 'The run failed.',
      runId: 'r1',
    }),
  );

describe('connections that carry alarms', () => {
  it('can be verified, and keep their secrets', async () => {
    const verified = await web.call('verifyConnection', { params: { connection: 'post' } });
    expect(verified.json).toMatchObject({
      capabilities: ['mail'],
      verified: { ok: true, message: `ann, 127.0.0.1:${mail.port}` },
    });
    expect(verified.text).not.toContain('"secret"');
    const wrong = await web.call('verifyConnection', { params: { connection: 'wrong' } });
    expect(wrong.json).toMatchObject({
      verified: { ok: false, message: expect.stringContaining('The mail server refused') },
    });
  });

  it('have no objects to be read', async () => {
    const { status, json } = await web.call('listObjects', { params: { connection: 'post' } });
    expect([status, json]).toEqual([400, expect.objectContaining({ code: 'CONNECTION_KIND' })]);
  });

  it.each<[string, Recipient, object]>([
    ['mail', { connection: 'post', to: ['bob@example.org'] }, { ok: true, message: 'The message was taken.' }],
    ['a webhook', { connection: 'hook', to: [] }, { ok: true, message: 'The message was taken.' }],
    [
      'mail to nobody',
      { connection: 'post', to: [] },
      { ok: false, message: expect.stringContaining('No e-mail address') },
    ],
    [
      'mail by a server that refuses us',
      { connection: 'wrong', to: ['bob@example.org'] },
      { ok: false, message: expect.stringContaining('Check user, password') },
    ],
    [
      'a connection that is not there',
      { connection: 'none', to: [] },
      { ok: false, message: expect.stringContaining('There is no connection "none".') },
    ],
  ])('can be tried: %s', async (_what, body, verdict) => {
    const operator = { by: 'token', role: 'operator' } as const;
    const { status, json } = await web.call('testAlarm', { body, as: operator });
    expect([status, json]).toEqual([200, verdict]);
  });
});

describe('the list of alarms', () => {
  it('begins with the newest, also of one instant', async () => {
    const at = web.clock.now();
    for (const node of ['first', 'second', 'third']) await raise(node, at);
    await raise('earlier', new Date(at.getTime() - 1));
    const listed = (await web.call('listAlarms')).json as { node: string }[];
    expect(listed.map(({ node }) => node)).toEqual(['third', 'second', 'first', 'earlier']);
  });
});

describe('those who hear of alarms', () => {
  it('are set for the instance, which the trail notes', async () => {
    const recipients = [{ connection: 'post', to: ['ann@example.org'] }];
    expect((await web.call('getAlarmRecipients')).json).toEqual([]);
    expect((await web.call('setAlarmRecipients', { body: { recipients } })).json).toEqual(recipients);
    const trail = (await web.call('listAudit', { query: { subject: 'instance' } })).json;
    expect(trail).toMatchObject([{ action: 'alarm.recipients', old: [], new: recipients }]);
    await raise();
    const refused = await web.call('deleteConnection', { params: { connection: 'post' } });
    expect([refused.status, refused.json]).toEqual([
      409,
      expect.objectContaining({ message: 'The connection "post" is used by the alarms of this instance.' }),
    ]);
    const messages = await web.instance.db('alarm_messages');
    expect(messages).toMatchObject([{ connection: 'post', to: '["ann@example.org"]', state: 'due' }]);
    await web.call('setAlarmRecipients', { body: { recipients: [] } });
  });

  it('have addresses that are addresses', async () => {
    const recipients = [{ connection: 'post', to: ['ann, bob@example.org'] }];
    const { status, json } = await web.call('setAlarmRecipients', { body: { recipients } });
    expect([status, json]).toEqual([400, expect.objectContaining({ code: 'INVALID_INPUT' })]);
  });
});

describe('an alarm', () => {
  it('is listed, and says who looks after it until it is raised anew', async () => {
    await raise();
    const [alarm] = (await web.call('listAlarms', { query: { state: 'raised' } })).json as { id: number }[];
    expect(alarm).toMatchObject({ kind: 'failed', workflow: 'contacts', times: 1, acknowledgedBy: null });
    const params = { alarm: String(alarm?.id) };
    const operator = { by: 'cookie', role: 'operator' } as const;
    expect((await web.call('acknowledgeAlarm', { params, as: operator })).json).toMatchObject({
      state: 'raised',
      acknowledgedBy: 'operator',
    });
    await web.call('acknowledgeAlarm', { params });
    await raise();
    expect((await web.call('listAlarms', { query: { workflow: 'contacts' } })).json).toMatchObject([
      { acknowledgedBy: 'operator', times: 2 },
    ]);
    expect((await web.call('listAlarms', { query: { state: 'cleared' } })).json).toEqual([]);
  });

  it('names workflow and node as people know them, and as they are called inside where they are gone', async () => {
    await raise('n1');
    const listed = async () => (await web.call('listAlarms')).json;
    expect(await listed()).toMatchObject([{ workflow: 'contacts', workflowLabel: 'contacts', nodeLabel: null }]);
    const node = { id: 'n1', type: 'start', name: 'begin', label: 'Every night', x: 0, y: 0, config: {} };
    const workflow = {
      formatVersion: 1,
      internalName: 'contacts',
      label: 'All contacts',
      nodes: [node],
      transitions: [],
    };
    expect((await web.call('createWorkflow', { body: { workflow } })).status).toBe(200);
    await raise();
    expect(await listed()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ node: 'n1', workflowLabel: 'All contacts', nodeLabel: 'Every night' }),
        expect.objectContaining({ node: '', workflowLabel: 'All contacts', nodeLabel: null }),
      ]),
    );
  });

  it.each(['0', 'x', '1.5'])('that does not exist cannot be acknowledged (%s)', async (alarm) => {
    const { status, json } = await web.call('acknowledgeAlarm', { params: { alarm } });
    expect([status, json]).toEqual([404, expect.objectContaining({ code: 'NOT_FOUND' })]);
  });
});
