import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CrmClient } from '../../../contract/connector.ts';
import type { Cell } from '../../../contract/types.ts';
import type { RecordWrite, WriteRequest } from '../../../contract/write.ts';
import { AnswerLost } from '../../../contract/write.ts';
import { type DynamicsDemo, openDynamics } from '../../../test/harness/dynamicsClient.ts';
import { failure } from '../../../test/harness/salesforceClient.ts';

let demo: DynamicsDemo;
let client: CrmClient;
beforeAll(async () => {
  demo = await openDynamics({ contacts: 120 });
});
beforeEach(async () => {
  client = await demo.connect();
});
afterEach(() => {
  demo.org.faults.clear();
  demo.org.requests.clear();
});
afterAll(() => demo.close());

const records = (...values: Record<string, Cell>[]): RecordWrite[] => values.map((one) => ({ id: null, values: one }));
const write = (request: Partial<WriteRequest> & Pick<WriteRequest, 'records'>) =>
  client.writer.write({ object: 'account', operation: 'insert', ...request });
const account = (id: string | undefined) => demo.held('account').find(({ accountid }) => accountid === id);
const paths = (): string[] =>
  demo.org.requests
    .since(0)
    .map(({ path }) => path.replace('/api/data/v9.2/', ''))
    .filter((path) => /Multiple|batch/.test(path));
const writtenIds = (results: readonly { outcome: string; id?: string }[]): string[] =>
  results.map(({ id }) => id ?? '');

test('new records are made by one message, with ids of ours', async () => {
  const results = await write({ records: records({ name: 'One', revenue: '12.5' }, { name: 'Two' }) });
  expect(results).toMatchObject([
    { outcome: 'written', created: true },
    { outcome: 'written', created: true },
  ]);
  expect(account(writtenIds(results)[0])).toMatchObject({ name: 'One', revenue: 12.5 });
  expect(paths()).toEqual(['accounts/Microsoft.Dynamics.CRM.CreateMultiple']);
});

test('one that is refused takes no other along: each goes by itself then, and is told by itself', async () => {
  const results = await write({ records: records({ name: 'Good' }, { name: 'x'.repeat(200) }, { name: 'Good too' }) });
  expect(results).toMatchObject([
    { outcome: 'written' },
    { outcome: 'refused', code: 'VALUE_REFUSED', symbol: '0x80044331', fields: ['name'], passing: false },
    { outcome: 'written' },
  ]);
  expect(paths()).toEqual(['accounts/Microsoft.Dynamics.CRM.CreateMultiple', '$batch']);
  expect(demo.held('account').filter(({ name }) => String(name).startsWith('Good'))).toHaveLength(2);
});

test('a new id is the same for the same text, and a second record with it is refused', async () => {
  const id = client.writer.newId?.('run 1, row 7') ?? '';
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([client.writer.newId?.('run 1, row 7'), client.writer.newId?.('run 1, row 8') === id]).toEqual([id, false]);
  const request = { records: [{ id, values: { name: 'Mine' } }] };
  expect(await write(request)).toMatchObject([{ outcome: 'written', id, created: true }]);
  expect(await write(request)).toMatchObject([{ outcome: 'refused', code: 'ALREADY_EXISTS' }]);
});

test('updates change what is there and bring nothing back that was deleted', async () => {
  const ids = writtenIds(await write({ records: records({ name: 'Up one' }, { name: 'Up two' }) }));
  const change = (): RecordWrite[] =>
    ids.map((id) => ({ id: id.toUpperCase(), values: { telephone1: '5', name: null } }));
  expect(await write({ operation: 'update', records: change() })).toMatchObject([
    { outcome: 'written', id: ids[0], created: false },
    { outcome: 'written' },
  ]);
  expect(account(ids[0])).toMatchObject({ telephone1: '5', name: null });
  await demo.control('records', { operation: 'delete', table: 'account', id: ids[1] });
  expect(await write({ operation: 'update', records: change() })).toMatchObject([
    { outcome: 'written' },
    { outcome: 'refused', code: 'NO_MATCH' },
  ]);
  expect(account(ids[1])).toBeUndefined();
});

test('an upsert by a key says what it made and what it changed', async () => {
  const request = { operation: 'upsert' as const, keyField: 'accountnumber' };
  const made = await write({
    ...request,
    records: records({ accountnumber: "K'1", name: 'Keyed' }, { accountnumber: 'ACC000002', name: 'Known' }),
  });
  expect(made).toMatchObject([
    { outcome: 'written', created: true },
    { outcome: 'written', created: false },
  ]);
  expect(account(writtenIds(made)[0])).toMatchObject({ accountnumber: "K'1", name: 'Keyed' });
  expect(await write({ ...request, records: records({ accountnumber: "k'1", name: 'Again' }) })).toMatchObject([
    { id: writtenIds(made)[0], created: false },
  ]);
  expect(account(writtenIds(made)[0])).toMatchObject({ accountnumber: "K'1", name: 'Again' });
});

