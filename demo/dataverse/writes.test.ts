import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, messageOf, openOrg, type TestOrg } from './testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 60 });
});
afterAll(() => org.close());

const representation = { prefer: 'return=representation' };

test('a create answers with the address of the row, or with the row where it is asked for', async () => {
  const made = await org.call('POST', 'accounts', { name: 'Made' });
  expect([made.status, made.text]).toEqual([204, '']);
  expect(made.headers.get('odata-entityid')).toMatch(
    new RegExp(`^${org.url}/api/data/v9.2/accounts\\([0-9a-f-]{36}\\)$`),
  );
  const shown = await org.call('POST', 'accounts?$select=name', { name: 'Shown' }, representation);
  expect([shown.status, shown.headers.get('preference-applied'), shown.headers.get('odata-entityid')]).toEqual([
    201,
    'return=representation',
    null,
  ]);
  expect(shown.body).toMatchObject({
    '@odata.context': `${org.url}/api/data/v9.2/$metadata#accounts(name)/$entity`,
    name: 'Shown',
  });
});

test('an id of the client is kept, and a second row with it is refused', async () => {
  const accountid = randomUUID();
  expect((await org.call('POST', 'accounts', { accountid, name: 'Mine' })).status).toBe(204);
  const again = await org.call('POST', 'accounts', { accountid, name: 'Mine' });
  expect([again.status, codeOf(again)]).toEqual([412, '0x80040237']);
});

test('a change without If-Match makes a row that is not there, with it the row is missed', async () => {
  const id = randomUUID();
  const missed = await org.call('PATCH', `accounts(${id})`, { name: 'x' }, { 'if-match': '*' });
  expect([missed.status, codeOf(missed), messageOf(missed)]).toEqual([
    404,
    '0x80040217',
    `Entity 'account' With Id = ${id} Does Not Exist`,
  ]);
  const made = await org.call('PATCH', `accounts(${id})?$select=name`, { name: 'x' }, representation);
  expect([made.status, (made.body as { accountid: string }).accountid]).toEqual([201, id]);
  expect((await org.call('PATCH', `accounts(${id})`, { name: 'y' }, representation)).status).toBe(200);
  const kept = await org.call('PATCH', `accounts(${id})`, { name: 'z' }, { 'if-none-match': '*' });
  expect([kept.status, codeOf(kept)]).toEqual([412, '0x80040237']);
});

test('an old etag is refused, the present one is not, and an unchanged row is not sent again', async () => {
  const made = await org.call('POST', 'contacts', { lastname: 'Etag' }, representation);
  const { contactid, '@odata.etag': etag } = made.body as Record<string, string>;
  expect(
    (await org.call('GET', `contacts(${contactid})?$select=lastname`, undefined, { 'if-none-match': etag! })).status,
  ).toBe(304);
  expect((await org.call('PATCH', `contacts(${contactid})`, { jobtitle: 'a' }, { 'if-match': etag! })).status).toBe(
    204,
  );
  const old = await org.call('PATCH', `contacts(${contactid})`, { jobtitle: 'b' }, { 'if-match': etag! });
  expect([old.status, codeOf(old)]).toEqual([412, '0x80060882']);
});

test('an alternate key finds a row or makes one; the address that comes back has the key', async () => {
  const path = "accounts(accountnumber='KEY-1')";
  const made = await org.call('PATCH', path, { name: 'Keyed' });
  expect([made.status, made.headers.get('odata-entityid')]).toEqual([204, `${org.url}/api/data/v9.2/${path}`]);
  expect((await org.call('PATCH', path, { name: 'Changed' }, representation)).status).toBe(200);
  expect((await org.call('GET', "accounts(accountnumber='key-1')?$select=name")).body).toMatchObject({
    name: 'Changed',
  });
  const taken = await org.call('POST', 'accounts', { name: 'Other', accountnumber: 'KEY-1' });
  expect([taken.status, codeOf(taken)]).toEqual([412, '0x80060892']);
});

test('a key of several columns names a row, in any order; a lookup can be one of them', async () => {
  const subscription = [...org.org.table('new_subscription')!.rows.values()][0]!;
  const { new_contactid: contact, new_plan: plan } = subscription.values;
  const found = await org.call(
    'GET',
    `new_subscriptions(new_plan=${plan},_new_contactid_value=${contact})?$select=new_name`,
  );
  expect(found.body).toMatchObject({ new_subscriptionid: subscription.id });
});

