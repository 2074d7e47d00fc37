import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openCloud, sendRows, type TestCloud } from '../testing.ts';

const ODD = "members & <gold> 'silver'";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openCloud();
});
beforeEach(async () => {
  await cloud.call('POST', '/__demo/rows', { key: 'AUDIENCE', clear: true });
});
afterAll(() => cloud.close());

const rowset = (key: string): string => `/hub/v1/dataevents/key:${encodeURIComponent(key)}/rowset`;

test('a rowset is written as a whole; columns that are not named stay', async () => {
  const first = [{ keys: { ContactKey: '1' }, values: { Email: 'a@b.co', Score: 1 } }];
  expect(await cloud.call('POST', rowset('audience'), first)).toMatchObject({ status: 200, body: first });
  await cloud.call('POST', rowset('AUDIENCE'), [{ keys: { CONTACTKEY: '1' }, values: { score: 2 } }]);
  expect(await cloud.rows('AUDIENCE')).toEqual([{ ContactKey: '1', Email: 'a@b.co', Score: '2' }]);
});

test('a rowset with one wrong row writes none, and names columns but no rows', async () => {
  const { status, body } = await cloud.call('POST', rowset('AUDIENCE'), [
    { keys: { ContactKey: '1' }, values: {} },
    { keys: { ContactKey: '2' }, values: { Score: 'many' } },
  ]);
  expect([status, body]).toMatchObject([
    400,
    { errorcode: 10006, additionalErrors: [{ errorcode: 10000, message: expect.stringContaining('[InvalidNumber]') }] },
  ]);
  expect(await cloud.rows('AUDIENCE')).toEqual([]);
});

test('a rowset needs a primary key, and the key of that', async () => {
  const noKey = await cloud.call('POST', rowset('NEWSLETTER_SIGNUPS'), [
    { keys: { EmailAddress: 'a@b.co' }, values: {} },
  ]);
  const otherKey = await cloud.call('POST', rowset('AUDIENCE'), [{ keys: { Email: 'a@b.co' }, values: {} }]);
  expect([noKey.status, otherKey.status]).toEqual([400, 400]);
});

test('one row is written by the values of its key, of several columns too', async () => {
  const path = '/hub/v1/dataevents/key:order-lines/rows/orderid:O-1,linenumber:2';
  expect((await cloud.call('PUT', path, { values: { Quantity: 99 } })).status).toBe(200);
  const row = (await cloud.rows('order-lines')).find((one) => one.OrderId === 'O-1' && one.LineNumber === '2');
  expect(row).toMatchObject({ Quantity: '99', Product: expect.stringMatching(/./) });
});

test('rows in the background have a result each, in their order', async () => {
  const results = await sendRows(cloud, 'PUT', 'AUDIENCE', [
    { ContactKey: 'one', Email: 'a@b.co' },
    { ContactKey: 'ONE ', Score: 3 },
    { ContactKey: 'two', Email: 'nowhere' },
    { Email: 'c@d.co' },
    { ContactKey: 'x'.repeat(51) },
    { ContactKey: 'three', Colour: 'red' },
  ]);
  expect(results).toMatchObject([
    { status: 'OK', message: 'Added Row.' },
    { status: 'OK', message: 'Updated Row.' },
    { status: 'Error', errorCode: 'InvalidEmailAddress' },
    { status: 'Error', errorCode: 'PrimaryKeyMissing' },
    { status: 'Error', errorCode: 'MaxLengthExceeded' },
    { status: 'Error', errorCode: 'InvalidColumn' },
  ]);
  expect(await cloud.rows('AUDIENCE')).toEqual([{ ContactKey: 'one', Email: 'a@b.co', Score: '3' }]);
});

test('POST adds and never updates; required columns must hold something, or have a default', async () => {
  const results = await sendRows(cloud, 'POST', 'SUBSCRIBERS', [
    { SubscriberKey: 'P-0000001', EmailAddress: 'a@b.co' },
    { SubscriberKey: 'new', EmailAddress: 'new@b.co' },
    { SubscriberKey: 'newer' },
  ]);
  expect(results).toMatchObject([
    { status: 'Error', message: expect.stringContaining('Violation of PRIMARY KEY constraint') },
    { status: 'OK' },
    { status: 'Error', errorCode: 'RequiredFieldMissing' },
  ]);
  expect((await cloud.rows('SUBSCRIBERS')).at(-1)).toMatchObject({ SubscriberKey: 'new', OptIn: 'False' });
});

