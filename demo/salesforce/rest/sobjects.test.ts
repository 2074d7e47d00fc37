import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg();
});
afterAll(() => org.close());

async function create(values: Record<string, unknown>, object = 'Contact'): Promise<string> {
  const { status, body } = await org.call('POST', `/sobjects/${object}`, values);
  expect([status, body]).toMatchObject([201, { success: true, errors: [] }]);
  return (body as { id: string }).id;
}

async function read(id: string, object = 'Contact'): Promise<Record<string, unknown>> {
  return (await org.call('GET', `/sobjects/${object}/${id}`)).body as Record<string, unknown>;
}

test('a record is made, read, changed, deleted, and then gone', async () => {
  const { status, headers, body } = await org.call('POST', '/sobjects/Contact', {
    LastName: '  Ny  ',
    FirstName: '',
    Email: 'ny@example.com',
  });
  const { id } = body as { id: string };
  expect(status).toBe(201);
  expect(body).toEqual({ id, success: true, errors: [] });
  expect(headers.get('location')).toBe(`/services/data/v60.0/sobjects/Contact/${id}`);
  const now = '2026-06-15T10:00:00.000+0000';
  expect(await read(id)).toMatchObject({
    attributes: { type: 'Contact', url: `/services/data/v60.0/sobjects/Contact/${id}` },
    Id: id,
    LastName: 'Ny',
    FirstName: null,
    Name: 'Ny',
    IsDeleted: false,
    OwnerId: org.org.userId,
    Consent_Email__c: false,
    CreatedDate: now,
    LastModifiedDate: now,
    SystemModstamp: now,
  });
  org.org.clock.advance(90);
  const change = await org.call('PATCH', `/sobjects/contact/${id.slice(0, 15)}`, {
    FirstName: 'Åsa',
    AnnualValue__c: '12.345',
  });
  expect([change.status, change.text]).toEqual([204, '']);
  expect(await read(id)).toMatchObject({
    Name: 'Åsa Ny',
    AnnualValue__c: 12.35,
    CreatedDate: now,
    SystemModstamp: '2026-06-15T10:01:30.000+0000',
  });
  expect((await org.call('DELETE', `/sobjects/Contact/${id}`)).status).toBe(204);
  expect((await org.call('GET', `/sobjects/Contact/${id}`)).status).toBe(404);
  for (const method of ['DELETE', 'PATCH']) {
    const { status, body } = await org.call(method, `/sobjects/Contact/${id}`, method === 'PATCH' ? {} : undefined);
    expect([status, body]).toEqual([
      404,
      [{ message: 'entity is deleted', errorCode: 'ENTITY_IS_DELETED', fields: [] }],
    ]);
  }
  const kept = await org.query(`SELECT Id, IsDeleted, FirstName FROM Contact WHERE Id = '${id}'`, '/queryAll');
  expect(kept.records).toMatchObject([{ IsDeleted: true, FirstName: 'Åsa' }]);
});

test('null and empty text clear a field, a field left out stays', async () => {
  const id = await create({ LastName: 'A', Title: 'T', Department: 'D', Phone: '1' });
  await org.call('PATCH', `/sobjects/Contact/${id}`, { Title: null, Department: '' });
  expect(await read(id)).toMatchObject({ Title: null, Department: null, Phone: '1' });
});

test('text is coerced to the type of its field, as for clients that send only text', async () => {
  const id = await create({
    LastName: 'Coerced',
    Consent_Email__c: 'true',
    Loyalty_Points__c: '12',
    Birthdate: '1990-02-28',
    Consent_Date__c: '2026-01-31T10:00:00+02:00',
  });
  expect(await read(id)).toMatchObject({
    Consent_Email__c: true,
    Loyalty_Points__c: 12,
    Birthdate: '1990-02-28',
    Consent_Date__c: '2026-01-31T08:00:00.000+0000',
  });
});

