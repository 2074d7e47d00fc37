import { Connection } from 'jsforce';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Answer, openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
let connection: Connection;
beforeAll(async () => {
  org = await openOrg({ contacts: 600 });
});
beforeEach(async () => {
  await org.signIn();
  connection = new Connection({ instanceUrl: org.url, accessToken: org.token, version: '60.0', logLevel: 'ERROR' });
});
afterAll(() => org.close());

const MINUTE = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const wire = (ms: number): string => iso(ms).replace('Z', '+0000');

interface Deleted {
  deletedRecords: { id: string; deletedDate: string }[];
  earliestDateAvailable: string;
  latestDateCovered: string;
}

const ask = (what: string, start: number, end: number, object = 'Contact'): Promise<Answer> =>
  org.call('GET', `/sobjects/${object}/${what}?${new URLSearchParams({ start: iso(start), end: iso(end) })}`);

async function deleted(start: number, end: number, object = 'Contact'): Promise<Deleted> {
  const { status, body } = await ask('deleted', start, end, object);
  expect([status, body]).toEqual([200, body]);
  return body as Deleted;
}

const deletedIds = async (start: number, end: number, object = 'Contact'): Promise<string[]> =>
  (await deleted(start, end, object)).deletedRecords.map(({ id }) => id).sort();

const create = async (values: Record<string, unknown>, object = 'Contact'): Promise<string> =>
  ((await org.call('POST', `/sobjects/${object}`, values)).body as { id: string }).id;

const remove = async (id: string, object = 'Contact'): Promise<void> => {
  expect((await org.call('DELETE', `/sobjects/${object}/${id}`)).status).toBe(204);
};

/** Goes on to the next whole minute, so that a test's period is its own. */
function nextMinute(): number {
  const now = org.org.clock.now();
  org.org.clock.set(iso(Math.ceil((now + 1) / MINUTE) * MINUTE));
  return org.org.clock.now();
}

const inBin = async (id: string): Promise<number> =>
  (await org.query(`SELECT Id FROM Contact WHERE Id = '${id}'`, '/queryAll')).totalSize;

test('jsforce lists what was changed and what was deleted', async () => {
  const start = nextMinute();
  const [changed, gone] = [await create({ LastName: 'Stays' }), await create({ LastName: 'Goes' })];
  await connection.sobject('Contact').destroy(gone);
  const at = org.org.clock.now();
  org.org.clock.advance(300);
  const period = [iso(start), iso(start + 4 * MINUTE)] as const;
  expect(await connection.sobject('Contact').updated(...period)).toEqual({
    ids: [changed],
    latestDateCovered: wire(start + 4 * MINUTE),
  });
  expect(await connection.sobject('Contact').deleted(...period)).toEqual({
    deletedRecords: [{ id: gone, deletedDate: wire(at) }],
    earliestDateAvailable: wire(org.org.clock.now() - 15 * 86_400_000),
    latestDateCovered: wire(start + 4 * MINUTE),
  });
});

test('the way with a slash before the question mark is the same', async () => {
  const end = org.org.clock.now();
  const query = new URLSearchParams({ start: iso(end - 5 * MINUTE), end: iso(end) });
  for (const what of ['updated', 'deleted']) {
    const plain = await org.call('GET', `/sobjects/Contact/${what}?${query}`);
    const slashed = await org.call('GET', `/sobjects/Contact/${what}/?${query}`);
    expect([slashed.status, slashed.body]).toEqual([200, plain.body]);
  }
});

test('seconds of both ends are cut off, and both minutes are in', async () => {
  const start = nextMinute();
  const first = await create({ LastName: 'First' });
  await remove(first);
  org.org.clock.advance(120);
  const last = await create({ LastName: 'Last' });
  await remove(last);
  org.org.clock.advance(1);
  const after = await create({ LastName: 'After' });
  await remove(after);
  org.org.clock.advance(179);
  expect(await deletedIds(start + 45_000, start + 2 * MINUTE + 59_000)).toEqual([first, last].sort());
  expect(await deletedIds(start + 45_000, start + 3 * MINUTE)).toEqual([first, last, after].sort());
});

test('the current minute is not covered yet', async () => {
  const start = nextMinute();
  org.org.clock.advance(150);
  expect((await deleted(start, start + 10 * MINUTE)).latestDateCovered).toBe(wire(start + 2 * MINUTE));
  org.org.clock.advance(30);
  expect((await deleted(start, start + 3 * MINUTE)).latestDateCovered).toBe(wire(start + 2 * MINUTE));
});

