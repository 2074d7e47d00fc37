/** jsforce as it comes from the registry: signing in, and reading. */
import { Connection, OAuth2 } from 'jsforce';
import type { Demo } from './demo.ts';
import { type Line, same, sameSet } from './line.ts';
import { allowInBrowser } from './person.ts';

const version = '60.0';

export type Opened = { connection: Connection };

export function jsforceSignInLines(demo: Demo, opened: Opened): Line[] {
  return [
    { title: 'login (SOAP)', run: () => login(demo, opened) },
    { title: 'login (a wrong password)', run: () => wrongLogin(demo) },
    { title: 'authorize (client credentials)', run: () => authorize(demo) },
    { title: 'authorisation code with PKCE, refresh after a 401', run: () => refresh(demo) },
  ];
}

export function jsforceReadingLines(demo: Demo, opened: Opened): Line[] {
  const on = (run: (connection: Connection, demo: Demo) => Promise<string>) => () => run(opened.connection, demo);
  return [
    { title: 'identity', run: on(identity) },
    { title: 'query and queryMore', run: on(queryMore) },
    { title: 'query with autoFetch', run: on(autoFetch) },
    { title: 'queryAll (scanAll)', run: on(queryAll) },
    { title: 'sobject().find with conditions', run: on(find) },
    { title: 'sobject().count', run: on(count) },
    { title: 'describeGlobal', run: on(describeGlobal) },
    { title: 'describe', run: on(describe) },
    { title: 'limits', run: on(limits) },
    { title: 'search', run: on(search) },
    { title: 'retrieve', run: on(retrieve) },
  ];
}

async function login(demo: Demo, opened: Opened): Promise<string> {
  const connection = new Connection({ loginUrl: demo.url, version });
  const user = await connection.login(demo.username, demo.password + demo.securityToken);
  const [id] = await demo.ids(`SELECT Id FROM User WHERE Username = '${demo.username}'`);
  same('user', user.id, id);
  opened.connection = connection;
  return `session of ${user.id}`;
}

async function wrongLogin(demo: Demo): Promise<string> {
  const connection = new Connection({ loginUrl: demo.url, version });
  return refusal(connection.login(demo.username, 'wrong'), 'INVALID_LOGIN');
}

async function authorize(demo: Demo): Promise<string> {
  const oauth2 = { loginUrl: demo.url, clientId: demo.clientId, clientSecret: demo.clientSecret };
  const connection = new Connection({ loginUrl: demo.url, version, oauth2 });
  await connection.authorize({ grant_type: 'client_credentials' });
  same('address', connection.instanceUrl, demo.url);
  return `session of ${connection.userInfo?.id}`;
}

/** A person allows the client in a browser; the refresh token that comes of it outlives the session. */
async function refresh(demo: Demo): Promise<string> {
  const redirectUri = 'http://localhost:1717/callback';
  const client = { loginUrl: demo.url, clientId: demo.clientId, clientSecret: demo.clientSecret, redirectUri };
  const oauth2 = new OAuth2({ ...client, useVerifier: true });
  const code = await allowInBrowser(demo, oauth2.getAuthorizationUrl({ scope: 'api refresh_token' }));
  const { refresh_token: refreshToken } = await oauth2.requestToken(code);
  if (refreshToken === undefined) throw new Error('no refresh token came');
  const connection = new Connection({ instanceUrl: demo.url, accessToken: 'expired', refreshToken, oauth2, version });
  let renewed = 0;
  connection.on('refresh', () => {
    renewed += 1;
  });
  same('records read with the new session', (await connection.query('SELECT Id FROM Organization')).totalSize, 1);
  same('refreshes', renewed, 1);
  return 'the session was renewed once, and the query answered';
}

async function identity(connection: Connection, demo: Demo): Promise<string> {
  const { user_id: user, username } = await connection.identity();
  same('user name', username, demo.username);
  return `${user}, ${username}`;
}

async function queryMore(connection: Connection, demo: Demo): Promise<string> {
  let page = await connection.query('SELECT Id FROM Contact');
  const ids = page.records.map(({ Id }) => Id);
  let pages = 1;
  for (; !page.done; pages += 1) {
    page = await connection.queryMore(page.nextRecordsUrl ?? '');
    ids.push(...page.records.map(({ Id }) => Id));
  }
  if (pages < 3) throw new Error(`only ${pages} pages came`);
  sameSet('ids', ids, await demo.ids('SELECT Id FROM Contact'));
  return `${ids.length} records over ${pages} pages`;
}

