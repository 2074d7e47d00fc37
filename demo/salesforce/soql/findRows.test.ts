import { beforeAll, describe, expect, test } from 'vitest';
import type { Value } from '../objects/field.ts';
import { withDefaults } from '../options.ts';
import { Org } from '../org.ts';
import { Writer } from '../writes/writer.ts';
import { findObject } from './columns.ts';
import { makeContext } from './context.ts';
import { parseSoql } from './parser.ts';
import { findRows } from './plan.ts';

/** Every row of the object by its fields, read one by one: what the plans are compared with. */
interface Plain {
  row: number;
  read: (name: string) => Value;
}

const org = new Org(withDefaults({ contacts: 3000, clock: '2026-06-15T10:00:00Z' }));
const contacts = org.table('Contact')!;

async function find(soql: string, withDeleted = false): Promise<number[]> {
  const query = parseSoql(soql);
  const context = makeContext(org, org.userId, soql);
  return [...(await findRows(context, findObject(context, query), query, withDeleted))];
}

function plainRows(withDeleted: boolean): Plain[] {
  return [...contacts.gatherById(0, contacts.rows, withDeleted, Infinity)].map((row) => ({
    row,
    read: (name) => contacts.read(name, row),
  }));
}

function byStamp(a: Plain, b: Plain): number {
  return contacts.stamp(a.row) - contacts.stamp(b.row) || a.row - b.row;
}

function byModified(a: Plain, b: Plain): number {
  return Number(a.read('LastModifiedDate')) - Number(b.read('LastModifiedDate')) || a.row - b.row;
}

const seconds = (iso: string): number => Date.parse(iso) / 1000;
const lower = (value: Value): string => String(value ?? '').toLowerCase();

