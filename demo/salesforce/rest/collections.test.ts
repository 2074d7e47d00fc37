import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 1000 });
});
afterAll(() => org.close());

const PATH = '/composite/sobjects';
const contact = (values: Record<string, unknown>) => ({ attributes: { type: 'Contact' }, ...values });

interface Result {
  id?: string;
  success: boolean;
  created?: boolean;
  errors: { statusCode: string; message: string; fields: string[] }[];
}

async function send(method: string, path: string, body?: unknown): Promise<Result[]> {
  const answer = await org.call(method, path, body);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return answer.body as Result[];
}

const codes = (results: Result[]): string[] =>
  results.map(({ success, errors }) => (success ? 'ok' : errors[0]!.statusCode));

test('good and bad records of one request have a result each, in their order', async () => {
  const results = await send('POST', PATH, {
    allOrNone: false,
    records: [contact({ LastName: 'Ok', Email: 'a@b.co' }), contact({ Email: 'not-an-email' })],
  });
  expect(results).toEqual([
    { id: expect.stringMatching(/^003\w{15}$/), success: true, errors: [] },
    {
      success: false,
      errors: [
        {
          statusCode: 'INVALID_EMAIL_ADDRESS',
          message: 'Email: invalid email address: not-an-email',
          fields: ['Email'],
        },
        {
          statusCode: 'REQUIRED_FIELD_MISSING',
          message: 'Required fields are missing: [LastName]',
          fields: ['LastName'],
        },
      ],
    },
  ]);
});

