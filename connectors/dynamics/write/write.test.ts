import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CrmClient } from '../../../contract/connector.ts';
import { RetryLater } from '../../../contract/errors.ts';
import type { Cell } from '../../../contract/types.ts';
import type { RecordWrite, WriteRequest } from '../../../contract/write.ts';
import { AnswerLost, RefusedTogether } from '../../../contract/write.ts';
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

const halfGood = (): RecordWrite[] => records({ name: 'Good' }, { name: 'x'.repeat(200) }, { name: 'Good too' });

test('one that is refused keeps the others from being written; apart, each is told by itself', async () => {
  const refused = (await write({ records: halfGood() }).catch((error: unknown) => error)) as RefusedTogether;
  expect(refused).toBeInstanceOf(RefusedTogether);
  expect([refused.isOfRecord, refused.message]).toEqual([true, expect.stringContaining('0x80044331')]);
  expect(demo.held('account').filter(({ name }) => String(name).startsWith('Good'))).toEqual([]);
  expect(await write({ records: halfGood(), apart: true })).toMatchObject([
    { outcome: 'written' },
    { outcome: 'refused', code: 'VALUE_REFUSED', symbol: '0x80044331', fields: ['name'], passing: false },
    { outcome: 'written' },
  ]);
  expect(paths()).toEqual(['accounts/Microsoft.Dynamics.CRM.CreateMultiple', '$batch']);
  expect(demo.held('account').filter(({ name }) => String(name).startsWith('Good'))).toHaveLength(2);
});

const twins = (): RecordWrite[] => records({ name: 'Twin' }, { name: 'Twin' });
const refuseMessage = (status: number, errorCode: string, message: string) =>
  demo.fault('status', { status, errorCode, message, match: { path: 'CreateMultiple' } });

test.each([
  [
    '0x80040220',
    'Principal user (Id=…, type=8) is missing prvCreateAccount privilege on OTC=1 for entity "account".',
    false,
  ],
  ['0x80060888', "Could not find a property named 'name' on type 'Microsoft.Dynamics.CRM.account'.", false],
  ['0x80040265', 'The plug-in has said no.', true],
  ['0x80040216', 'An unexpected error occurred.', true],
])('%s is said of a record, or of all of them: "%s"', async (code, message, isOfRecord) => {
  await refuseMessage(code === '0x80040220' ? 403 : 400, code, message);
  await expect(write({ records: twins() })).rejects.toMatchObject({ name: 'RefusedTogether', isOfRecord });
});

test('what is not said of records is no reason to halve them: a limit, a time that is over, a length, a lock', async () => {
  await demo.fault('limit', { match: { path: 'CreateMultiple' } });
  await expect(write({ records: twins() })).rejects.toMatchObject({ name: 'RetryLater', code: 'REMOTE_LIMIT' });
  await refuseMessage(503, '0x80044151', 'SQL timeout expired.');
  await expect(write({ records: twins() })).rejects.toBeInstanceOf(AnswerLost);
  await refuseMessage(413, '', 'Request too large');
  await expect(write({ records: twins() })).rejects.toMatchObject({ code: 'REMOTE_REFUSED', details: { code: '413' } });
  await refuseMessage(400, '0x80044150', 'Sql error: Generic SQL error. Sql Number: 1205');
  expect(await write({ records: twins() })).toMatchObject([
    { outcome: 'refused', code: 'RECORD_BUSY', passing: true },
    { outcome: 'refused', code: 'RECORD_BUSY', passing: true },
  ]);
  expect(demo.held('account').filter(({ name }) => name === 'Twin')).toEqual([]);
});

test('a table that does not take a message has its records by a batch, and so has one of which nobody may ask', async () => {
  const filters = demo.org.table('sdkmessagefilter')!.rows;
  const own = [...filters.values()].find(
    ({ values }) => values.primaryobjecttypecode === 'lead' && values.name === 'CreateMultiple',
  )!;
  filters.delete(own.id);
  const leads = records({ subject: 'A', lastname: 'A' }, { subject: 'B', lastname: 'B' });
  expect(await write({ object: 'lead', records: leads })).toMatchObject([{ created: true }, { created: true }]);
  expect(paths()).toEqual(['$batch']);
  filters.set(own.id, own);
  await demo.fault('status', {
    status: 403,
    errorCode: '0x80040220',
    message: 'Principal user is missing prvReadSdkMessageFilter privilege',
    match: { path: 'sdkmessagefilters' },
  });
  const said: string[] = [];
  const other = await demo.connect({ log: (_level, message) => said.push(message) });
  await other.writer.write({ object: 'lead', operation: 'insert', records: leads });
  expect(paths()).toEqual(['$batch', '$batch']);
  expect(said).toEqual([expect.stringContaining('so that each record is sent by itself')]);
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
  await expect(write({ operation: 'update', records: change() })).rejects.toBeInstanceOf(RefusedTogether);
  expect(await write({ operation: 'update', records: change(), apart: true })).toMatchObject([
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
  const bare = (...all: (string | undefined)[]): RecordWrite[] => all.map((id) => ({ id: id ?? '', values: {} }));
  await write({ operation: 'delete', records: bare(...ids) });
  expect(await client.writer.undelete?.('account', bare(...ids))).toMatchObject([
    { outcome: 'written', id: ids[0] },
    { outcome: 'written', id: ids[1] },
  ]);
  expect(account(ids[1])).toMatchObject({ name: 'Back two' });
  expect(await client.writer.undelete?.('account', bare(ids[0]))).toMatchObject([
    { outcome: 'refused', symbol: '0x80044a02' },
  ]);
  expect(await client.writer.undelete?.('account', bare('00000000-0000-4000-8000-00000000dead'))).toMatchObject([
    { outcome: 'refused', code: 'NOT_RESTORABLE' },
  ]);
});

test('where asking the recycle bin took all the time, what it does not have is tried again, fewer at a time', async () => {
  let asked = 0;
  const check = (): void => {
    asked += 1;
    if (asked > 1) throw new RetryLater('SENT_TOO_LATE', {}, { after: 0 });
  };
  const lost = { id: '00000000-0000-4000-8000-00000000beef', values: { name: 'Purged' } };
  const limit = { check, signal: new AbortController().signal };
  expect(await client.writer.undelete?.('account', [lost], limit)).toMatchObject([
    { outcome: 'refused', code: 'RECORD_BUSY', symbol: 'SENT_TOO_LATE', passing: true },
  ]);
  expect([asked, account(lost.id)]).toEqual([2, undefined]);
});

test('records of an elastic table go by a batch: a message would write some and not say which', async () => {
  const results = await write({
    object: 'new_reading',
    records: records({ new_name: 'One' }, { new_name: 'x'.repeat(200) }, { new_name: 'Three' }),
  });
  expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'refused', 'written']);
  expect(paths()).toEqual(['$batch']);
  expect((await client.describe('new_reading')).remade).toBeUndefined();
});