/** Conditions, and the same in plain JavaScript. */
const CONDITIONS: [string, (plain: Plain) => boolean][] = [
  ['SystemModstamp >= 2020-01-01T00:00:00Z', ({ row }) => contacts.stamp(row) >= seconds('2020-01-01T00:00:00Z')],
  ['SystemModstamp < 2021-06-01T02:00:00+02:00', ({ row }) => contacts.stamp(row) < seconds('2021-06-01T00:00:00Z')],
  ['SystemModstamp > 2019-03-02T06:03:17.500Z', ({ row }) => contacts.stamp(row) > seconds('2019-03-02T06:03:17.500Z')],
  [
    'SystemModstamp >= 2020-01-01T00:00:00Z AND SystemModstamp < 2022-01-01T00:00:00Z',
    ({ row }) =>
      contacts.stamp(row) >= seconds('2020-01-01T00:00:00Z') && contacts.stamp(row) < seconds('2022-01-01T00:00:00Z'),
  ],
  [
    'SystemModstamp < 2020-01-01T00:00:00Z OR SystemModstamp >= 2025-01-01T00:00:00Z',
    ({ row }) =>
      contacts.stamp(row) < seconds('2020-01-01T00:00:00Z') || contacts.stamp(row) >= seconds('2025-01-01T00:00:00Z'),
  ],
  [
    "SystemModstamp > 2020-01-01T00:00:00Z AND LastName LIKE 'm%'",
    ({ row, read }) => contacts.stamp(row) > seconds('2020-01-01T00:00:00Z') && lower(read('LastName')).startsWith('m'),
  ],
  [
    'SystemModstamp = THIS_YEAR',
    ({ row }) =>
      contacts.stamp(row) >= seconds('2025-12-31T23:00:00Z') && contacts.stamp(row) < seconds('2026-12-31T23:00:00Z'),
  ],
  [
    'LastModifiedDate >= 2020-01-01T00:00:00Z AND SystemModstamp < 2022-01-01T00:00:00Z',
    ({ row, read }) =>
      Number(read('LastModifiedDate')) >= seconds('2020-01-01T00:00:00Z') &&
      contacts.stamp(row) < seconds('2022-01-01T00:00:00Z'),
  ],
  [
    'CreatedDate < 2020-01-01T00:00:00Z AND LastModifiedDate != 2019-03-02T06:00:00Z',
    ({ read }) =>
      Number(read('CreatedDate')) < seconds('2020-01-01T00:00:00Z') &&
      read('LastModifiedDate') !== seconds('2019-03-02T06:00:00Z'),
  ],
  ['NOT SystemModstamp < 2024-01-01T00:00:00Z', ({ row }) => contacts.stamp(row) >= seconds('2024-01-01T00:00:00Z')],
  [`Id > '${contacts.idOf(700)}'`, ({ row }) => row > 700],
  [`Id <= '${contacts.idOf(700).slice(0, 15)}'`, ({ row }) => row <= 700],
  [
    `Id IN ('${contacts.idOf(3)}', '${contacts.idOf(900).slice(0, 15)}', '${contacts.idOf(3)}')`,
    ({ row }) => row === 3 || row === 900,
  ],
  [`Id != '${contacts.idOf(3)}'`, ({ row }) => row !== 3],
  ["Email = 'nobody@example.com'", () => false],
  ['Email = null', ({ read }) => read('Email') === null],
  ["Email != null AND Email LIKE '%@MAIL.example'", ({ read }) => lower(read('Email')).endsWith('@mail.example')],
  ["FirstName LIKE '_o_ '", ({ read }) => /^.o. $/su.test(lower(read('FirstName')))],
  ["LastName IN ('MÜLLER', 'weiß')", ({ read }) => ['müller', 'weiß'].includes(lower(read('LastName')))],
  ["LastName NOT IN ('müller')", ({ read }) => lower(read('LastName')) !== 'müller'],
  ["Title != 'ceo'", ({ read }) => lower(read('Title')) !== 'ceo'],
  ['AnnualValue__c >= 100000.5', ({ read }) => Number(read('AnnualValue__c') ?? -1) >= 100_000.5],
  ['AnnualValue__c < 100', ({ read }) => read('AnnualValue__c') !== null && Number(read('AnnualValue__c')) < 100],
  ['Consent_Email__c = TRUE', ({ read }) => read('Consent_Email__c') === true],
  ['Consent_Email__c = null', ({ read }) => read('Consent_Email__c') === false],
  ['Birthdate >= 1990-01-01', ({ read }) => lower(read('Birthdate')) >= '1990-01-01'],
  ['Birthdate = null', ({ read }) => read('Birthdate') === null],
  ["Account.Name LIKE '%gmbh%'", ({ read }) => lower(accountName(read)).includes('gmbh')],
  ['Account.Name = null', ({ read }) => accountName(read) === null],
  ["Owner.Name = 'Integration User'", ({ read }) => org.table('User')!.rowOf(String(read('OwnerId'))) === 0],
  [
    "(LastName LIKE '%e%' AND (Birthdate = null OR Consent_Email__c = TRUE)) OR (NOT (LeadSource = null OR Phone != null))",
    ({ read }) =>
      (lower(read('LastName')).includes('e') && (read('Birthdate') === null || read('Consent_Email__c') === true)) ||
      !(read('LeadSource') === null || read('Phone') !== null),
  ],
];

function accountName(read: (name: string) => Value): Value {
  const accounts = org.table('Account')!;
  const row = accounts.rowOf(String(read('AccountId')));
  return row < 0 ? null : accounts.read('Name', row);
}

function checkAll(): void {
  test.each(CONDITIONS)('%s', async (condition, holds) => {
    for (const withDeleted of [false, true]) {
      const expected = plainRows(withDeleted).filter(holds);
      const found = await find(`SELECT Id FROM Contact WHERE ${condition} ORDER BY Id`, withDeleted);
      expect(found).toEqual(expected.map(({ row }) => row));
      const ordered = await find(`SELECT Id FROM Contact WHERE ${condition} ORDER BY SystemModstamp, Id`, withDeleted);
      expect(ordered).toEqual(expected.toSorted(byStamp).map(({ row }) => row));
      const modified = await find(
        `SELECT Id FROM Contact WHERE ${condition} ORDER BY LastModifiedDate, Id`,
        withDeleted,
      );
      expect(modified).toEqual(expected.toSorted(byModified).map(({ row }) => row));
      const latest = await find(
        `SELECT Id FROM Contact WHERE ${condition} ORDER BY SystemModstamp DESC, Id DESC LIMIT 7 OFFSET 2`,
        withDeleted,
      );
      expect(latest).toEqual(
        expected
          .toSorted(byStamp)
          .reverse()
          .slice(2, 9)
          .map(({ row }) => row),
      );
    }
  });

  test('reading by (SystemModstamp, Id) in small steps finds every record once', async () => {
    const expected = plainRows(false)
      .toSorted(byStamp)
      .map(({ row }) => row);
    const found: number[] = [];
    let after = 'SystemModstamp >= 2019-01-01T00:00:00Z';
    for (;;) {
      const rows = await find(`SELECT Id FROM Contact WHERE ${after} ORDER BY SystemModstamp, Id LIMIT 211`);
      found.push(...rows);
      if (rows.length < 211) break;
      const last = rows.at(-1)!;
      const stamp = new Date(contacts.stamp(last) * 1000).toISOString();
      after = `(SystemModstamp = ${stamp} AND Id > '${contacts.idOf(last)}') OR SystemModstamp > ${stamp}`;
    }
    expect(found).toEqual(expected);
  });
}

