import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, messageOf, openOrg, type TestOrg } from './testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 30 });
});
afterAll(() => org.close());

const track = (size: number) => ({ prefer: `odata.track-changes,odata.maxpagesize=${size}` });

async function startTracking(path: string): Promise<string> {
  let page = await org.page(path, track(12));
  const links = [page['@odata.deltaLink']];
  while (page['@odata.nextLink'] !== undefined) {
    page = await org.page(page['@odata.nextLink'], { prefer: 'odata.maxpagesize=12' });
    links.push(page['@odata.deltaLink']);
  }
  expect(links.map((link) => link !== undefined)).toEqual([false, false, true]);
  return links.at(-1)!;
}

test('the last page has a link that gives what changed since, and a new link', async () => {
  const link = await startTracking('contacts?$select=lastname');
  expect(decodeURIComponent(link)).toMatch(/\$deltatoken=\d+!06\/15\/2026 10:00:00$/);
  const [first, second] = [...org.org.table('contact')!.rows.keys()] as [string, string];
  await org.call('PATCH', `contacts(${first})`, { lastname: 'Changed' });
  await org.call('DELETE', `contacts(${second})`);
  const delta = await org.page(link);
  expect(delta).toMatchObject({
    '@odata.context': expect.stringMatching(/#contacts\(lastname\)\/\$delta$/),
  });
  expect(delta.value).toMatchObject([
    { contactid: first, lastname: 'Changed' },
    { id: second, reason: 'deleted', '@odata.context': `${org.url}/api/data/v9.2/$metadata#contacts/$deletedEntity` },
  ]);
  const { value, '@odata.deltaLink': next } = await org.page(delta['@odata.deltaLink']!);
  expect([value, typeof next]).toEqual([[], 'string']);
  expect((await org.call('GET', `contacts/$count?${new URL(link).search.slice(1)}`)).text).toBe('2');
});

test('a delta has pages as well, and a row that was made and deleted in between is told as deleted', async () => {
  const link = await startTracking('contacts?$select=lastname');
  const made = await org.control(
    'records',
    [1, 2, 3, 4].map((n) => ({ operation: 'create', table: 'contact', values: { lastname: `New ${n}` } })),
  );
  const [, , , last] = made.ids as string[];
  await org.control('records', { operation: 'delete', table: 'contact', id: last });
  const first = await org.page(link, { prefer: 'odata.maxpagesize=2' });
  const second = await org.page(first['@odata.nextLink']!, { prefer: 'odata.maxpagesize=2' });
  expect([first.value.length, first['@odata.deltaLink']]).toEqual([2, undefined]);
  expect(second.value).toMatchObject([{ lastname: 'New 3' }, { id: last, reason: 'deleted' }]);
  expect(second['@odata.deltaLink']).toBeDefined();
});

test('a row that changes while changes are paged may come twice, with its last values behind', async () => {
  await org.control('faults', { kind: 'changes-while-paging', times: null });
  const first = await org.page('contacts?$select=lastname', track(12));
  const { contactid: id } = first.value[0] as { contactid: string };
  await org.call('PATCH', `contacts(${id})`, { lastname: 'Meanwhile' });
  const rows = [...first.value];
  for (let link = first['@odata.nextLink']; link !== undefined; ) {
    const page = await org.page(link, { prefer: 'odata.maxpagesize=12' });
    rows.push(...page.value);
    link = page['@odata.nextLink'];
  }
  expect(rows.filter((row) => row.contactid === id).map((row) => row.lastname)).toEqual([
    expect.anything(),
    'Meanwhile',
  ]);
  org.org.faults.clear();
});

test('a token that is too old says that everything has to be read again', async () => {
  const link = await startTracking('contacts?$select=lastname');
  await org.control('clock', { advanceSeconds: 8 * 86_400 });
  await org.signIn();
  const answer = await org.call('GET', link);
  expect([answer.status, codeOf(answer)]).toEqual([400, '0x80044352']);
});

test.each(['$filter=lastname eq null', '$orderby=lastname', '$expand=ownerid', '$top=3'])(
  '%s cannot be tracked',
  async (option) => {
    const answer = await org.call('GET', `contacts?${option}`, undefined, { prefer: 'odata.track-changes' });
    expect([answer.status, messageOf(answer)]).toEqual([
      400,
      expect.stringContaining("isn't supported when Change Tracking is enabled."),
    ]);
  },
);

test('a table without change tracking says so', async () => {
  const answer = await org.call('GET', 'incidents?$select=title', undefined, { prefer: 'odata.track-changes' });
  expect([answer.status, messageOf(answer)]).toEqual([
    400,
    "Change tracking is not enabled for the entity 'incident'.",
  ]);
});