test('rows without a key can be added again and again, and not be updated', async () => {
  const before = (await cloud.rows('NEWSLETTER_SIGNUPS')).length;
  const row = { EmailAddress: 'a@b.co' };
  expect(await sendRows(cloud, 'POST', 'NEWSLETTER_SIGNUPS', [row, row])).toMatchObject([
    { status: 'OK' },
    { status: 'OK' },
  ]);
  expect(await sendRows(cloud, 'PUT', 'NEWSLETTER_SIGNUPS', [row])).toMatchObject([{ errorCode: 'NoPrimaryKey' }]);
  expect((await cloud.rows('NEWSLETTER_SIGNUPS')).length).toBe(before + 2);
});

test('an accepted request is pending at first; results come page by page', async () => {
  await cloud.call('POST', '/__demo/faults', { kind: 'slow-work', ms: 100, match: { method: 'PUT' } });
  const items = Array.from({ length: 60 }, (_, index) => ({ ContactKey: `k${index}` }));
  const sent = await cloud.call('PUT', '/data/v1/async/dataextensions/key:AUDIENCE/rows', { items });
  const { requestId } = sent.body as { requestId: string };
  const pending = await cloud.call('GET', `/data/v1/async/${requestId}/status`);
  expect(pending.body).toMatchObject({ status: { requestStatus: 'Pending', hasErrors: false, requestId } });
  const status = async () => (await cloud.call('GET', `/data/v1/async/${requestId}/status`)).text;
  await expect.poll(status).toContain('"requestStatus":"Complete"');
  const second = await cloud.call('GET', `/data/v1/async/${requestId}/results?$page=2`);
  expect(second.body).toMatchObject({
    page: 2,
    pageSize: 50,
    count: 60,
    items: expect.objectContaining({ length: 10 }),
  });
});

test.each([
  [
    'PUT',
    '/data/v1/async/dataextensions/key:none/rows',
    { items: [{}] },
    400,
    { resultMessages: [{ resultType: 'Error' }] },
  ],
  ['PUT', '/data/v1/async/dataextensions/key:AUDIENCE/rows', { rows: [] }, 400, { errorcode: 10002 }],
  ['PUT', '/data/v1/async/dataextensions/key:AUDIENCE/rows', { items: [1] }, 400, { errorcode: 10001 }],
  ['PUT', '/data/v1/async/dataextensions/key:AUDIENCE/rows', '{', 400, { errorcode: 10004 }],
  ['GET', '/data/v1/async/none/status', undefined, 400, { resultMessages: [{ resultType: 'Error' }] }],
  ['POST', rowset('none'), [{ keys: {}, values: {} }], 404, { errorcode: 30003 }],
  ['POST', rowset('AUDIENCE'), [], 400, { errorcode: 10004 }],
  ['POST', rowset('AUDIENCE'), [{ keys: {} }], 400, { errorcode: 10002 }],
  ['GET', '/data/v1/customobjectdata/key/none/rowset', undefined, 404, { errorcode: 404 }],
  [
    'GET',
    '/data/v1/customobjectdata/key/AUDIENCE/rowset?$filter=Colour%20eq%201',
    undefined,
    400,
    { errorcode: 10005 },
  ],
  ['GET', '/data/v1/customobjectdata/key/AUDIENCE/rowset?$filter=Score%20is%201', undefined, 400, { errorcode: 10005 }],
  ['GET', '/data/v1/customobjectdata/key/AUDIENCE/rowset?$page=0', undefined, 400, { errorcode: 10005 }],
  ['DELETE', '/data/v1/filetransferlocations', undefined, 405, { errorcode: 405 }],
])('%s %s with %j is answered %i', async (method, path, body, status, answer) => {
  expect(await cloud.call(method, path, body)).toMatchObject({ status, body: answer });
});