test('an open transaction holds back how far is covered, and shows with its old stamp when it commits', async () => {
  const start = nextMinute();
  const id = await create({ LastName: 'Held' });
  org.org.clock.advance(150);
  const written = org.org.clock.now();
  const change = [{ operation: 'delete', object: 'Contact', id }];
  const transaction = ((await org.call('POST', '/__demo/transactions', change)).body as { id: string }).id;
  org.org.clock.advance(600);
  const before = await deleted(start, start + 10 * MINUTE);
  expect([before.deletedRecords, before.latestDateCovered]).toEqual([[], wire(start + 2 * MINUTE)]);
  expect((await ask('updated', start, start + 10 * MINUTE)).body).toMatchObject({
    latestDateCovered: wire(start + 2 * MINUTE),
  });
  await org.call('POST', `/__demo/transactions/${transaction}/commit`);
  const after = await deleted(start + 2 * MINUTE, start + 10 * MINUTE);
  expect(after.deletedRecords).toEqual([{ id, deletedDate: wire(written) }]);
  expect(after.latestDateCovered).toBe(wire(start + 10 * MINUTE));
});

test.each([
  ['ends that are the same', 5, 5, 'more than one minute'],
  ['a minute between them, once seconds are cut off', 5.9, 4.1, 'more than one minute'],
  ['a start after the end', 4, 8, 'more than one minute'],
  ['a start more than 30 days ago', 30 * 1440 + 1, 0, 'more than 30 days ago'],
])('%s are refused', async (_what, from, to, message) => {
  nextMinute();
  const now = org.org.clock.now();
  for (const what of ['updated', 'deleted']) {
    const { status, body } = await ask(what, now - from * MINUTE, now - to * MINUTE);
    expect([status, body]).toMatchObject([
      400,
      [{ errorCode: 'INVALID_REPLICATION_DATE', message: expect.stringContaining(message) }],
    ]);
  }
});

test.each([
  'start=2026-06-15&end=2026-06-15T09:00:00Z',
  'start=2026-06-15T08:00:00+00:00&end=2026-06-15T09:00:00Z',
  'end=2026-06-15T09:00:00Z',
  'start=yesterday&end=today',
])('%s is refused', async (query) => {
  const { status, body } = await org.call('GET', `/sobjects/Contact/deleted?${query}`);
  expect([status, body]).toMatchObject([400, [{ errorCode: 'INVALID_REPLICATION_DATE' }]]);
});

test('more ids than are allowed need a shorter period', async () => {
  const start = nextMinute();
  for (const LastName of ['A', 'B', 'C']) await remove(await create({ LastName }));
  org.org.clock.advance(300);
  await org.call('POST', '/__demo/limits', { replicationIds: 2 });
  const { status, body } = await ask('deleted', start, start + 4 * MINUTE);
  expect([status, body]).toMatchObject([400, [{ errorCode: 'EXCEEDED_ID_LIMIT' }]]);
  await org.call('POST', '/__demo/limits', { replicationIds: 600_000 });
  expect(await deletedIds(start, start + 4 * MINUTE)).toHaveLength(3);
});

test('what is emptied from the recycle bin is gone from queryAll and stays in the log', async () => {
  const start = nextMinute();
  const [emptied, erased] = [await create({ LastName: 'Emptied' }), await create({ LastName: 'Erased' })];
  await remove(emptied);
  expect(await inBin(emptied)).toBe(1);
  expect(await connection.soap.emptyRecycleBin([emptied])).toMatchObject([{ id: emptied, success: true }]);
  await org.call('POST', '/__demo/records', { operation: 'hardDelete', object: 'Contact', id: erased });
  expect([await inBin(emptied), await inBin(erased)]).toEqual([0, 0]);
  org.org.clock.advance(300);
  expect(await deletedIds(start, start + 4 * MINUTE)).toEqual([emptied, erased].sort());
  expect(await connection.soap.undelete([emptied])).toMatchObject([{ success: false }]);
});

test('the bin holds records for 15 days, and then the log forgets them too', async () => {
  const start = nextMinute();
  const id = await create({ LastName: 'Old' });
  await remove(id);
  org.org.clock.advance(15 * 86_400 - 60);
  await org.signIn();
  expect([await inBin(id), await deletedIds(start, start + 4 * MINUTE)]).toEqual([1, [id]]);
  org.org.clock.advance(61);
  expect([await inBin(id), await deletedIds(start, start + 4 * MINUTE)]).toEqual([0, []]);
  expect((await deleted(start, start + 4 * MINUTE)).earliestDateAvailable > wire(start)).toBe(true);
});

