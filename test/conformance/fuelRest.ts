/** fuel-rest: rows written at once and in the background, and read. It writes every address in small letters. */
import type { Cloud } from '../harness/cloud.ts';
import type { FuelRest, RestAnswer } from './fuel.ts';
import { type Line, same, sameSet } from './line.ts';

type Row = Record<string, string>;

interface Page {
  count: number;
  links: { next?: string };
  items?: { keys: Row; values: Row }[];
}

export function fuelRestLines(rest: FuelRest, cloud: Cloud): Line[] {
  const on = (run: (rest: FuelRest, cloud: Cloud) => Promise<string>) => () => run(rest, cloud);
  return [
    { title: 'token context (GET)', run: on(context) },
    { title: 'rowset, upsert at once (POST)', run: on(upsert) },
    { title: 'one row by its key (PUT)', run: on(upsertOne) },
    { title: 'rowset with a wrong address (POST)', run: on(wrongValue) },
    { title: 'rows in the background, upsert (PUT)', run: on(upsertLater) },
    { title: 'rows in the background, insert (POST)', run: on(insertLater) },
    { title: 'rows of a data extension, page by page (GET)', run: on(readAll) },
    { title: 'rows with a filter and an order (GET)', run: on(readSome) },
    { title: 'a data extension that is not there (PUT)', run: on(unknown) },
    { title: 'an expired token is renewed', run: on(renew) },
    { title: 'too many requests (429)', run: on(limited) },
    { title: 'file locations (GET)', run: on(locations) },
  ];
}

async function context(rest: FuelRest, cloud: Cloud): Promise<string> {
  const { body } = await rest.get({ uri: '/platform/v1/tokenContext' });
  same('account', (body as { organization: { id: number } }).organization.id, cloud.accountId);
  return `acts in ${cloud.accountId}`;
}

async function upsert(rest: FuelRest, cloud: Cloud): Promise<string> {
  const items = [
    { keys: { ContactKey: 'a-1' }, values: { Email: 'a1@mail.example', Score: 7 } },
    { keys: { ContactKey: 'a-2' }, values: { Email: 'a2@mail.example' } },
  ];
  const answer = await rest.post({ uri: '/hub/v1/dataevents/key:AUDIENCE/rowset', body: JSON.stringify(items) });
  same('status', answer.res.statusCode, 200);
  same('answer', answer.body, items);
  same('rows', await cloud.rows('AUDIENCE'), [
    { ContactKey: 'a-1', Email: 'a1@mail.example', Score: '7' },
    { ContactKey: 'a-2', Email: 'a2@mail.example', Score: '' },
  ]);
  return '2 rows are there';
}

async function upsertOne(rest: FuelRest, cloud: Cloud): Promise<string> {
  const body = JSON.stringify({ values: { Score: 8 } });
  const answer = await rest.put({ uri: '/hub/v1/dataevents/key:AUDIENCE/rows/contactkey:a-1', body });
  same('status', answer.res.statusCode, 200);
  const [row] = await cloud.rows('AUDIENCE');
  same('row', row, { ContactKey: 'a-1', Email: 'a1@mail.example', Score: '8' });
  return 'the other columns stay';
}

async function wrongValue(rest: FuelRest, cloud: Cloud): Promise<string> {
  const items = [
    { keys: { ContactKey: 'a-3' }, values: { Email: 'a3@mail.example' } },
    { keys: { ContactKey: 'a-4' }, values: { Email: 'nowhere' } },
  ];
  const answer = await rest.post({ uri: '/hub/v1/dataevents/key:AUDIENCE/rowset', body: JSON.stringify(items) });
  same('status', answer.res.statusCode, 400);
  const { errorcode, additionalErrors } = answer.body as { errorcode: number; additionalErrors: { message: string }[] };
  same('errorcode', errorcode, 10006);
  if (!additionalErrors[0]?.message.includes('InvalidEmailAddress')) throw new Error(JSON.stringify(answer.body));
  same('rows', (await cloud.rows('AUDIENCE')).length, 2);
  return 'refused as a whole: 10006, InvalidEmailAddress';
}

async function upsertLater(rest: FuelRest, cloud: Cloud): Promise<string> {
  const items = [
    { ContactKey: 'a-1', Score: 9 },
    { ContactKey: 'a-5', Email: 'a5@mail.example' },
    { ContactKey: 'a-6', Email: 'nowhere' },
  ];
  const sent = await rest.put({
    uri: '/data/v1/async/dataextensions/key:AUDIENCE/rows',
    body: JSON.stringify({ items }),
  });
  const results = await resultsOf(rest, sent);
  same(
    'results',
    results.map(({ status }) => status),
    ['OK', 'OK', 'Error'],
  );
  same('code', results[2]?.errorCode, 'InvalidEmailAddress');
  sameSet(
    'keys',
    (await cloud.rows('AUDIENCE')).map(({ ContactKey }) => ContactKey),
    ['a-1', 'a-2', 'a-5'],
  );
  return '2 written, 1 refused: InvalidEmailAddress';
}