describe('on generated records, every plan finds what reading all rows finds', () => {
  checkAll();
});

describe('after records were changed, deleted, made and committed late, it still does', () => {
  beforeAll(async () => {
    for (const name of ['External_Id__c']) await contacts.index(contacts.field(name)!)!.ready();
    const now = new Writer(org, org.userId);
    const late = new Writer(org, org.userId, { stamp: seconds('2021-01-01T00:00:00Z') });
    for (let row = 0; row < 3000; row += 17)
      if (!contacts.isDeleted(row)) now.update(contacts, row, { LastName: `Meier ${row}` });
    for (let row = 5; row < 3000; row += 31)
      if (!contacts.isDeleted(row)) late.update(contacts, row, { Email: `late${row}@mail.example` });
    for (let i = 0; i < 300; i++)
      now.create(contacts, { LastName: `Möller ${i}`, Email: i % 2 ? null : `new${i}@mail.example` });
    for (let row = 9; row < 3000; row += 101) {
      const current = contacts.current(row);
      if (!contacts.isDeleted(row))
        contacts.replace(row, {
          values: {},
          stamp: seconds('2022-02-02T02:02:02Z'),
          gone: false,
          ...current,
          deleted: true,
        });
    }
  });
  checkAll();

  test('an index finds the new value of a record and no longer the old one', async () => {
    const row = contacts.rows - 1;
    const before = String(contacts.read('External_Id__c', 40));
    new Writer(org, org.userId).update(contacts, 40, { External_Id__c: 'changed-40' });
    expect(await find(`SELECT Id FROM Contact WHERE External_Id__c = '${before}'`)).toEqual([]);
    expect(await find("SELECT Id FROM Contact WHERE External_Id__c IN ('CHANGED-40')")).toEqual([40]);
    expect(row).toBeGreaterThan(40);
  });
});

describe('sorting', () => {
  test('by several fields, nulls first unless told otherwise, without regard to case', async () => {
    const key = ({ read }: Plain): [string | null, number | null] => [
      read('Department') === null ? null : lower(read('Department')),
      read('AnnualValue__c') as number | null,
    ];
    const nullsFirst = <T extends string | number>(a: T | null, b: T | null): number =>
      a === b ? 0 : a === null ? -1 : b === null ? 1 : a < b ? -1 : 1;
    const expected = plainRows(false).toSorted((a, b) => {
      const [[department, value], [otherDepartment, otherValue]] = [key(a), key(b)];
      const descending = value === null || otherValue === null ? -nullsFirst(value, otherValue) : otherValue - value;
      return nullsFirst(department, otherDepartment) || descending || a.row - b.row;
    });
    const found = await find('SELECT Id FROM Contact ORDER BY Department, AnnualValue__c DESC NULLS LAST');
    expect(found).toEqual(expected.map(({ row }) => row));
  });
});