describe('a deleted record that is nowhere kept', () => {
  const [one, two, three] = ['1', '2', '3'].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`);
  const again = (object: string, ...all: [string | undefined, Record<string, Cell>][]) =>
    client.writer.undelete?.(
      object,
      all.map(([id = '', values]) => ({ id, values })),
    );
  const contact = (id: string | undefined) => demo.held('contact').find(({ contactid }) => contactid === id);

  test('is made anew with its id, its values and its state; one that is there is not changed', async () => {
    const [parent] = demo.held('account');
    const values = {
      lastname: 'Anew',
      statecode: 1,
      statuscode: 2,
      parentcustomerid_account: String(parent?.accountid),
    };
    expect(
      await again('contact', [one, values], [two, { lastname: 'Active', statecode: 0, statuscode: 1 }]),
    ).toMatchObject([
      { outcome: 'written', id: one, created: false },
      { outcome: 'written', id: two },
    ]);
    expect(contact(one)).toMatchObject({
      lastname: 'Anew',
      statecode: 1,
      statuscode: 2,
      parentcustomerid: parent?.accountid,
    });
    expect(contact(two)).toMatchObject({ lastname: 'Active', statecode: 0 });
    expect(await again('contact', [one, { lastname: 'Other', statecode: 1, statuscode: 2 }])).toMatchObject([
      { outcome: 'refused', code: 'ALREADY_EXISTS' },
    ]);
    expect(contact(one)).toMatchObject({ lastname: 'Anew' });
  });

  test('is not there at all where its state or what it refers to is refused', async () => {
    const nobody = '00000000-0000-0000-0000-00000000dead';
    const results = await again(
      'contact',
      [three, { lastname: 'Half', statecode: 1, statuscode: 1 }],
      [nobody, { lastname: 'Orphan', parentcustomerid_account: nobody }],
    );
    expect(results).toMatchObject([
      { outcome: 'refused', code: 'VALUE_REFUSED', symbol: '0x80048408' },
      { outcome: 'refused', code: 'REFERENCE_UNKNOWN' },
    ]);
    expect([contact(three), contact(nobody)]).toEqual([undefined, undefined]);
  });

  test('comes behind those that the recycle bin has: what it could not do is tried again, what is lost is lost', async () => {
    const ids = writtenIds(await write({ records: records({ name: 'Kept' }, { name: 'Purged' }) }));
    const both = (): [string | undefined, Record<string, Cell>][] => [
      [ids[0], { name: 'Kept' }],
      [ids[1], { name: 'Purged' }],
    ];
    const purge = async (): Promise<void> => {
      const live = ids.filter((id) => account(id) !== undefined);
      await write({ operation: 'delete', records: live.map((id) => ({ id, values: {} })) });
      demo.org.table('account')?.bin.delete(ids[1] ?? '');
    };
    await purge();
    await demo.fault('limit', { match: { path: '/api/data/v9.2/$batch' }, after: 1 });
    expect(await again('account', ...both())).toMatchObject([
      { outcome: 'written' },
      { outcome: 'refused', code: 'RECORD_BUSY', passing: true },
    ]);
    await purge();
    await demo.fault('reset-after', { match: { path: '/api/data/v9.2/$batch' }, after: 1 });
    await expect(again('account', ...both())).rejects.toBeInstanceOf(AnswerLost);
    expect(ids.map((id) => account(id)?.name)).toEqual(['Kept', 'Purged']);
    await purge();
    await demo.fault('limit', { match: { path: '/api/data/v9.2/$batch' }, after: 1 });
    await expect(again('account', [ids[1], { name: 'Purged' }])).rejects.toMatchObject({ name: 'RetryLater' });
  });

  test('stays away where nothing is known of it', async () => {
    expect(await again('contact', [three, {}])).toMatchObject([{ outcome: 'refused', code: 'NOT_RESTORABLE' }]);
  });

  test('is described with what will not be as it was', async () => {
    const { remade } = await client.describe('contact');
    expect(remade).toMatchObject({ without: ['overriddencreatedon'] });
    expect((await client.describe('contact')).fields.find(({ name }) => name === 'statecode')).toMatchObject({
      createable: false,
      updateable: true,
    });
  });
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
