import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, messageOf, openOrg, type Row, type TestOrg } from './testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 600 });
});
afterAll(() => org.close());

const find = (filter: string, set = 'contacts', more = ''): Promise<Row[]> =>
  org.all(`${set}?$filter=${encodeURIComponent(filter)}${more}`);
const held = (table: string) => [...org.org.table(table)!.rows.values()].map(({ values }) => values);

test('a row has its id, its etag and the columns that were chosen, empty ones as null', async () => {
  const { value } = await org.page('contacts?$select=lastname,birthdate,_parentcustomerid_value&$top=40');
  expect(Object.keys(value[0]!)).toEqual([
    '@odata.etag',
    'lastname',
    'birthdate',
    '_parentcustomerid_value',
    'contactid',
  ]);
  expect(value.some(({ birthdate }) => birthdate === null)).toBe(true);
  expect(String(value[0]!['@odata.etag'])).toMatch(/^W\/"\d+"$/);
});

test('money comes with the currency it is in', async () => {
  const { value } = await org.page('accounts?$select=revenue&$top=1');
  expect(Object.keys(value[0]!)).toEqual(['@odata.etag', 'revenue', '_transactioncurrencyid_value', 'accountid']);
});

test('pages follow one another by their links, each row once, and a page size counts for more than $top', async () => {
  const first = await org.page('contacts?$select=contactid&$top=7', { prefer: 'odata.maxpagesize=250' });
  expect(first.value).toHaveLength(250);
  const rows = await org.all('contacts?$select=contactid', { prefer: 'odata.maxpagesize=250' });
  expect([rows.length, new Set(rows.map(({ contactid }) => contactid)).size]).toEqual([600, 600]);
  expect((await org.page('contacts?$top=7')).value).toHaveLength(7);
});

test('a link goes on behind its last row even when rows before it went', async () => {
  const first = await org.page('contacts?$select=contactid', { prefer: 'odata.maxpagesize=10' });
  await org.control('records', { operation: 'delete', table: 'contact', id: first.value[3]!.contactid });
  const second = await org.page(first['@odata.nextLink']!, { prefer: 'odata.maxpagesize=10' });
  const all = await org.all('contacts?$select=contactid');
  expect(second.value[0]!.contactid).toBe(all[9]!.contactid);
});

test.each([
  ["lastname eq 'MÜLLER'", ({ lastname }: Row) => lastname === 'Müller'],
  ["lastname eq 'O''Brien'", ({ lastname }: Row) => lastname === "O'Brien"],
  ["startswith(lastname,'s')", ({ lastname }: Row) => String(lastname).startsWith('S')],
  [
    "endswith(lastname,'i') and not contains(firstname,'a')",
    ({ lastname, firstname }: Row) => /i$/.test(String(lastname)) && !/a/i.test(String(firstname)),
  ],
  [
    'creditlimit gt 4000 or birthdate eq null',
    (row: Row) => Number(row.creditlimit ?? 0) > 4000 || row.birthdate == null,
  ],
  ['birthdate ge 1990-01-01', ({ birthdate }: Row) => String(birthdate ?? '') >= '1990-01-01'],
  ['donotemail eq true', ({ donotemail }: Row) => donotemail === true],
  [
    "Microsoft.Dynamics.CRM.In(PropertyName='preferredcontactmethodcode',PropertyValues=['2','4'])",
    (row: Row) => [2, 4].includes(Number(row.preferredcontactmethodcode)),
  ],
  [
    'Microsoft.Dynamics.CRM.In(PropertyName=\'lastname\',PropertyValues=["O\'Brien","D\'Angelo"])',
    (row: Row) => ["O'Brien", "D'Angelo"].includes(String(row.lastname)),
  ],
  [
    "Microsoft.Dynamics.CRM.Between(PropertyName='creditlimit',PropertyValues=['1000','2000'])",
    (row: Row) => row.creditlimit !== null && Number(row.creditlimit) >= 1000 && Number(row.creditlimit) <= 2000,
  ],
  [
    "Microsoft.Dynamics.CRM.ContainValues(PropertyName='new_interests',PropertyValues=['3'])",
    (row: Row) =>
      String(row.new_interests ?? '')
        .split(',')
        .includes('3'),
  ],
])('%s', async (filter, holds) => {
  const found = await find(filter);
  expect(found.map(({ contactid }) => contactid).sort()).toEqual(
    held('contact')
      .filter(holds)
      .map(({ contactid }) => contactid)
      .sort(),
  );
  expect(found.length).toBeGreaterThan(0);
});