test('an undeleted record is an update, no deletion, and brings along what a cascade took', async () => {
  const account = await create({ Name: 'Parent' }, 'Account');
  const [child, before] = [
    await create({ LastName: 'Child', AccountId: account }),
    await create({ LastName: 'Before', AccountId: account }),
  ];
  await remove(before);
  const start = nextMinute();
  await remove(account, 'Account');
  org.org.clock.advance(60);
  const at = org.org.clock.now();
  expect(await connection.soap.undelete([account])).toMatchObject([{ id: account, success: true }]);
  org.org.clock.advance(240);
  expect(await deletedIds(start, start + 4 * MINUTE)).toEqual([]);
  expect((await ask('updated', start, start + 4 * MINUTE)).body).toMatchObject({ ids: [child] });
  const { records } = await org.query(
    `SELECT Id, IsDeleted, SystemModstamp FROM Contact WHERE AccountId = '${account}'`,
    '/queryAll',
  );
  expect(records).toMatchObject([
    { Id: child, IsDeleted: false, SystemModstamp: wire(at) },
    { Id: before, IsDeleted: true },
  ]);
});

test('a cascade is a deletion of each child', async () => {
  const account = await create({ Name: 'Gone' }, 'Account');
  const child = await create({ LastName: 'Along', AccountId: account });
  const start = nextMinute();
  await remove(account, 'Account');
  org.org.clock.advance(300);
  expect(await deletedIds(start, start + 4 * MINUTE)).toEqual([child]);
  expect(await deletedIds(start, start + 4 * MINUTE, 'Account')).toEqual([account]);
});

test('the losers of a merge are deleted, name their master, and give it their children', async () => {
  const [master, loser] = [await create({ LastName: 'Master' }), await create({ LastName: 'Loser' })];
  const ticket = await create({ Subject: 'Mine', ContactId: loser }, 'Case');
  const start = nextMinute();
  const result = await connection.soap.merge({
    masterRecord: { type: 'Contact', Id: master, Title: 'Merged' },
    recordToMergeIds: [loser],
  } as unknown as Parameters<typeof connection.soap.merge>[0]);
  expect(result).toMatchObject({ id: master, success: true, mergedRecordIds: [loser] });
  org.org.clock.advance(300);
  expect(await deletedIds(start, start + 4 * MINUTE)).toEqual([loser]);
  const losers = `SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = TRUE AND Id = '${loser}'`;
  expect((await org.query(losers, '/queryAll')).records).toMatchObject([{ Id: loser, MasterRecordId: master }]);
  expect((await org.query(`SELECT ContactId FROM Case WHERE Id = '${ticket}'`)).records).toMatchObject([
    { ContactId: master },
  ]);
  expect((await org.query(`SELECT Title FROM Contact WHERE Id = '${master}'`)).records).toMatchObject([
    { Title: 'Merged' },
  ]);
});

test('a purged log begins later than asked, or refuses, as chosen', async () => {
  const start = nextMinute();
  await remove(await create({ LastName: 'Forgotten' }));
  org.org.clock.advance(600);
  const purged = start + 5 * MINUTE;
  await org.call('POST', '/__demo/bin', { object: 'Contact', purgeLogUntil: iso(purged) });
  const answer = await deleted(start, start + 8 * MINUTE);
  expect([answer.deletedRecords, answer.earliestDateAvailable]).toEqual([[], wire(purged)]);
  await org.call('POST', '/__demo/bin', { refusesPurged: true });
  const refused = await ask('deleted', start, start + 8 * MINUTE);
  expect([refused.status, refused.body]).toMatchObject([400, [{ errorCode: 'INVALID_REPLICATION_DATE' }]]);
  await org.call('POST', '/__demo/bin', { refusesPurged: false });
});

test('the control endpoint empties whole bins, and refuses what makes no sense', async () => {
  const emptied = (await org.call('POST', '/__demo/bin', { object: 'Lead', empty: true })).body as { emptied: number };
  expect(emptied.emptied).toBeGreaterThan(0);
  expect((await org.query('SELECT Id FROM Lead WHERE IsDeleted = TRUE', '/queryAll')).totalSize).toBe(0);
  for (const body of [{ object: 'Nope' }, { colour: 1 }, { purgeLogUntil: 'never' }])
    expect((await org.call('POST', '/__demo/bin', body)).status).toBe(400);
});

test('objects that cannot be replicated say so', async () => {
  const { status, body } = await ask('deleted', org.org.clock.now() - 5 * MINUTE, org.org.clock.now(), 'Organization');
  expect([status, body]).toMatchObject([400, [{ errorCode: 'INVALID_TYPE_FOR_OPERATION' }]]);
  expect((await ask('deleted', 0, 0, 'Nope')).status).toBe(404);
});