test('JSON has to be said to be JSON, and may not be too long', async () => {
  const path = '/data/v1/async/dataextensions/key:AUDIENCE/rows';
  expect((await cloud.call('PUT', path, '{}', { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await cloud.call('PUT', path, ' '.repeat(6_000_000))).status).toBe(413);
});

test('read rows have small names, texts as values, and nothing at all when there are none', async () => {
  const empty = (await cloud.call('GET', '/data/v1/customobjectdata/key/AUDIENCE/rowset')).body;
  expect(empty).toMatchObject({ customObjectKey: 'AUDIENCE', count: 0 });
  expect(empty).not.toHaveProperty('items');
  const path = `/data/v1/customobjectdata/key/${encodeURIComponent(ODD)}/rowset?$pageSize=2&$orderBy=member%20number`;
  const { body } = await cloud.call('GET', path);
  expect(body).toMatchObject({
    count: 5,
    page: 1,
    pageSize: 2,
    items: [{ keys: { 'member number': '1000' }, values: { 'tier & <level>': 'gold' } }, {}],
  });
});

test('the rows of a token are fixed when they are asked for', async () => {
  const path = '/data/v1/customobjectdata/key/SUBSCRIBERS/rowset?$pageSize=60';
  const first = (await cloud.call('GET', path)).body as { links: { next: string }; count: number };
  await cloud.call('POST', '/__demo/rows', {
    key: 'SUBSCRIBERS',
    upsert: [{ SubscriberKey: 'late', EmailAddress: 'l@b.co' }],
  });
  const next = (await cloud.call('GET', `/data${first.links.next}&$pageSize=60`)).body as {
    count: number;
    items: unknown[];
  };
  expect([next.count, next.items.length]).toEqual([first.count, first.count - 60]);
});

test('a filter knows quotes, and, or and brackets', async () => {
  const filter = encodeURIComponent("(lastname eq 'O''Neill' or lastname eq 'Smith, Jr.') and optin neq 'true'");
  const { body } = await cloud.call('GET', `/data/v1/customobjectdata/key/SUBSCRIBERS/rowset?$filter=${filter}`);
  const wanted = (await cloud.rows('SUBSCRIBERS')).filter(
    (row) => ["O'Neill", 'Smith, Jr.'].includes(row.LastName!) && row.OptIn === 'False',
  );
  expect(wanted.length).toBeGreaterThan(0);
  const { items } = body as { items: { keys: { subscriberkey: string } }[] };
  expect(items.map(({ keys }) => keys.subscriberkey)).toEqual(wanted.map((row) => row.SubscriberKey));
});

test('a location is made by key, and gives its secrets to nobody', async () => {
  const details = {
    regionName: 'eucentral1',
    bucketName: 'b',
    relativePath: 'in',
    accessKeyId: 'AK',
    secretAccessKey: 'hidden',
    authType: 'AccessKey',
  };
  const made = await cloud.call('POST', '/data/v1/filetransferlocation', {
    customerKey: 'bucket',
    name: 'Bucket',
    locationType: 'AmazonSimpleStorage',
    awsFileTransferLocation: details,
  });
  expect(made).toMatchObject({
    status: 200,
    body: { fileTransferLocation: { customerKey: 'bucket', awsFileTransferLocation: { bucketName: 'b' } } },
  });
  expect(made.text).not.toContain('hidden');
  expect((await cloud.call('GET', '/data/v1/filetransferlocations')).body).toMatchObject({
    count: 1,
    items: [{ name: 'Bucket' }],
  });
  expect((await cloud.call('GET', '/automation/v1/ftplocations')).body).toMatchObject({
    items: [
      { name: 'ExactTarget Enhanced FTP', locationTypeId: 0 },
      { name: 'Bucket', locationTypeId: 13 },
    ],
  });
  expect((await cloud.call('GET', '/data/v1/filetransferlocation/none')).body).toEqual({
    requestId: expect.any(String),
    resultMessages: [],
  });
  expect((await cloud.call('POST', '/data/v1/filetransferlocation', { locationType: 'Moon' })).status).toBe(400);
});
