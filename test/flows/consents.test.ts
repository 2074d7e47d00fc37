/** The sample of consents while Salesforce is away for an hour: signed calls keep coming, nothing is lost, and of each person the newest counts. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Reply } from '../../contract/api.ts';
import type { RunState } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { Cell, Json } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { engineWithDemo } from '../harness/engineWithDemo.ts';
import { RunView } from '../harness/runView.ts';
import { signedCall } from '../harness/signedCall.ts';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const minute = 60_000;
const file = new URL('../../demo/workflows/didomi-salesforce.json', import.meta.url);
const workflow = JSON.parse(readFileSync(file, 'utf8')) as Workflow;
const params = { workflow: workflow.internalName };
const secret = 'a shared secret of many letters';
const { engine, demo, org } = await engineWithDemo({ contacts: 100, seed: 7 });
let web: Web;

beforeAll(async () => {
  const { database, catalog } = engine.parts;
  const shared = { database, catalog, clock: engine.clock, engine: { nudge: () => engine.nudge() } };
  web = await startWeb({}, 'no-such-folder', shared);
  const { url: instanceUrl, clientId, clientSecret } = demo;
  const salesforce = { kind: 'salesforce', settings: { instanceUrl, clientId, clientSecret } };
  const hooks = { kind: 'incoming-webhook', settings: { secret } };
  for (const { status, text } of [
    await web.call('createConnection', { body: { name: 'demo_salesforce', label: 'Salesforce', ...salesforce } }),
    await web.call('createConnection', { body: { name: 'consents', label: 'Consents', ...hooks } }),
    await web.call('createWorkflow', { body: { workflow } }),
    await web.call('publishWorkflow', { params, body: { revision: 1 } }),
  ])
    expect([status, text]).toEqual([200, text]);
});
afterAll(() => web.close());

/** The last of them was converted to the contact C-00000006; nobody has the id "nobody". */
const persons = ['C-00000001', 'C-00000002', 'C-00000003', 'L-00000001', 'nobody', 'L-00000004'];
const recordOf = (who: string): [object: string, id: string] =>
  who === 'L-00000004' ? ['Contact', 'C-00000006'] : [who.startsWith('L-') ? 'Lead' : 'Contact', who];

interface Consent {
  id: string;
  who: string;
  at: string;
  email: boolean;
}
const sent: Consent[] = [];
let repeated = 0;
let known = 0;

/** Two of each person, the later first; which round has the latest of a person differs. */
function makeRound(round: number): Consent[] {
  const begin = Date.parse('2026-06-02T09:00:00Z');
  return persons.flatMap((who, index) =>
    [1, 0].map((later) => {
      const ten = round > 10 ? (round - 11) * (index % 2 === 0 ? 20 : 5) : (round * 7 + index * 3) % 11;
      const at = new Date(begin + ten * 10 * minute + later * 1_000 + round).toISOString();
      return { id: `${round} ${who} ${later}`, who, at, email: (round + index + later) % 2 === 0 };
    }),
  );
}

const toEvent = ({ id, who, at, email }: Consent): Json => ({
  ...{ id, type: 'consent.updated', created_at: at, user: { organization_user_id: who } },
  ...{ purposes: { email }, preferences: { language: 'German' }, vendors: { enabled: [id] } },
});

async function post(events: Json): Promise<{ state: string; known: number }> {
  const call = signedCall(secret, { events }, engine.clock.now());
  const { status, json, text } = await web.fetch('/hooks/consents', call);
  expect([status, text]).toEqual([202, text]);
  return json;
}

/** With one event of the round before; every third call is made twice. */
async function send(round: number): Promise<void> {
  const events = [...makeRound(round), ...sent.slice(-1)];
  repeated += Math.min(sent.length, 1) + (round % 3 === 0 ? events.length : 0);
  sent.push(...makeRound(round));
  const told = events.map(toEvent);
  known += (await post(told)).known;
  if (round % 3 === 0) known += (await post(told)).known;
}

async function readViews(): Promise<RunView[]> {
  const rows: { id: string }[] = await engine.parts.db('runs').orderBy('id').select('id');
  return Promise.all(rows.map(({ id }) => RunView.read(engine.parts, id)));
}

async function readWaiting(): Promise<Reply<'listWaitingEvents'>[number]> {
  const [waiting] = (await web.call('listWaitingEvents', { params })).json as Reply<'listWaitingEvents'>;
  if (!waiting) throw new Error('The webhook is not published.');
  return waiting;
}
const alarms = async (state: 'raised' | 'cleared'): Promise<string[]> => {
  const listed = (await web.call('listAlarms', { query: { ...params, state } })).json as Reply<'listAlarms'>;
  return listed.filter(({ kind }) => kind === 'events').map(({ message }) => message);
};

/** Whether all that is left to do waits for a later instant: time may pass. */
async function isSettled(): Promise<boolean> {
  const { db } = engine.parts;
  const now = engine.clock.now().toISOString();
  const tasks: { run_id: string; state: string; due: string }[] = await db('tasks').select('run_id', 'state', 'due');
  const open = tasks.filter(({ state }) => ['pending', 'waiting', 'running'].includes(state));
  if (open.some(({ state, due }) => state === 'running' || due <= now)) return false;
  const runs: { id: string; state: RunState }[] = await db('runs').select('id', 'state');
  return runs.every(({ id, state }) => isFinal(state) || open.some(({ run_id }) => run_id === id));
}