test('the signs of patterns are wildcards unless they stand in brackets', async () => {
  expect((await find("contains(name,'100 [%] W')", 'accounts')).length).toBeGreaterThan(0);
  expect((await find("contains(name,'Garden_Tools')", 'accounts')).length).toBeGreaterThan(0);
  const any = await find("contains(name,'a%e')", 'accounts');
  expect(any.every(({ name }) => /a.*e/is.test(String(name)))).toBe(true);
  expect(await find("contains(name,'Timber [North]')", 'accounts')).toEqual([]);
  expect((await find("contains(name,'Timber [[]North]')", 'accounts')).length).toBeGreaterThan(0);
});

test('related rows are reached by the way of a lookup, and by those that refer to them', async () => {
  const [row] = await org.all(
    'contacts?$select=contactid&$filter=parentcustomerid_account/accountid ne null and parentcustomerid_account/creditonhold eq true&$expand=parentcustomerid_account($select=name,creditonhold)',
  );
  expect(row).toMatchObject({ parentcustomerid_account: { creditonhold: true } });
  const [account] = await org.all(
    'accounts?$select=name&$filter=contact_customer_accounts/any(c:c/donotemail eq true)&$expand=contact_customer_accounts($select=donotemail;$filter=donotemail eq true)',
  );
  expect(account).toMatchObject({ contact_customer_accounts: [{ donotemail: true }] });
});

test('rows are in the order asked for, whatever the case, those without a value first', async () => {
  const names = (await org.all('accounts?$select=name,accountcategorycode&$orderby=accountcategorycode desc,name')).map(
    (row) => [row.accountcategorycode, row.name] as [number | null, string],
  );
  const codes = names.map(([code]) => code);
  expect([codes[0], codes.at(-1)]).toEqual([2, null]);
  expect(codes.indexOf(1)).toBeGreaterThan(codes.lastIndexOf(2));
  expect(codes.indexOf(null)).toBeGreaterThan(codes.lastIndexOf(1));
  const ones = names.filter(([code]) => code === 1).map(([, name]) => name.toLowerCase());
  expect(ones).toEqual([...ones].sort((a, b) => (a < b ? -1 : 1)));
});

test('$count counts to 5000, and says when there are more', async () => {
  const page = await org.page('contacts?$select=contactid&$count=true&$top=1', {
    prefer: 'odata.include-annotations="*"',
  });
  expect(page).toMatchObject({ '@odata.count': 599, '@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded': false });
  expect((await org.call('GET', 'contacts/$count')).text).toBe('599');
});

test('annotations say what a value is called, and which table a lookup leads to', async () => {
  const filter = 'parentcustomerid_account/accountid ne null';
  const { value } = await org.page(
    `contacts?$select=preferredcontactmethodcode,_parentcustomerid_value&$filter=${filter}&$top=1`,
    {
      prefer: 'odata.include-annotations="*"',
    },
  );
  const row = value[0]!;
  expect(row['_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname']).toBe('account');
  expect(row['_parentcustomerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty']).toBe(
    'parentcustomerid_account',
  );
  expect(row['preferredcontactmethodcode@OData.Community.Display.V1.FormattedValue']).toMatch(
    /Any|Email|Phone|Fax|Mail/,
  );
  const plain = await org.page(`contacts?$select=_parentcustomerid_value&$top=1`);
  expect(
    Object.keys(plain.value[0]!)
      .filter((name) => name.includes('@'))
      .sort(),
  ).toEqual(['@odata.etag']);
});

test.each([
  ['contacts?$select=nothing', 400, '0x80060888', "Could not find a property named 'nothing'"],
  ['contacts?$select=parentcustomerid', 400, '0x80060888', "Could not find a property named 'parentcustomerid'"],
  ["contacts?$filter=lastname eq 'O'Brien'", 400, '0x80060888', 'There is an unterminated literal'],
  ['contacts?$filter=lastname eq 5', 400, '0x80060888', 'A binary operator with incompatible types was detected'],
  ["contacts?$filter=creditlimit eq '5'", 400, '0x80060888', 'A binary operator with incompatible types was detected'],
  ['contacts?$skip=5', 400, '0x80060888', 'Skip Clause is not supported'],
  [
    "contacts?$filter=Microsoft.Dynamics.CRM.In(PropertyName='lastname',PropertyValues=['O'Brien'])",
    400,
    '0x80060888',
    'Invalid JSON',
  ],
  ['nothings', 404, '0x8006088a', 'Resource not found for the segment'],
])('%s is refused', async (path, status, code, message) => {
  const answer = await org.call('GET', path);
  expect([answer.status, codeOf(answer), messageOf(answer)]).toEqual([status, code, expect.stringContaining(message)]);
});