async function autoFetch(connection: Connection, demo: Demo): Promise<string> {
  const { records } = await connection.query('SELECT Id FROM Contact', { autoFetch: true, maxFetch: 50_000 });
  sameSet(
    'ids',
    records.map(({ Id }) => Id),
    await demo.ids('SELECT Id FROM Contact'),
  );
  return `${records.length} records`;
}

async function queryAll(connection: Connection, demo: Demo): Promise<string> {
  const options = { scanAll: true, autoFetch: true, maxFetch: 50_000 };
  const { records } = await connection.query('SELECT Id, IsDeleted FROM Contact', options);
  const deleted = records.filter((row) => row.IsDeleted).length;
  same('live records', records.length - deleted, await demo.count('SELECT Id FROM Contact'));
  if (deleted === 0) throw new Error('no deleted record came');
  return `${records.length} records, ${deleted} of them deleted`;
}

async function find(connection: Connection, demo: Demo): Promise<string> {
  const found = await connection.sobject('Contact').find({ LastName: { $like: 'M%' }, Email: { $ne: null } }, ['Id']);
  sameSet(
    'ids',
    found.map(({ Id }) => Id),
    await demo.ids("SELECT Id FROM Contact WHERE LastName LIKE 'M%' AND Email != null"),
  );
  return `${found.length} records`;
}

async function count(connection: Connection, demo: Demo): Promise<string> {
  const found = await connection.sobject('Account').count({});
  same('accounts', found, await demo.count('SELECT Id FROM Account'));
  return `${found} accounts`;
}

async function describeGlobal(connection: Connection): Promise<string> {
  const { sobjects, maxBatchSize } = await connection.describeGlobal();
  same('maxBatchSize', maxBatchSize, 200);
  const missing = ['Account', 'Contact', 'Lead', 'User'].filter((name) => !sobjects.some((one) => one.name === name));
  same('objects that are missing', missing, []);
  return `${sobjects.length} objects`;
}

async function describe(connection: Connection, demo: Demo): Promise<string> {
  const { fields, keyPrefix } = await connection.describe('Contact');
  same('key prefix', keyPrefix, '003');
  const [row] = await demo.query('SELECT FIELDS(ALL) FROM Contact LIMIT 1');
  sameSet(
    'fields',
    fields.map(({ name }) => name),
    Object.keys(row ?? {}).filter((name) => name !== 'attributes'),
  );
  return `${fields.length} fields`;
}

async function limits(connection: Connection): Promise<string> {
  const { DailyApiRequests: calls } = await connection.limits();
  if (!calls || calls.Remaining >= calls.Max) throw new Error(`API calls are not counted: ${JSON.stringify(calls)}`);
  same('limit of the header', connection.limitInfo.apiUsage?.limit, calls.Max);
  return `${calls.Remaining} of ${calls.Max} calls left, as the header says`;
}

async function search(connection: Connection, demo: Demo): Promise<string> {
  const [row] = await demo.query("SELECT LastName FROM Contact WHERE LastName LIKE 'S%' LIMIT 1");
  const { searchRecords } = await connection.search(`FIND {${row?.LastName}} IN NAME FIELDS RETURNING Contact(Id)`);
  const found = new Set(searchRecords.map(({ Id }) => Id));
  const named = await demo.ids(`SELECT Id FROM Contact WHERE LastName = '${row?.LastName}'`);
  same(
    'records that were not found',
    named.filter((id) => !found.has(id)),
    [],
  );
  return `${found.size} records for ${row?.LastName}`;
}

async function retrieve(connection: Connection, demo: Demo): Promise<string> {
  const ids = (await demo.ids('SELECT Id FROM Contact')).slice(0, 300);
  const found = await connection.sobject('Contact').retrieve(ids, { fields: ['Id', 'Name'] });
  same(
    'ids, in their order',
    found.map(({ Id }) => Id),
    ids,
  );
  return `${found.length} records in the order asked for`;
}

/** Resolves to the code with which a call is refused; throws when it is not, or with another. */
export async function refusal(call: PromiseLike<unknown>, code: string): Promise<string> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (thrown: Error & { errorCode?: string }) => thrown,
  );
  const found = 'errorCode' in error ? error.errorCode : undefined;
  if (found !== code && !error.message.includes(code)) throw error;
  return `refused: ${code}`;
}
