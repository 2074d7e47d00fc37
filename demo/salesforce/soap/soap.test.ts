import { Connection } from 'jsforce';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';
import { readXml, textOf } from './xml.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 10 });
});
afterAll(() => org.close());

const post = async (body: string): Promise<{ status: number; text: string }> => {
  const headers = { 'content-type': 'text/xml', SOAPAction: '""' };
  const response = await fetch(`${org.url}/services/Soap/u/60.0`, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
};

const envelope = (body: string, token = ''): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>
  <SessionHeader><sessionId>${token}</sessionId></SessionHeader></s:Header><s:Body>${body}</s:Body></s:Envelope>`;

async function login(): Promise<Connection> {
  const connection = new Connection({ loginUrl: org.url, version: '60.0', logLevel: 'ERROR' });
  await connection.login(org.username, org.password + org.securityToken);
  return connection;
}

test('jsforce logs in, asks, and logs out', async () => {
  const connection = await login();
  expect(connection.userInfo).toMatchObject({ id: org.org.userId, organizationId: org.org.id });
  expect((await connection.query('SELECT COUNT() FROM Contact')).totalSize).toBe(10);
  expect(await connection.soap.getUserInfo()).toMatchObject({ userName: org.username, userId: org.org.userId });
  const { timestamp } = await connection.soap.getServerTimestamp();
  expect(Date.parse(String(timestamp))).toBe(org.org.clock.now());
  const token = connection.accessToken!;
  await connection.logout();
  expect(org.org.sessions.find(token)).toBeNull();
});

test('a wrong password is a fault that clients read the reason from', async () => {
  const connection = new Connection({ loginUrl: org.url, version: '60.0', logLevel: 'ERROR' });
  const reason = 'INVALID_LOGIN: Invalid username, password, security token; or user locked out.';
  await expect(connection.login(org.username, org.password)).rejects.toThrow(reason);
  const { status, text } = await post(envelope('<login><username>x</username><password>y</password></login>'));
  expect(status).toBe(500);
  expect(text).toContain(`<faultcode>INVALID_LOGIN</faultcode><faultstring>${reason}</faultstring>`);
  expect(text).toContain('<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>');
  expect(text).toContain(`<sf:exceptionMessage>${reason.slice(15)}</sf:exceptionMessage>`);
});

test('a session that ended is a fault of its own, and jsforce logs in again', async () => {
  const { status, text } = await post(envelope('<getServerTimestamp/>', 'old'));
  expect([status, text]).toEqual([500, expect.stringContaining('<faultcode>sf:INVALID_SESSION_ID</faultcode>')]);
  const connection = await login();
  org.org.sessions.expireAll();
  expect(await connection.soap.getUserInfo()).toMatchObject({ userId: org.org.userId });
  await org.signIn();
});

test.each([
  ['no XML at all', 'hello'],
  ['an element that does not end', '<s:Envelope><s:Body>'],
  ['elements that cross', '<s:Envelope><s:Body></s:Envelope></s:Body>'],
  ['another document', '<html/>'],
  ['an empty body', envelope('')],
  ['an unknown operation', envelope('<explode/>', 'TOKEN')],
])('%s is answered with a fault', async (_what, body) => {
  const { status, text } = await post(body.replace('TOKEN', org.token));
  expect([status, text]).toEqual([500, expect.stringContaining('<soapenv:Fault>')]);
});

test('text in XML is read with its entities, character references and CDATA', () => {
  const read = readXml(`<a:x b="1>2" c='"'><!-- <y> --><y>1 &lt; &#65;&#x42; &amp;amp; <![CDATA[<&>]]></y><z/></a:x>`);
  expect([read.name, textOf(read, 'y'), textOf(read, 'z'), textOf(read, 'no')]).toEqual([
    'x',
    '1 < AB &amp; <&>',
    '',
    '',
  ]);
});
