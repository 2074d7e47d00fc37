import { afterAll, beforeAll, expect, test } from 'vitest';
import { AMERICA, ENTERPRISE, HOME } from '../accounts.ts';
import { openCloud, type TestCloud } from '../testing.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openCloud();
});
afterAll(() => cloud.close());

test('a token says where to go, and that it lasts a little less than twenty minutes', async () => {
  const { status, body } = await cloud.signIn();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    access_token: expect.stringMatching(/^eyJ/),
    token_type: 'Bearer',
    expires_in: 1079,
    scope: expect.stringContaining('data_extensions_write'),
    rest_instance_url: `${cloud.url}/`,
    soap_instance_url: `${cloud.url}/`,
  });
});

test('a token acts in the named account, or where the package is installed', async () => {
  const accounts = async () => (await cloud.call('GET', '/platform/v1/tokenContext')).body;
  await cloud.signIn({ account_id: AMERICA.id });
  expect(await accounts()).toMatchObject({ organization: { id: AMERICA.id }, enterprise: { id: ENTERPRISE.id } });
  const other = await cloud.call('GET', '/data/v1/customobjectdata/key/order-lines/rowset');
  expect(other.status).toBe(404);
  await cloud.signIn({ account_id: String(HOME.id) });
  expect(await accounts()).toMatchObject({ organization: { id: HOME.id } });
  expect((await cloud.call('GET', '/v2/userinfo')).body).toMatchObject({ organization: { member_id: HOME.id } });
});

test.each([
  [{ client_secret: 'wrong' }, 401, 'invalid_client'],
  [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
  [{ grant_type: undefined }, 400, 'invalid_request'],
  [{ account_id: 1 }, 400, 'invalid_request'],
  [{ scope: 'data_extensions_read everything' }, 400, 'invalid_scope'],
])('%j is refused with %i %s', async (fields, status, error) => {
  const answer = await cloud.signIn(fields);
  expect([answer.status, answer.body]).toMatchObject([status, { error, error_uri: expect.any(String) }]);
});

test('a body that is no JSON is refused', async () => {
  expect((await cloud.call('POST', '/v2/token', '{')).body).toMatchObject({ error: 'invalid_request' });
});

test('a token is over after twenty minutes: REST says so in a header, SOAP by the text of a fault', async () => {
  await cloud.signIn();
  await cloud.call('POST', '/__demo/clock', { advanceSeconds: 1199 });
  expect((await cloud.call('GET', '/platform/v1/tokenContext')).status).toBe(200);
  await cloud.call('POST', '/__demo/clock', { advanceSeconds: 2 });
  const { status, body, headers } = await cloud.call('GET', '/platform/v1/tokenContext');
  expect([status, body]).toMatchObject([401, { message: 'Not Authorized', errorcode: 0 }]);
  expect(headers.get('www-authenticate')).toMatch(/^Bearer\s.+?invalid_token/);
  await expect(cloud.soap('<RetrieveRequestMsg/>')).rejects.toThrow('Token Expired');
  cloud.token = 'nobody';
  await expect(cloud.soap('<RetrieveRequestMsg/>')).rejects.toThrow('Login Failed');
});

test('what the package may not do is refused before it is looked at', async () => {
  await cloud.call('POST', '/__demo/package', { scopes: ['data_extensions_read'] });
  await cloud.signIn();
  const answer = await cloud.call('PUT', '/data/v1/async/dataextensions/key:none/rows', {});
  expect([answer.status, answer.body]).toMatchObject([403, { errorcode: 20000 }]);
  const create = '<CreateRequest><Objects xsi:type="DataExtensionObject"/></CreateRequest>';
  await expect(cloud.soap(create)).rejects.toThrow('API Permission Failed');
});
