import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 100 });
});
afterAll(() => org.close());

const contact = (LastName: string, more: Record<string, unknown> = {}) => ({
  operation: 'create',
  object: 'Contact',
  values: { LastName, ...more },
});

async function begin(...changes: unknown[]): Promise<{ id: string; ids: string[] }> {
  const { status, body } = await org.call('POST', '/__demo/transactions', changes);
  expect([status, body]).toEqual([201, body]);
  return body as { id: string; ids: string[] };
}

const commit = (id: string) => org.call('POST', `/__demo/transactions/${id}/commit`);
const named = async (LastName: string) =>
  (await org.query(`SELECT Id, SystemModstamp FROM Contact WHERE LastName = '${LastName}'`)).records;
const stampNow = (): string => new Date(org.org.clock.now()).toISOString().replace('Z', '+0000');

test('what a transaction writes is seen when it commits, with the stamp and the id it had', async () => {
  const written = stampNow();
  const { id, ids } = await begin(contact('Unseen'));
  org.org.clock.advance(90);
  const later = (await org.call('POST', '/sobjects/Contact', { LastName: 'Later' })).body as { id: string };
  expect(await named('Unseen')).toEqual([]);
  expect((await org.call('GET', `/sobjects/Contact/${ids[0]}`)).status).toBe(404);
  expect((await commit(id)).status).toBe(204);
  expect(await named('Unseen')).toMatchObject([{ Id: ids[0], SystemModstamp: written }]);
  expect(ids[0]! < later.id).toBe(true);
});

test('updates, deletions and undeletions wait too, and their records are locked meanwhile', async () => {
  const [one, two] = (await org.query('SELECT Id FROM Contact LIMIT 2')).records.map(({ Id }) => Id);
  const written = stampNow();
  const { id } = await begin({ operation: 'update', object: 'Contact', id: one, values: { Title: 'Held' } });
  await org.call('POST', `/__demo/transactions/${id}/records`, [{ operation: 'delete', object: 'Contact', id: two }]);
  org.org.clock.advance(30);
  expect((await org.query(`SELECT Title FROM Contact WHERE Id = '${one}'`)).records[0]!.Title).not.toBe('Held');
  expect((await org.query(`SELECT Id FROM Contact WHERE Id = '${two}'`)).totalSize).toBe(1);
  const locked = await org.call('PATCH', `/sobjects/Contact/${one}`, { Title: 'Mine' });
  expect([locked.status, locked.body]).toMatchObject([400, [{ errorCode: 'UNABLE_TO_LOCK_ROW' }]]);
  await commit(id);
  expect((await org.query(`SELECT Title, SystemModstamp FROM Contact WHERE Id = '${one}'`)).records).toMatchObject([
    { Title: 'Held', SystemModstamp: written },
  ]);
  expect((await org.query(`SELECT Id FROM Contact WHERE Id = '${two}'`)).totalSize).toBe(0);
  expect((await org.call('PATCH', `/sobjects/Contact/${one}`, { Title: 'Mine' })).status).toBe(204);
});

test('a transaction that is rolled back leaves nothing, not even in the recycle bin', async () => {
  const { id, ids } = await begin(contact('Never'));
  expect((await org.call('DELETE', `/__demo/transactions/${id}`)).status).toBe(204);
  expect((await org.query(`SELECT Id FROM Contact WHERE Id = '${ids[0]}'`, '/queryAll')).totalSize).toBe(0);
  expect((await commit(id)).status).toBe(400);
});

test('what is refused is refused when it is written, and a key that was taken meanwhile when it commits', async () => {
  const bad = await org.call('POST', '/__demo/transactions', [contact('')]);
  expect([bad.status, bad.body]).toMatchObject([400, { details: [{ statusCode: 'REQUIRED_FIELD_MISSING' }] }]);
  expect((await org.call('GET', '/__demo/state')).body).toMatchObject({ transactions: 0 });
  const { id } = await begin(contact('First', { External_Id__c: 'tx-1' }), contact('Also'));
  await org.call('POST', '/sobjects/Contact', { LastName: 'Faster', External_Id__c: 'tx-1' });
  const { status, body } = await commit(id);
  expect([status, body]).toMatchObject([400, { details: [{ statusCode: 'DUPLICATE_VALUE' }] }]);
  expect([await named('First'), await named('Also')]).toEqual([[], []]);
});

test('a tie of many records can commit late', async () => {
  const written = stampNow();
  const { id, ids } = await begin({ operation: 'touch', object: 'Lead', count: 30 });
  org.org.clock.advance(300);
  const soql = `SELECT Id FROM Lead WHERE SystemModstamp = ${written}`;
  expect((await org.query(soql.replace('+0000', 'Z'))).totalSize).toBe(0);
  await commit(id);
  expect((await org.query(soql.replace('+0000', 'Z'))).records.map(({ Id }) => Id)).toEqual(ids);
});
