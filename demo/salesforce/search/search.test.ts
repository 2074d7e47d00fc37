import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type Row, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 300 });
  const records = [
    { LastName: 'Quillfeather', FirstName: 'Anna', Email: 'anna@quillfeather.example', Phone: '+1 555 0100' },
    { LastName: 'Quillfeather', FirstName: 'Bert', Title: 'Knows Anna' },
    { LastName: 'Quillfeatherstone', FirstName: 'Anna' },
  ];
  for (const record of records) await org.call('POST', '/sobjects/Contact', record);
  await org.call('POST', '/sobjects/Account', { Name: 'Quillfeather & Sons' });
});
afterAll(() => org.close());

async function search(sosl: string): Promise<Row[]> {
  const { status, body, text } = await org.call('GET', `/search?q=${encodeURIComponent(sosl)}`);
  expect([status, text]).toEqual([200, text]);
  return (body as { searchRecords: Row[] }).searchRecords;
}

const names = async (sosl: string) => (await search(sosl)).map(({ Name }) => Name).sort();

test('a search without objects finds ids of several, by whole words in any case', async () => {
  const found = await search('FIND {quillFEATHER}');
  expect(found.map(({ attributes }) => (attributes as { type: string }).type)).toEqual([
    'Account',
    'Contact',
    'Contact',
  ]);
  expect(Object.keys(found[0]!)).toEqual(['attributes', 'Id']);
});

test('words must all be found, OR and NOT and wildcards are understood', async () => {
  const returning = 'RETURNING Contact(Id, Name)';
  expect(await names(`FIND {Quillfeather Anna} ${returning}`)).toEqual(['Anna Quillfeather', 'Bert Quillfeather']);
  expect(await names(`FIND {Quillfeather AND NOT Bert} ${returning}`)).toEqual(['Anna Quillfeather']);
  expect(await names(`FIND {Quillfeatherst?ne OR "Bert Quillfeather"} ${returning}`)).toEqual([
    'Anna Quillfeatherstone',
    'Bert Quillfeather',
  ]);
  expect(await names(`FIND {Quillf*} ${returning}`)).toHaveLength(3);
});

test('only the fields of a group are looked at', async () => {
  const returning = 'RETURNING Contact(Name)';
  expect(await names(`FIND {Quillfeather Anna} IN NAME FIELDS ${returning}`)).toEqual(['Anna Quillfeather']);
  expect(await names(`FIND {quillfeather} IN EMAIL FIELDS ${returning}`)).toEqual(['Anna Quillfeather']);
  expect(await names(`FIND {0100} IN PHONE FIELDS ${returning}`)).toEqual(['Anna Quillfeather']);
});

test('what is returned can be filtered, ordered and limited', async () => {
  const found = await search(
    "FIND {Quillfeather*} RETURNING Contact(Id, Name WHERE FirstName != 'Bert' ORDER BY Name DESC LIMIT 1), Account(Name)",
  );
  expect(found.map(({ Name }) => Name)).toEqual(['Anna Quillfeatherstone', 'Quillfeather & Sons']);
  expect(await search('FIND {Quillfeather*} RETURNING Contact(Name) LIMIT 2')).toHaveLength(2);
});

test('a search that cannot be understood is refused', async () => {
  for (const [q, errorCode] of [
    ['', 'MALFORMED_SEARCH'],
    ['FIND Quill', 'MALFORMED_SEARCH'],
    ['FIND {a}', 'MALFORMED_SEARCH'],
    ['FIND {Quill} IN SOME FIELDS', 'MALFORMED_SEARCH'],
    ['FIND {Quill} RETURNING Contact(Nope)', 'INVALID_FIELD'],
    ['FIND {Quill} RETURNING Nope', 'INVALID_TYPE'],
  ]) {
    const { status, body } = await org.call('GET', `/search?q=${encodeURIComponent(q!)}`);
    expect([q, status, body]).toMatchObject([q, 400, [{ errorCode }]]);
  }
});