test.each([
  ["accounts(name='x')", 400, 'The key in the request URI is not valid'],
  ["contacts(emailaddress1='a@b.example')", 400, 'The key in the request URI is not valid'],
  ["accounts(accountnumber='A%3A1')", 400, 'potentially dangerous'],
  ["accounts(accountnumber='A%2F1')", 404, 'Resource not found for the segment'],
  ["accounts(accountnumber='nobody')", 404, 'does not exist'],
])('GET %s is refused', async (path, status, message) => {
  const answer = await org.call('GET', path);
  expect([answer.status, messageOf(answer)]).toEqual([status, expect.stringContaining(message)]);
});

test('lookups are set by the address of a row, of one of several tables, and taken away by null', async () => {
  const [account] = org.org.table('account')!.rows.keys();
  const bound = { lastname: 'Bound', 'parentcustomerid_account@odata.bind': `/accounts(${account})` };
  const made = await org.call('POST', 'contacts', bound, representation);
  const { contactid, _parentcustomerid_value: parent } = made.body as Record<string, string>;
  expect(parent).toBe(account);
  await org.call('PATCH', `contacts(${contactid})`, { 'parentcustomerid_account@odata.bind': null });
  expect((await org.call('GET', `contacts(${contactid})`)).body).toMatchObject({ _parentcustomerid_value: null });
  const byKey = { 'parentcustomerid_account@odata.bind': "/accounts(accountnumber='ACC000001')" };
  await org.call('PATCH', `contacts(${contactid})`, byKey);
  expect((await org.call('GET', `contacts(${contactid})/parentcustomerid_account/$ref`)).body).toMatchObject({
    '@odata.id': expect.stringContaining(`${org.url}/api/data/v9.2/accounts(`),
  });
  expect((await org.call('DELETE', `contacts(${contactid})/parentcustomerid_account/$ref`)).status).toBe(204);
  expect((await org.call('GET', `contacts(${contactid})/parentcustomerid_account`)).status).toBe(204);
});

test.each([
  ['contacts', { lastnam: 'x' }, 400, '0x80048d19', "The property 'lastnam' does not exist"],
  ['contacts', { _parentcustomerid_value: randomUUID() }, 400, '0x80048d19', 'Use Navigation properties instead'],
  ['contacts', { 'parentcustomerid@odata.bind': '/accounts(1)' }, 400, '0x80048d19', 'An undeclared property'],
  [
    'contacts',
    { 'parentcustomerid_account@odata.bind': `/accounts(${randomUUID()})` },
    404,
    '0x80040217',
    'Does Not Exist',
  ],
  ['contacts', { creditlimit: '12' }, 400, '0x80048d19', "Cannot convert the literal '12'"],
  ['contacts', { birthdate: '2001-02-30' }, 400, '0x80048d19', 'Cannot convert the literal'],
  ['contacts', { firstname: 'x'.repeat(51) }, 400, '0x80044331', 'exceeded the maximum allowed length'],
  ['contacts', { preferredcontactmethodcode: 99 }, 400, '0x8004431A', 'outside the valid range'],
  ['contacts', { new_interests: '1,9' }, 400, '0x8004431A', 'outside the valid range'],
  ['contacts', { statecode: 0, statuscode: 2 }, 400, '0x80048408', 'is not a valid status code'],
  ['leads', { revenue_score: 101 }, 400, '0x80044331', 'outside the valid range'],
  ['incidents', { title: 'x' }, 400, '0x80040203', 'You should specify a parent contact or account.'],
  ['new_subscriptions', { new_code: 'x' }, 400, '0x80040203', "Required field 'new_name' is missing"],
  ['systemusers', { fullname: 'x' }, 403, '0x80040220', 'privilege'],
])('a row of %s with %j is refused', async (set, body, status, code, message) => {
  const answer = await org.call('POST', set, body);
  expect([answer.status, codeOf(answer), messageOf(answer)]).toEqual([status, code, expect.stringContaining(message)]);
});