describe('what a query may not do', () => {
  test.each([
    ['SELECT Id FROM Contact WHERE Nope = 1', 'INVALID_FIELD', "No such column 'Nope' on entity 'Contact'", 30],
    ['SELECT Id FROM Contact WHERE Account.Nope = 1', 'INVALID_FIELD', "No such column 'Nope' on entity 'Account'", 30],
    [
      'SELECT Id FROM Contact WHERE Nope.Name = 1',
      'INVALID_FIELD',
      "Didn't understand relationship 'Nope' in field path",
      30,
    ],
    [
      "SELECT Id FROM Contact WHERE Description = 'x'",
      'INVALID_FIELD',
      "field 'Description' can not be filtered in a query call",
      30,
    ],
    [
      'SELECT Id FROM Contact ORDER BY Description',
      'INVALID_FIELD',
      "field 'Description' can not be sorted in a query call",
      33,
    ],
    [
      "SELECT Id FROM Contact WHERE CreatedDate = '2024-01-01'",
      'INVALID_FIELD',
      "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
      30,
    ],
    ['SELECT Id FROM Contact WHERE CreatedDate = 2024-01-01', 'INVALID_FIELD', 'must be of type dateTime', 30],
    ['SELECT Id FROM Contact WHERE Birthdate = 2024-01-01T00:00:00Z', 'INVALID_FIELD', 'must be of type date', 30],
    [
      "SELECT Id FROM Contact WHERE AnnualValue__c = '5'",
      'INVALID_FIELD',
      'must be of type currency and should not be enclosed in quotes',
      30,
    ],
    ["SELECT Id FROM Contact WHERE Consent_Email__c = 'true'", 'INVALID_FIELD', 'must be of type boolean', 30],
    [
      'SELECT Id FROM Contact WHERE LastName = 5',
      'INVALID_FIELD',
      'must be of type string and should be enclosed in quotes',
      30,
    ],
    ["SELECT Id FROM Contact WHERE Id = '003'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid ID field: 003', 30],
    [
      "SELECT Id FROM Contact WHERE Id LIKE '003%'",
      'INVALID_QUERY_FILTER_OPERATOR',
      'invalid operator on id field',
      30,
    ],
    [
      "SELECT Id FROM Contact WHERE Birthdate LIKE '1%'",
      'INVALID_QUERY_FILTER_OPERATOR',
      'invalid operator on date field',
      30,
    ],
    ['SELECT Id FROM Contact WHERE AnnualValue__c > null', 'MALFORMED_QUERY', "unexpected token: 'null'", 47],
  ])('%s', async (soql, errorCode, reason, column) => {
    const error = await find(soql).then(
      () => null,
      (thrown) => thrown.bodies[0],
    );
    expect(error).toMatchObject({ errorCode, message: expect.stringContaining(reason) });
    expect(error.message).toContain(`ERROR at Row:1:Column:${column}\n`);
  });
});

test('whether negation finds records that hold nothing can be chosen', async () => {
  const skipping = new Org(withDefaults({ contacts: 300, clock: '2026-06-15T10:00:00Z', negationFindsNulls: false }));
  const table = skipping.table('Contact')!;
  for (const soql of [
    "SELECT Id FROM Contact WHERE Title != 'CEO'",
    "SELECT Id FROM Contact WHERE Title NOT IN ('CEO')",
  ]) {
    const rows = await findRows(makeContext(skipping, skipping.userId, soql), table, parseSoql(soql), false);
    const expected = [...table.gatherById(0, table.rows, false, Infinity)].filter(
      (row) => ![null, 'CEO'].includes(table.read('Title', row) as string | null),
    );
    expect([...rows]).toEqual(expected);
  }
});

test('a query within IN stands for what it finds', async () => {
  const big = "SELECT Id FROM Account WHERE Industry = 'Energy'";
  const inside = new Set((await find(big)).map((row) => org.table('Account')!.idOf(row)));
  const rows = plainRows(false);
  const accountOf = ({ read }: Plain): string | null => read('AccountId') as string | null;
  expect(await find(`SELECT Id FROM Contact WHERE AccountId IN (${big}) AND IsDeleted = FALSE`)).toEqual(
    rows.filter((row) => inside.has(accountOf(row) ?? '')).map(({ row }) => row),
  );
  expect(await find(`SELECT Id FROM Contact WHERE AccountId != null AND AccountId NOT IN (${big})`)).toEqual(
    rows.filter((row) => accountOf(row) !== null && !inside.has(accountOf(row)!)).map(({ row }) => row),
  );
  const none = "SELECT Id FROM Account WHERE Name = 'nobody at all'";
  expect(await find(`SELECT Id FROM Contact WHERE AccountId IN (${none})`)).toEqual([]);
  expect(inside.size).toBeGreaterThan(0);
  for (const wrong of ['SELECT Id, Name FROM Account', 'SELECT Name FROM Account', 'SELECT COUNT() FROM Account']) {
    await expect(find(`SELECT Id FROM Contact WHERE AccountId IN (${wrong})`)).rejects.toThrow();
  }
});
