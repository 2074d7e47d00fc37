import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ChangesPage, CrmClient, ReadPosition, RemoteChanges } from '../../contract/connector.ts';
import { type DynamicsDemo, openDynamics } from '../../test/harness/dynamicsClient.ts';
import { failure } from '../../test/harness/salesforceClient.ts';

let demo: DynamicsDemo;
let client: CrmClient;
let changes: RemoteChanges;

beforeAll(async () => {
  demo = await openDynamics({ contacts: 300 });
  client = await demo.connect();
  if (!client.changes) throw new Error('the client tells no changes');
  changes = client.changes;
});
afterEach(() => demo.org.faults.clear());
afterAll(async () => {
  await client.close();
  await demo.close();
});

const contacts = { object: 'contact', fields: ['Id', 'lastname', 'creditlimit', 'parentcustomerid_account'] };

async function read(mark: string | null, query = contacts, position: ReadPosition = null, most = Infinity) {
  const pages: ChangesPage[] = [];
  for await (const page of changes.read(query, mark, position)) if (pages.push(page) >= most) break;
  return pages;
}
const rowsOf = (pages: ChangesPage[]) => pages.flatMap(({ rows }) => rows);
const markOf = (pages: ChangesPage[]): string => {
  const marks = pages.flatMap(({ mark }) => mark ?? []);
  if (marks.length !== 1 || pages.at(-1)?.mark === null) throw new Error(`${marks.length} marks came`);
  return marks[0] ?? '';
};

test('without a mark everything comes, with one only what changed or went', async () => {
  const first = await read(null);
  const wanted = demo
    .held('contact')
    .map((row) => [
      row.contactid,
      row.lastname,
      row.creditlimit === null ? null : String(row.creditlimit),
      row.parentcustomeridtype === 'account' ? row.parentcustomerid : null,
    ]);
  expect(rowsOf(first).sort()).toEqual(wanted.sort());
  expect(first.flatMap(({ deleted }) => deleted)).toEqual([]);
  const mark = markOf(first);
  expect(await changes.count('contact', mark)).toBe(0);

  const [one, two] = demo.held('contact').map(({ contactid }) => String(contactid));
  await demo.control('records', [
    {
      operation: 'update',
      table: 'contact',
      id: one,
      values: { lastname: 'Changed', creditlimit: 12345678901.25 },
    },
    { operation: 'delete', table: 'contact', id: two },
  ]);
  const second = await read(mark);
  expect(rowsOf(second).map(([id, name, limit]) => [id, name, limit])).toEqual([[one, 'Changed', '12345678901.25']]);
  expect(second.flatMap(({ deleted }) => deleted)).toEqual([two]);
  expect(await changes.count('contact', mark)).toBe(2);
  expect(rowsOf(await read(markOf(second)))).toEqual([]);
});

test('a later attempt goes on behind a page, and behind the last one is given the mark again', async () => {
  await demo.fault('small-pages', { rows: 120, times: null });
  const [first] = await read(null, contacts, null, 1);
  const rest = await read('whatever the mark was', contacts, first?.position);
  const ids = [...rowsOf(first ? [first] : []), ...rowsOf(rest)].map(([id]) => id);
  expect([...ids].sort()).toEqual(
    demo
      .held('contact')
      .map(({ contactid }) => contactid)
      .sort(),
  );
  const again = await read(null, contacts, rest.at(-1)?.position);
  expect([rowsOf(again), markOf(again)]).toEqual([[], markOf(rest)]);
});

test('a mark that is too old, and one of other columns, of another table or of nothing, is told', async () => {
  const own = await openDynamics();
  const other = await own.connect();
  const marks: string[] = [];
  for await (const { mark } of other.changes?.read(contacts, null) ?? []) if (mark !== null) marks.push(mark);
  const ask = async (query: typeof contacts, mark: string) => {
    for await (const page of other.changes?.read(query, mark) ?? []) return page;
  };
  const [mark = ''] = marks;
  expect(await failure(ask({ ...contacts, fields: ['Id', 'firstname'] }, mark))).toMatchObject({ why: 'other' });
  expect(await failure(ask({ object: 'lead', fields: ['Id', 'lastname'] }, mark))).toMatchObject({ why: 'other' });
  for (const none of ['x', 'null', '{}', '{"of":"x","link":"https://elsewhere.example/"}'])
    expect(await failure(ask(contacts, none))).toMatchObject({ name: 'MarkLost', why: 'other' });
  await own.control('clock', { advanceSeconds: 8 * 86_400 });
  expect(await failure(ask(contacts, mark))).toMatchObject({ name: 'MarkLost', why: 'forgotten' });
  await own.close();
});

test('columns of other tables cannot be tracked, and a page that leads to itself is not followed for ever', async () => {
  const related = { object: 'contact', fields: ['Id', 'parentcustomerid_account.name'] };
  expect(await failure(read(null, related))).toMatchObject({ code: 'CONFIG_INVALID' });
  await demo.fault('small-pages', { rows: 120, times: null });
  await demo.fault('repeat-page', { times: null, match: { query: 'skiptoken' } });
  expect(await failure(read(null))).toMatchObject({ code: 'REMOTE_NOT_UNDERSTOOD' });
});