test('instants lose their fractions, several choices are sorted, a state takes a reason along', async () => {
  const body = {
    lastname: 'Kept',
    lastonholdtime: '2026-01-02T03:04:05.678+02:00',
    new_interests: '3,1',
    birthdate: '1970-02-28',
  };
  const made = await org.call('POST', 'contacts', body, representation);
  expect(made.body).toMatchObject({
    lastonholdtime: '2026-01-02T01:04:05Z',
    new_interests: '1,3',
    birthdate: '1970-02-28',
    fullname: 'Kept',
  });
  const { contactid } = made.body as Record<string, string>;
  const closed = await org.call('PATCH', `contacts(${contactid})`, { statecode: 1 }, representation);
  expect(closed.body).toMatchObject({ statecode: 1, statuscode: 2 });
});

test('rows that look alike are refused only where the client asks for it', async () => {
  const body = { lastname: 'Alike', emailaddress1: 'alike@mail.example' };
  await org.call('POST', 'contacts', body);
  expect((await org.call('POST', 'contacts', body)).status).toBe(204);
  const refused = await org.call('POST', 'contacts', body, { 'MSCRM.SuppressDuplicateDetection': 'false' });
  expect([refused.status, codeOf(refused)]).toEqual([412, '0x80040333']);
});

test('one property is written and emptied by its own address', async () => {
  const [id] = org.org.table('account')!.rows.keys();
  expect((await org.call('PUT', `accounts(${id})/name`, { value: 'Put' })).status).toBe(204);
  expect((await org.call('GET', `accounts(${id})/name`)).body).toMatchObject({ value: 'Put' });
  expect((await org.call('DELETE', `accounts(${id})/description`)).status).toBe(204);
  expect((await org.call('GET', `accounts(${id})/description`)).status).toBe(204);
});

const target = (more: Record<string, unknown>) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', ...more });
const multiple = (name: string, targets: unknown[]) =>
  org.call('POST', `accounts/Microsoft.Dynamics.CRM.${name}`, { Targets: targets });

test('CreateMultiple and UpdateMultiple write all rows or none', async () => {
  const made = await multiple('CreateMultiple', [target({ name: 'One' }), target({ name: 'Two' })]);
  const { Ids: ids } = made.body as { Ids: string[] };
  expect([made.status, ids.length]).toEqual([200, 2]);
  expect(
    (
      await multiple(
        'UpdateMultiple',
        ids.map((accountid) => target({ accountid, name: 'Both' })),
      )
    ).status,
  ).toBe(204);
  const before = org.org.table('account')!.rows.size;
  const refused = await multiple('CreateMultiple', [target({ name: 'Three' }), target({ name: 'x'.repeat(200) })]);
  expect([refused.status, codeOf(refused), org.org.table('account')!.rows.size]).toEqual([400, '0x80044331', before]);
  expect((await multiple('CreateMultiple', [{ name: 'No type' }])).status).toBe(400);
});

test('UpsertMultiple takes the key from the address, and refuses it in the body of a new row as well', async () => {
  const address = "accounts(accountnumber='UP-1')";
  expect((await multiple('UpsertMultiple', [target({ '@odata.id': address, name: 'New' })])).status).toBe(204);
  expect(
    (await multiple('UpsertMultiple', [target({ '@odata.id': address, accountnumber: 'UP-1', name: 'Old' })])).status,
  ).toBe(204);
  const both = await multiple('UpsertMultiple', [
    target({ '@odata.id': "accounts(accountnumber='UP-2')", accountnumber: 'UP-2' }),
  ]);
  expect([both.status, codeOf(both)]).toEqual([400, '0x80040216']);
  const twice = await multiple('UpsertMultiple', [target({ '@odata.id': address }), target({ '@odata.id': address })]);
  expect(twice.status).toBe(400);
  expect((await multiple('DeleteMultiple', [target({ accountid: randomUUID() })])).status).toBe(400);
});