test.each(['A/1', 'A%1', 'A+1', 'A:1', 'A?1', 'A&1', 'A#1', 'A*1'])(
  'a key such as %s finds nothing, so it is not sent',
  async (accountnumber) => {
    const results = await write({
      operation: 'upsert',
      keyField: 'accountnumber',
      records: records({ accountnumber, name: 'x' }),
    });
    expect(results).toMatchObject([{ outcome: 'refused', code: 'VALUE_REFUSED', fields: ['accountnumber'] }]);
    expect(paths()).toEqual([]);
  },
);

test('keys and ids that are there twice are refused, all of them, and so are ids that are none', async () => {
  const doubles = await write({
    operation: 'upsert',
    keyField: 'accountnumber',
    records: records({ accountnumber: 'D1' }, { accountnumber: ' d1' }),
  });
  expect(doubles).toMatchObject([{ code: 'DUPLICATE_KEY' }, { code: 'DUPLICATE_KEY' }]);
  expect(await write({ operation: 'delete', records: [{ id: 'x', values: {} }] })).toMatchObject([
    { outcome: 'refused', code: 'VALUE_REFUSED' },
  ]);
});

test('lookups are set by id and by key, to one of several tables, and emptied', async () => {
  const [contact] = demo.held('contact');
  const [first, second] = demo.held('account');
  const make = (values: Record<string, Cell>) =>
    write({ object: 'contact', records: records({ lastname: 'Look', ...values }) });
  const [byId] = await make({ parentcustomerid_account: String(first?.accountid) });
  const [byKey] = await make({ 'parentcustomerid_account.accountnumber': String(second?.accountnumber) });
  const held = (result: typeof byId) =>
    demo.held('contact').find(({ contactid }) => contactid === (result as { id: string }).id);
  expect([held(byId)?.parentcustomerid, held(byKey)?.parentcustomerid]).toEqual([first?.accountid, second?.accountid]);
  const id = (byId as { id: string }).id;
  const moved = { parentcustomerid_account: null, parentcustomerid_contact: String(contact?.contactid) };
  await write({ object: 'contact', operation: 'update', records: [{ id, values: moved }] });
  expect(held(byId)).toMatchObject({ parentcustomerid: contact?.contactid, parentcustomeridtype: 'contact' });
  await write({
    object: 'contact',
    operation: 'update',
    records: [{ id, values: { parentcustomerid_contact: null } }],
  });
  expect(held(byId)).toMatchObject({ parentcustomerid: null });
  expect(await make({ parentcustomerid_account: '00000000-0000-0000-0000-00000000dead' })).toMatchObject([
    { code: 'REFERENCE_UNKNOWN' },
  ]);
  expect(await make({ 'parentcustomerid_account.accountnumber': 'nobody' })).toMatchObject([
    { code: 'REFERENCE_UNKNOWN' },
  ]);
});

test('custom lookups, several choices, days, instants and long numbers are written as they are kept', async () => {
  const [contact] = demo.held('contact');
  const [made] = await write({
    object: 'new_subscription',
    records: records({
      new_name: 'S',
      new_contactid: String(contact?.contactid),
      new_plan: 100_000_001,
      new_startson: '2026-02-03',
      new_price: '12345678901.2345678901',
      new_autorenew: true,
    }),
  });
  const kept = demo.held('new_subscription').find(({ new_name: name }) => name === 'S');
  expect(made).toMatchObject({ outcome: 'written' });
  expect(kept).toMatchObject({
    new_contactid: contact?.contactid,
    new_plan: 100_000_001,
    new_startson: '2026-02-03',
    new_autorenew: true,
  });
  const [person] = await write({
    object: 'contact',
    records: records({ lastname: 'C', new_interests: '3;1', lastonholdtime: '2026-01-02T03:04:05.678Z' }),
  });
  expect(demo.held('contact').find(({ contactid }) => contactid === (person as { id: string }).id)).toMatchObject({
    new_interests: '1,3',
    lastonholdtime: '2026-01-02T03:04:05Z',
  });
});

test('records are deleted, and one that is gone already is told', async () => {
  const [id = ''] = writtenIds(await write({ records: records({ name: 'Delete me' }) }));
  const request = { operation: 'delete' as const, records: [{ id, values: {} }] };
  expect(await write(request)).toMatchObject([{ outcome: 'written', id }]);
  expect(await write(request)).toMatchObject([{ outcome: 'refused', code: 'NO_MATCH' }]);
});