async function insertLater(rest: FuelRest, cloud: Cloud): Promise<string> {
  const items = [{ ContactKey: 'a-1', Score: 1 }, { ContactKey: 'a-7' }];
  const sent = await rest.post({
    uri: '/data/v1/async/dataextensions/key:AUDIENCE/rows',
    body: JSON.stringify({ items }),
  });
  const results = await resultsOf(rest, sent);
  same(
    'results',
    results.map(({ status }) => status),
    ['Error', 'OK'],
  );
  same('score', (await cloud.rows('AUDIENCE'))[0]?.Score, '9');
  return 'a key that is there is not added again';
}

interface RowResult {
  status: string;
  errorCode?: string;
}

/** Asks for the status until it is not pending any more, then for the results. */
async function resultsOf(rest: FuelRest, sent: RestAnswer): Promise<RowResult[]> {
  same('status', sent.res.statusCode, 202);
  const { requestId } = sent.body as { requestId: string };
  for (;;) {
    const { body } = await rest.get({ uri: `/data/v1/async/${requestId}/status` });
    if ((body as { status: { requestStatus: string } }).status.requestStatus !== 'Pending') break;
  }
  const { body } = await rest.get({ uri: `/data/v1/async/${requestId}/results` });
  return (body as { items: RowResult[] }).items;
}

async function readAll(rest: FuelRest, cloud: Cloud): Promise<string> {
  const keys: string[] = [];
  let uri: string | undefined = '/data/v1/customobjectdata/key/SUBSCRIBERS/rowset';
  for (let pages = 1; ; pages += 1) {
    const { links, items = [] }: Page = (await rest.get({ uri })).body as Page;
    keys.push(...items.map((item) => item.keys.subscriberkey ?? ''));
    uri = links.next && `/data${links.next}`;
    if (uri !== undefined) continue;
    const all = await cloud.rows('SUBSCRIBERS');
    sameSet(
      'keys',
      keys,
      all.map(({ SubscriberKey }) => SubscriberKey),
    );
    return `${keys.length} rows over ${pages} pages`;
  }
}

async function readSome(rest: FuelRest, cloud: Cloud): Promise<string> {
  const filter = encodeURIComponent("points gte 9900 and optin eq 'true'");
  const uri = `/data/v1/customobjectdata/key/SUBSCRIBERS/rowset?$filter=${filter}&$orderBy=points%20desc`;
  const { items = [] } = (await rest.get({ uri })).body as Page;
  const wanted = (await cloud.rows('SUBSCRIBERS')).filter((row) => Number(row.Points) >= 9900 && row.OptIn === 'True');
  sameSet(
    'keys',
    items.map(({ keys }) => keys.subscriberkey),
    wanted.map((row) => row.SubscriberKey),
  );
  const points = items.map(({ values }) => Number(values.points));
  same(
    'order',
    points,
    points.toSorted((a, b) => b - a),
  );
  return `${items.length} rows in order`;
}

async function unknown(rest: FuelRest): Promise<string> {
  const body = JSON.stringify({ items: [{ Id: '1' }] });
  const answer = await rest.put({ uri: '/data/v1/async/dataextensions/key:nothing/rows', body });
  same('status', answer.res.statusCode, 400);
  return 'refused: 400';
}

/** The library renews the token, but asks again at a wrong address where the host does not end with .com. */
async function renew(rest: FuelRest, cloud: Cloud): Promise<string> {
  const before = await tokens(cloud);
  await cloud.control('faults', { kind: 'expire-token', match: { path: '/platform' } });
  await rest.get({ uri: '/platform/v1/tokenContext' });
  const { res } = await rest.get({ uri: '/platform/v1/tokenContext' });
  same('status', res.statusCode, 200);
  same('tokens given out', (await tokens(cloud)) - before, 1);
  return 'one 401, one new token, 200';
}

async function tokens(cloud: Cloud): Promise<number> {
  return ((await cloud.state('state')) as { tokens: { issued: number } }).tokens.issued;
}

async function limited(rest: FuelRest, cloud: Cloud): Promise<string> {
  await cloud.control('faults', { kind: 'rate-limit', match: { path: '/platform' } });
  const { res, body } = await rest.get({ uri: '/platform/v1/tokenContext' });
  same(
    'answer',
    [res.statusCode, res.headers['retry-after'], (body as { errorcode: number }).errorcode],
    [429, '5', 50100],
  );
  return '429, Retry-After 5, 50100';
}

async function locations(rest: FuelRest): Promise<string> {
  const { body } = await rest.get({ uri: '/automation/v1/ftplocations' });
  const [first] = (body as { items: { name: string }[] }).items;
  same('location', first?.name, 'ExactTarget Enhanced FTP');
  return String(first?.name);
}