/** Six minutes pass, longer than the sample waits for Salesforce, and what is due then is done. */
async function passTime(): Promise<void> {
  engine.clock.step(6 * minute);
  await engine.lookAround();
  await engine.watch(
    async () => ((await isSettled()) ? true : null),
    () => 'What is due is not done',
  );
}

async function passUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let times = 0; !(await holds()); times += 1) {
    if (times === 10) throw new Error(`In an hour of the clock, ${what} did not come about`);
    await passTime();
  }
}

type Held = string | number | boolean | null | undefined;
/** What each record held before each of its changes, in their order, and holds now. By object and row. */
function watchDates(): () => Held[][] {
  const kept = new Map<string, Held[]>();
  const reads = new Map<string, () => Held>();
  for (const name of ['Contact', 'Lead']) {
    const table = demo.org.table(name);
    table?.watch((row) => {
      const read = (): Held => table.read('Consent_Date__c', row) as Held;
      reads.set(`${name} ${row}`, read);
      kept.set(`${name} ${row}`, [...(kept.get(`${name} ${row}`) ?? []), read()]);
    });
  }
  return () => [...kept].map(([key, dates]) => [...dates, reads.get(key)?.()]);
}

/** What became of each event, by its id: written, older, or the code of its reject. More than one is told as such. */
async function readFates(views: readonly RunView[]): Promise<Map<string, string>> {
  const fates = new Map<string, string>();
  const note = (id: string, fate: string): void => void fates.set(id, [fates.get(id) ?? [], fate].flat().join(', '));
  const idOf = ({ vendors }: Record<string, Cell>): string => String((vendors as Json[])[0]);
  for (const view of views) {
    const rows = async (place: string) => (view.counts[place] ? view.rows(place) : []);
    const newest = new Map((await rows('newest.success')).map((row) => [String(row.organization_user_id), row]));
    for (const row of await rows('consents.success')) {
      const kept = newest.get(String(row.organization_user_id));
      if (kept && idOf(kept) === idOf(row)) continue;
      note(idOf(row), String(kept?.created_at) > String(row.created_at) ? 'older' : 'lost');
    }
    for (const node of ['updateContacts', 'updateLeads', 'updateConverted']) {
      for (const row of await rows(`${node}.success`)) note(idOf(row), row.outcome === 'updated' ? 'written' : 'older');
      for (const row of await rows(`${node}.reject`)) note(idOf(row), String(row.errorCode));
    }
  }
  return fates;
}

it('loses nothing, lets nothing older overwrite what is newer, and tells how long the oldest event waits', async () => {
  const [contact] = await org.query("SELECT Id FROM Contact WHERE External_Id__c = 'C-00000006'");
  const converted = { IsConverted: true, ConvertedContactId: contact?.Id };
  const convert = { operation: 'update', object: 'Lead', externalId: 'L-00000004', values: converted, unchecked: true };
  await org.control('records', [convert]);
  const dates = watchDates();

  await org.control('faults', { kind: 'status', status: 503, times: null, match: { path: '/services/data' } });
  for (let round = 0; round <= 10; round += 1) {
    await send(round);
    await passTime();
    const { oldestSeconds, events } = await readWaiting();
    expect(oldestSeconds).toBeGreaterThanOrEqual((round + 1) * 360);
    expect(events).toBe(sent.length);
  }
  expect(await alarms('raised')).toEqual([expect.stringContaining('An event that came by the webhook "consents"')]);
  expect(dates()).toEqual([]);

  await org.clearFaults();
  await send(11);
  await passUntil('the end of the outage', async () => (await readWaiting()).events === 0);
  await send(12);
  const ofNobody = { id: 'x', type: 'consent.updated', created_at: '2026-06-02T09:00:00Z' };
  await post([ofNobody]);
  await passUntil('the last consent', async () => (await readWaiting()).events === 0);
  await passUntil('the end of the alarm', async () => (await alarms('raised')).length === 0);
  expect(await alarms('cleared')).toHaveLength(1);
  expect(await readWaiting()).toMatchObject({ calls: 0, events: 0, oldestAt: null, oldestSeconds: 0 });

  const views = await readViews();
  expect(views.map(({ state, error }) => [state, error])).toEqual(views.map(() => ['succeeded with rejects', null]));
  expect(known).toBe(repeated);
  const rejected = await views.at(-1)?.rows('consents.reject');
  expect(rejected).toMatchObject([{ errorCode: 'EVENT_SCHEMA', record: ofNobody }]);

  const fates = await readFates(views);
  expect([...fates.keys()].sort()).toEqual(sent.map(({ id }) => id).sort());
  for (const who of persons) {
    const own = sent.filter((event) => event.who === who).toSorted((a, b) => (a.at < b.at ? -1 : 1));
    const told = own.map(({ id }) => fates.get(id));
    const newest = own.at(-1);
    expect([who, told.at(-1)]).toEqual([who, who === 'nobody' ? 'NO_MATCH' : 'written']);
    expect(told.filter((fate) => !['older', 'written', 'NO_MATCH'].includes(fate ?? ''))).toEqual([]);
    if (who === 'nobody') continue;
    const [object, id] = recordOf(who);
    const fields = 'Consent_Date__c, Consent_Email__c, Consent_Vendors__c';
    const [held] = await org.query(`SELECT ${fields} FROM ${object} WHERE External_Id__c = '${id}'`);
    expect([who, held?.Consent_Vendors__c, held?.Consent_Email__c]).toEqual([who, newest?.id, newest?.email]);
  }
  expect(dates()).toHaveLength(persons.length - 1);
  for (const held of dates()) expect(held).toEqual(held.toSorted((a, b) => Number(a ?? 0) - Number(b ?? 0)));
});