test('deleted records come back where the recycle bin is on', async () => {
  const ids = writtenIds(await write({ records: records({ name: 'Back one' }, { name: 'Back two' }) }));
  await write({ operation: 'delete', records: ids.map((id) => ({ id, values: {} })) });
  expect(await client.writer.undelete?.('account', ids)).toMatchObject([
    { outcome: 'written', id: ids[0] },
    { outcome: 'written', id: ids[1] },
  ]);
  expect(account(ids[1])).toMatchObject({ name: 'Back two' });
  expect(await client.writer.undelete?.('account', ids.slice(0, 1))).toMatchObject([
    { outcome: 'refused', symbol: '0x80044a02' },
  ]);
  expect(await client.writer.undelete?.('account', ['00000000-0000-4000-8000-00000000dead'])).toMatchObject([
    { outcome: 'refused', code: 'NOT_RESTORABLE' },
  ]);
});

test.each([
  [{ accountnumber: 'ACC000001' }, 'VALUE_TAKEN', '0x80060892'],
  [{ industrycode: 99 }, 'VALUE_REFUSED', '0x8004431A'],
  [{ statecode: 0, statuscode: 2 }, 'VALUE_REFUSED', '0x80048408'],
  [{ primarycontactid: '00000000-0000-0000-0000-00000000dead' }, 'REFERENCE_UNKNOWN', '0x80040217'],
])('%j is refused as %s', async (values, code, symbol) => {
  expect(await write({ records: records({ name: 'x', ...values }) })).toMatchObject([
    { outcome: 'refused', code, symbol, passing: false },
  ]);
});

test('a record that is locked, or comes above a limit, may be sent again', async () => {
  await demo.fault('lock-part', { part: 0, match: { path: '/api/data/v9.2/$batch' } });
  expect(await write({ records: records({ name: 'Locked' }) })).toMatchObject([
    { outcome: 'refused', code: 'RECORD_BUSY', passing: true },
  ]);
});

test.each(['reset-after', 'reset-mid-body', 'truncated-body', 'html'])(
  'with %s nobody knows what was written',
  async (kind) => {
    await demo.fault(kind, { match: { path: '/api/data/v9.2/$batch' } });
    await expect(write({ records: records({ name: 'Lost' }) })).rejects.toBeInstanceOf(AnswerLost);
  },
);

test('what was refused in place of it was not done: a limit, a token that is renewed, a time that is over', async () => {
  await demo.fault('limit', { seconds: 7, match: { path: '/api/data/v9.2/$batch' } });
  expect(await failure(write({ records: records({ name: 'Limited' }) }))).toMatchObject({
    name: 'RetryLater',
    code: 'REMOTE_LIMIT',
    after: 7_000,
  });
  await client.describe('account');
  await demo.fault('expire-tokens', { match: { path: '/api/data/v9.2/$batch' } });
  expect(await write({ records: records({ name: 'Renewed' }) })).toMatchObject([{ outcome: 'written' }]);
  const check = (): void => {
    throw new Error('too late');
  };
  await expect(
    client.writer.write(
      { object: 'account', operation: 'insert', records: records({ name: 'Late' }) },
      { check, signal: new AbortController().signal },
    ),
  ).rejects.toThrow('too late');
  expect(demo.held('account').filter(({ name }) => ['Limited', 'Late'].includes(String(name)))).toEqual([]);
});

test('a stop while a request is on its way leaves its answer lost', async () => {
  const controller = new AbortController();
  const stopped = await demo.connect({ signal: controller.signal });
  await stopped.describe('account');
  await demo.fault('slow', { ms: 5_000, match: { path: '/api/data/v9.2/$batch' } });
  const writing = stopped.writer.write({
    object: 'account',
    operation: 'insert',
    records: records({ name: 'Stopped' }),
  });
  await expect.poll(() => demo.org.faults.list()[0]?.hits).toBe(1);
  controller.abort(new Error('stopped'));
  await expect(writing).rejects.toBeInstanceOf(AnswerLost);
});

test('fields that are not there are named before anything is sent; more than fits is a mistake of the caller', async () => {
  expect(await failure(write({ records: records({ nobody: 'x' }) }))).toMatchObject({ code: 'FIELD_UNKNOWN' });
  await expect(
    write({ records: Array.from({ length: client.writer.most + 1 }, () => ({ id: null, values: { name: 'x' } })) }),
  ).rejects.toBeInstanceOf(RangeError);
  expect([client.writer.jobs, client.writer.worthAJob]).toEqual([undefined, Number.POSITIVE_INFINITY]);
});
