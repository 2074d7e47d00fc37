import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg();
});
afterAll(() => org.close());

const historyOf = async (id: string): Promise<unknown[]> => {
  const fields = 'Field, OldValue, NewValue, CreatedDate, CreatedById';
  const { records } = await org.query(`SELECT ${fields} FROM ContactHistory WHERE ContactId = '${id}' ORDER BY Id`);
  return records.map(({ Field, OldValue, NewValue }) => [Field, OldValue, NewValue]);
};

test('a change of a tracked field adds a row to the history, any other change does not', async () => {
  const { body } = await org.call('POST', '/sobjects/Contact', { LastName: 'Ny', Title: 'First' });
  const { id } = body as { id: string };
  expect(await historyOf(id)).toEqual([]);
  await org.call('PATCH', `/sobjects/Contact/${id}`, { Title: 'Second', Department: 'Nowhere', LastName: 'Ny' });
  await org.call('PATCH', `/sobjects/Contact/${id}`, { Title: null });
  expect(await historyOf(id)).toEqual([
    ['Title', 'First', 'Second'],
    ['Title', 'Second', null],
  ]);
});

test('a change that is refused leaves no history', async () => {
  const { body } = await org.call('POST', '/sobjects/Contact', { LastName: 'Kept', Title: 'First' });
  const { id } = body as { id: string };
  const values = { Title: 'Second', Email: 'no address' };
  expect((await org.call('PATCH', `/sobjects/Contact/${id}`, values)).status).toBe(400);
  expect(await historyOf(id)).toEqual([]);
});