const INVALID = 'INVALID_FIELD';
test.each([
  [{}, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName']],
  [{ LastName: null }, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName']],
  [
    { LastName: 'x'.repeat(81) },
    'STRING_TOO_LONG',
    `Last Name: data value too large: ${'x'.repeat(77)}... (max length=80)`,
    ['LastName'],
  ],
  [{ LastName: 'a', Email: 'foo' }, 'INVALID_EMAIL_ADDRESS', 'Email: invalid email address: foo', ['Email']],
  [
    { LastName: 'a', Preferred_Language__c: 'Klingon' },
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    'Preferred Language: bad value for restricted picklist field: Klingon',
    ['Preferred_Language__c'],
  ],
  [
    { LastName: 'a', CreatedDate: '2020-01-01T00:00:00Z' },
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    'Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify that it is read/write for your profile or permission set.',
    ['CreatedDate'],
  ],
  [
    { LastName: 'a', AnnualValue__c: 1e16 },
    'NUMBER_OUTSIDE_VALID_RANGE',
    'Annual Value: value outside of valid range on numeric field: 10000000000000000',
    ['AnnualValue__c'],
  ],
  [{ LastName: 'a', AccountId: '001x' }, 'MALFORMED_ID', 'Account ID: id value of incorrect type: 001x', ['AccountId']],
  [
    { LastName: 'a', AccountId: '003000000000001AAA' },
    'FIELD_INTEGRITY_EXCEPTION',
    'Account ID: id value of incorrect type: 003000000000001AAA',
    ['AccountId'],
  ],
  [{ LastName: 'a', AccountId: '001000000000001AAA' }, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []],
  [{ LastName: 'a', Foo: 1 }, INVALID, "No such column 'Foo' on sobject of type Contact", undefined],
  [{ LastName: 'a', Id: '003' }, INVALID, 'The Id field should not be specified in the sobject data.', undefined],
])('creating a contact with %j is refused', async (values, errorCode, message, fields) => {
  const { status, body } = await org.call('POST', '/sobjects/Contact', values);
  expect([status, body]).toEqual([400, [fields ? { message, errorCode, fields } : { message, errorCode }]]);
});

test.each([
  [
    '{"LastName":"a","Birthdate":"31.01.2024"}',
    'Cannot deserialize instance of date from VALUE_STRING value 31.01.2024',
    29,
  ],
  [
    '{"LastName":"a","Birthdate":"2024-02-30"}',
    'Cannot deserialize instance of date from VALUE_STRING value 2024-02-30',
    29,
  ],
  [
    '{"LastName":"a","Consent_Date__c":"2024-01-01T00:00:00"}',
    'Cannot deserialize instance of datetime from VALUE_STRING value 2024-01-01T00:00:00',
    35,
  ],
  [
    '{"LastName":"a","Consent_Email__c":"maybe"}',
    'Cannot deserialize instance of boolean from VALUE_STRING value maybe',
    36,
  ],
  [
    '{"LastName":"a","AnnualValue__c":"12,5"}',
    'Cannot deserialize instance of currency from VALUE_STRING value 12,5',
    34,
  ],
  ['{"LastName":["a"]}', 'Cannot deserialize instance of string from START_ARRAY value [', 13],
])('%s is a parser error with its place', async (text, message, column) => {
  const { status, body } = await org.call('POST', '/sobjects/Contact', text);
  const place = `or request may be missing a required field at [line:1, column:${column}]`;
  expect([status, body]).toEqual([400, [{ message: `${message} ${place}`, errorCode: 'JSON_PARSER_ERROR' }]]);
});

test('a body that is no JSON object, or of another type, is refused', async () => {
  for (const text of ['{"LastName":}', '[]', '"x"', '']) {
    const { status, body } = await org.call('POST', '/sobjects/Contact', text);
    expect([status, body]).toMatchObject([400, [{ errorCode: 'JSON_PARSER_ERROR' }]]);
  }
  const { status } = await org.call('POST', '/sobjects/Contact', 'LastName=a', { 'content-type': 'text/plain' });
  expect(status).toBe(415);
});

test('an external id is unique without regard to case, until its record is deleted', async () => {
  const first = await create({ LastName: 'One', External_Id__c: 'dup-1' });
  const { status, body } = await org.call('POST', '/sobjects/Contact', { LastName: 'Two', External_Id__c: 'DUP-1' });
  expect([status, body]).toEqual([
    400,
    [
      {
        message: `duplicate value found: External_Id__c duplicates value on record with id: ${first}`,
        errorCode: 'DUPLICATE_VALUE',
        fields: [],
      },
    ],
  ]);
  await org.call('DELETE', `/sobjects/Contact/${first}`);
  await create({ LastName: 'Three', External_Id__c: 'dup-1' });
});

test('upsert by external id creates, then updates, and takes values that need encoding', async () => {
  const path = `/sobjects/Contact/External_Id__c/${encodeURIComponent('a/b?c#d e+ü%')}`;
  const made = await org.call('PATCH', path, { LastName: 'Up' });
  expect(made.status).toBe(201);
  expect(made.body).toEqual({ id: expect.stringMatching(/^003/), success: true, errors: [], created: true });
  const { id } = made.body as { id: string };
  const changed = await org.call('PATCH', path, { LastName: 'Up2' });
  expect([changed.status, changed.body]).toEqual([200, { id, success: true, errors: [], created: false }]);
  expect(await read(id)).toMatchObject({ LastName: 'Up2', External_Id__c: 'a/b?c#d e+ü%' });
  expect((await org.call('GET', path)).body).toMatchObject({ Id: id });
  const old = await org.call('PATCH', `/services/data/v45.0${path}`, { LastName: 'Up3' });
  expect([old.status, old.text]).toEqual([204, '']);
  expect((await org.call('DELETE', path)).status).toBe(204);
  expect((await org.call('GET', path)).status).toBe(404);
});

test('an upsert that may only update, names no key field, or repeats the key in its body is refused', async () => {
  const only = await org.call('PATCH', '/sobjects/Contact/External_Id__c/none?updateOnly=true', { LastName: 'a' });
  expect([only.status, only.body]).toMatchObject([404, [{ errorCode: 'NOT_FOUND' }]]);
  const unknown = await org.call('PATCH', '/sobjects/Account/Nope__c/1', { Name: 'a' });
  expect([unknown.status, unknown.body]).toEqual([
    404,
    [{ errorCode: 'NOT_FOUND', message: 'Provided external ID field does not exist or is not accessible: Nope__c' }],
  ]);
  const repeated = await org.call('PATCH', '/sobjects/Contact/External_Id__c/k', {
    LastName: 'a',
    External_Id__c: 'k',
  });
  expect(repeated.body).toEqual([
    { errorCode: INVALID, message: 'The External_Id__c field should not be specified in the sobject data.' },
  ]);
});

test('a key that fits several records is answered 300 with all of them, and nothing is written', async () => {
  const ids = [
    await create({ LastName: 'S1', Legacy_Id__c: 'same' }),
    await create({ LastName: 'S2', Legacy_Id__c: 'SAME' }),
  ];
  const urls = ids.map((id) => `/services/data/v60.0/sobjects/Contact/${id}`);
  for (const [method, body] of [
    ['GET', undefined],
    ['PATCH', { LastName: 'no' }],
    ['DELETE', undefined],
  ] as const) {
    const answer = await org.call(method, '/sobjects/Contact/Legacy_Id__c/same', body);
    expect([answer.status, answer.body]).toEqual([300, urls]);
  }
  expect(await read(ids[0]!)).toMatchObject({ LastName: 'S1', IsDeleted: false });
});

test('a parent can be named by its external id', async () => {
  const account = await create({ Name: 'Parent', External_Id__c: 'acc-1' }, 'Account');
  const id = await create({ LastName: 'Child', Account: { External_Id__c: 'ACC-1' } });
  expect(await read(id)).toMatchObject({ AccountId: account });
  const { body } = await org.call('POST', '/sobjects/Contact', { LastName: 'x', Account: { External_Id__c: 'none' } });
  expect(body).toMatchObject([
    {
      errorCode: INVALID,
      message: 'Foreign key external ID: none not found for field External_Id__c in entity Account',
    },
  ]);
});

test('deleting an account takes its contacts along, but not when cases hang on them', async () => {
  const account = await create({ Name: 'Going' }, 'Account');
  const contact = await create({ LastName: 'Along', AccountId: account });
  const ticket = await create({ ContactId: contact, Subject: 'Stays' }, 'Case');
  const refused = await org.call('DELETE', `/sobjects/Account/${account}`);
  expect([refused.status, refused.body]).toMatchObject([400, [{ errorCode: 'DELETE_FAILED' }]]);
  expect((await read(contact)).IsDeleted).toBe(false);
  await org.call('DELETE', `/sobjects/Case/${ticket}`);
  expect((await org.call('DELETE', `/sobjects/Account/${account}`)).status).toBe(204);
  expect((await org.call('GET', `/sobjects/Contact/${contact}`)).status).toBe(404);
});

test('a converted lead cannot be changed', async () => {
  const { records } = await org.query('SELECT Id FROM Lead WHERE IsConverted = TRUE LIMIT 1');
  const { status, body } = await org.call('PATCH', `/sobjects/Lead/${records[0]!.Id}`, { Company: 'x' });
  expect([status, body]).toMatchObject([400, [{ errorCode: 'CANNOT_UPDATE_CONVERTED_LEAD' }]]);
});

test('what follows from other values follows from written ones too', async () => {
  const account = await create({ Name: 'Buyer', NumberOfEmployees: 1001 }, 'Account');
  const deal = await create(
    { Name: 'Deal', StageName: 'Closed Won', CloseDate: '2026-07-01', Amount: 1000, AccountId: account },
    'Opportunity',
  );
  expect(await read(deal, 'Opportunity')).toMatchObject({
    Probability: 100,
    ExpectedRevenue: 1000,
    IsWon: true,
    IsClosed: true,
  });
  const contract = await create({ AccountId: account, StartDate: '2026-01-31', ContractTerm: 1 }, 'Contract');
  expect(await read(contract, 'Contract')).toMatchObject({
    EndDate: '2026-02-27',
    Status: 'Draft',
    StatusCode: 'Draft',
  });
  expect(await read(account, 'Account')).toMatchObject({ Is_Large__c: true });
});

test('fields can be chosen, and objects that are not ours to write are refused', async () => {
  const [row] = (await org.query('SELECT Id FROM Contact LIMIT 1')).records;
  const { body } = await org.call('GET', `/sobjects/Contact/${row!.Id}?fields=LastName,Email`);
  expect(Object.keys(body as object)).toEqual(['attributes', 'LastName', 'Email']);
  expect((await org.call('GET', `/sobjects/Contact/${row!.Id}?fields=Nope`)).body).toMatchObject([
    { errorCode: INVALID },
  ]);
  expect((await org.call('PATCH', `/sobjects/User/${org.org.userId}`, { Title: 'x' })).status).toBe(400);
  expect((await org.call('GET', '/sobjects/Nope')).status).toBe(404);
  expect((await org.call('PATCH', '/sobjects/Contact/nonsense', {})).body).toMatchObject([
    { errorCode: 'MALFORMED_ID' },
  ]);
  expect((await org.call('PATCH', '/sobjects/Contact/003000000000001AAA', {})).status).toBe(404);
});

test('POST can stand for PATCH', async () => {
  const id = await create({ LastName: 'Override' });
  expect((await org.call('POST', `/sobjects/Contact/${id}?_HttpMethod=PATCH`, { LastName: 'Overridden' })).status).toBe(
    204,
  );
  expect(await read(id)).toMatchObject({ LastName: 'Overridden' });
});

test('a compressed body is read, one that is not what it says is refused', async () => {
  const send = (body: Uint8Array<ArrayBuffer>): Promise<Response> =>
    fetch(`${org.url}/services/data/v60.0/sobjects/Contact`, {
      method: 'POST',
      headers: { authorization: `Bearer ${org.token}`, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body,
    });
  const made = await send(new Uint8Array(gzipSync('{"LastName":"Zipped"}')));
  expect([made.status, await made.json()]).toMatchObject([201, { success: true }]);
  const refused = await send(new TextEncoder().encode('{"LastName":"Plain"}'));
  expect([refused.status, await refused.json()]).toMatchObject([400, [{ errorCode: 'BAD_REQUEST' }]]);
});