test('the messages that a table takes are told, and it takes no other one', async () => {
  const taken = async (table: string): Promise<unknown[]> =>
    (
      await org.all(
        `sdkmessagefilters?$select=name&$filter=primaryobjecttypecode eq '${table}' and contains(sdkmessageid/name,'Multiple')&$expand=sdkmessageid($select=name)`,
      )
    ).map(({ sdkmessageid }) => (sdkmessageid as { name: string }).name);
  expect((await taken('account')).sort()).toEqual(['CreateMultiple', 'UpdateMultiple', 'UpsertMultiple']);
  expect(await taken('new_reading')).toContain('DeleteMultiple');
  expect(await taken('systemuser')).toEqual([]);
  const user = { '@odata.type': 'Microsoft.Dynamics.CRM.systemuser', fullname: 'x' };
  const refused = await org.call('POST', 'systemusers/Microsoft.Dynamics.CRM.CreateMultiple', { Targets: [user] });
  expect([refused.status, codeOf(refused)]).toEqual([400, '0x80040800']);
});

test('of an elastic table a message writes some rows and refuses others, and says which to who asks for it', async () => {
  const reading = (more: Record<string, unknown>) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.new_reading', ...more });
  const many = (name: string, targets: unknown[]) =>
    org.call(
      'POST',
      `new_readings/Microsoft.Dynamics.CRM.${name}`,
      { Targets: targets },
      { prefer: 'odata.include-annotations="*"' },
    );
  const half = await many('CreateMultiple', [reading({ new_name: 'One' }), reading({ new_name: 'x'.repeat(200) })]);
  const details = (half.body as { error: Record<string, string> }).error[
    '@Microsoft.PowerApps.CDS.ErrorDetails.Plugin.BulkApiErrorDetails'
  ];
  const [row] = [...org.org.table('new_reading')!.rows.values()];
  expect([half.status, codeOf(half), JSON.parse(details!)]).toEqual([
    400,
    '0x80044331',
    [
      { RequestIndex: 0, Id: row?.id, StatusCode: 201 },
      { RequestIndex: 1, Id: '', StatusCode: 400 },
    ],
  ]);
  const all = await many('CreateMultiple', [reading({ new_name: 'Two' }), reading({ new_name: 'Three' })]);
  expect((all.body as { Ids: string[] }).Ids).toHaveLength(2);
  const gone = [row!.id, ...(all.body as { Ids: string[] }).Ids].map((id) => reading({ new_readingid: id }));
  expect((await many('DeleteMultiple', gone)).status).toBe(204);
  expect(org.org.table('new_reading')!.rows.size).toBe(0);
});

test('a state is a change: a new row is born active, whatever it is given', async () => {
  const made = await org.call('POST', 'accounts', { name: 'Born', statecode: 1 }, representation);
  expect(made.body).toMatchObject({ statecode: 0, statuscode: 1 });
  const reason = await org.call('POST', 'accounts', { name: 'Born', statuscode: 2 });
  expect([reason.status, codeOf(reason)]).toEqual([400, '0x80048408']);
});

test('a deleted row can be restored where the recycle bin is on, with other values where some are given', async () => {
  const { contactid, accountid } = (await org.call('POST', 'accounts', { name: 'Gone' }, representation))
    .body as Record<string, string>;
  expect(contactid).toBeUndefined();
  expect((await org.call('DELETE', `accounts(${accountid})`)).status).toBe(204);
  const missed = await org.call('DELETE', `accounts(${accountid})`);
  expect([missed.status, codeOf(missed)]).toEqual([404, '0x80040217']);
  const restored = await org.call('POST', 'Restore', { Target: target({ accountid, name: 'Back' }) });
  expect([restored.status, (restored.body as { id: string }).id]).toEqual([200, accountid]);
  expect((await org.call('GET', `accounts(${accountid})`)).body).toMatchObject({ name: 'Back' });
  const again = await org.call('POST', 'Restore', { Target: { '@odata.id': `accounts(${accountid})` } });
  expect([again.status, codeOf(again)]).toEqual([400, '0x80044a02']);
});

test('the tables whose deleted rows can be restored are told, while the recycle bin is on', async () => {
  const path =
    'recyclebinconfigs?$select=name&$filter=statecode eq 0 and isreadyforrecyclebin eq true&$expand=extensionofrecordid($select=logicalname)';
  const names = (await org.all(path)).map(
    ({ extensionofrecordid }) => (extensionofrecordid as { logicalname: string }).logicalname,
  );
  expect(names.sort()).toEqual(['account', 'new_subscription']);
  await org.control('app', { recycleBin: false });
  expect(await org.all(path)).toEqual([]);
  await org.control('app', { recycleBin: true });
});