test('with allOrNone nothing is written when one record fails', async () => {
  const before = (await org.query('SELECT COUNT() FROM Contact')).totalSize;
  const results = await send('POST', PATH, {
    allOrNone: true,
    records: [contact({ LastName: 'A' }), contact({}), contact({ LastName: 'B' })],
  });
  expect(codes(results)).toEqual([
    'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    'REQUIRED_FIELD_MISSING',
    'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  ]);
  expect(results.every(({ id }) => id === undefined)).toBe(true);
  expect((await org.query('SELECT COUNT() FROM Contact')).totalSize).toBe(before);
  expect((await org.query("SELECT COUNT() FROM Contact WHERE LastName = 'B'", '/queryAll')).totalSize).toBe(0);
});

test('records are changed by id, and what cannot be is said record by record', async () => {
  const [one, two, three] = (await org.query('SELECT Id FROM Contact LIMIT 3')).records.map(({ Id }) => Id);
  const results = await send('PATCH', PATH, {
    records: [
      contact({ id: one, Title: 'Changed' }),
      contact({ Id: two!.slice(0, 15), Title: 'Changed' }),
      contact({ id: one, Title: 'Twice' }),
      contact({ id: '003000000000001AAA', Title: 'x' }),
      contact({ id: 'bad', Title: 'x' }),
      contact({ Title: 'x' }),
      contact({ id: three, LastName: null }),
    ],
  });
  expect(codes(results)).toEqual([
    'ok',
    'ok',
    'DUPLICATE_VALUE',
    'INVALID_CROSS_REFERENCE_KEY',
    'MALFORMED_ID',
    'MISSING_ARGUMENT',
    'REQUIRED_FIELD_MISSING',
  ]);
  expect(results[1]!.id).toBe(two);
  expect(results[6]!.id).toBe(three);
  expect((await org.query(`SELECT Title FROM Contact WHERE Id = '${one}'`)).records).toMatchObject([
    { Title: 'Changed' },
  ]);
});

test('a change is taken back to what was written before it', async () => {
  const [row] = (await org.query('SELECT Id, SystemModstamp FROM Contact ORDER BY Id DESC LIMIT 1')).records;
  await send('PATCH', PATH, { records: [contact({ id: row!.Id, Title: 'First' })] });
  org.org.clock.advance(5);
  await send('PATCH', PATH, {
    allOrNone: true,
    records: [contact({ id: row!.Id, Title: 'Second' }), contact({ id: 'bad' })],
  });
  expect((await org.query(`SELECT Title FROM Contact WHERE Id = '${row!.Id}'`)).records).toMatchObject([
    { Title: 'First' },
  ]);
});

test('upsert matches by external id; a key given twice is refused on both', async () => {
  const path = `${PATH}/Contact/External_Id__c`;
  const first = await send('PATCH', path, {
    records: [contact({ External_Id__c: 'u1', LastName: 'U1' }), contact({ LastName: 'No key' })],
  });
  expect(first).toMatchObject([
    { success: true, created: true },
    { success: true, created: true },
  ]);
  const second = await send('PATCH', path, {
    records: [
      { External_Id__c: 'U1', Title: 'found' },
      contact({ External_Id__c: 'u2', LastName: 'U2' }),
      contact({ External_Id__c: 'U2', LastName: 'U2' }),
    ],
  });
  expect(second[0]).toEqual({ id: first[0]!.id, success: true, errors: [], created: false });
  expect(codes(second)).toEqual(['ok', 'DUPLICATE_VALUE', 'DUPLICATE_VALUE']);
  expect(second[1]!.errors[0]!.message).toBe('Duplicate external id specified: u2');
});

test('upsert by a key that fits several records refuses that record', async () => {
  await send('POST', PATH, {
    records: [contact({ LastName: 'S', Legacy_Id__c: 'twice' }), contact({ LastName: 'S', Legacy_Id__c: 'twice' })],
  });
  const results = await send('PATCH', `${PATH}/Contact/Legacy_Id__c`, {
    records: [contact({ Legacy_Id__c: 'twice', Title: 'x' })],
  });
  expect(codes(results)).toEqual(['DUPLICATE_EXTERNAL_ID']);
});

test('records are deleted by a list of ids, of several objects', async () => {
  const [going] = await send('POST', PATH, { records: [contact({ LastName: 'Going' })] });
  const { id } = going!;
  const [account] = await send('POST', PATH, { records: [{ attributes: { type: 'Account' }, Name: 'Going' }] });
  const results = await send('DELETE', `${PATH}?ids=${id},${account!.id},${id},xyz`);
  expect(codes(results)).toEqual(['ok', 'ok', 'ENTITY_IS_DELETED', 'MALFORMED_ID']);
  expect(results.map((result) => result.id)).toEqual([id, account!.id, id, 'xyz']);
});

test('retrieve keeps the place of records that are not there', async () => {
  const [row] = (await org.query('SELECT Id, LastName FROM Contact LIMIT 1')).records;
  const body = { ids: [row!.Id, '003000000000001AAA', row!.Id.slice(0, 15)], fields: ['LastName'] };
  const { body: posted } = await org.call('POST', `${PATH}/Contact`, body);
  expect(posted).toMatchObject([{ LastName: row!.LastName }, null, { LastName: row!.LastName }]);
  const { body: got } = await org.call('GET', `${PATH}/Contact?ids=${body.ids.join(',')}&fields=LastName`);
  expect(got).toEqual(posted);
});

test('requests that are too long or mix objects too often are refused as a whole', async () => {
  const many = { records: Array.from({ length: 201 }, () => contact({ LastName: 'x' })) };
  expect((await org.call('POST', PATH, many)).body).toEqual([
    {
      errorCode: 'EXCEEDED_ID_LIMIT',
      message: 'record limit reached. cannot submit more than 200 records into this call',
    },
  ]);
  const mixed = {
    records: Array.from({ length: 11 }, (_, i) => ({
      attributes: { type: i % 2 ? 'Account' : 'Contact' },
      Name: 'x',
      LastName: 'x',
    })),
  };
  expect((await org.call('POST', PATH, mixed)).body).toMatchObject([
    { errorCode: 'LIMIT_EXCEEDED', message: expect.stringContaining('10 chunks') },
  ]);
});

test('a record that cannot be understood fails the request and writes nothing', async () => {
  const before = (await org.query('SELECT COUNT() FROM Contact')).totalSize;
  for (const [bad, errorCode] of [
    [{ LastName: 'x', Nope: 1 }, 'INVALID_FIELD'],
    [{ LastName: 'x', Birthdate: 'soon' }, 'JSON_PARSER_ERROR'],
  ] as const) {
    const { status, body } = await org.call('POST', PATH, { records: [contact({ LastName: 'Fine' }), contact(bad)] });
    expect([status, body]).toMatchObject([400, [{ errorCode }]]);
  }
  const untyped = await org.call('POST', PATH, { records: [{ LastName: 'x' }] });
  expect(untyped.body).toMatchObject([{ errorCode: 'INVALID_TYPE' }]);
  expect((await org.call('POST', PATH, { records: 'x' })).status).toBe(400);
  expect((await org.query('SELECT COUNT() FROM Contact')).totalSize).toBe(before);
});
