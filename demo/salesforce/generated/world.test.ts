import { expect, test } from 'vitest';
import { withDefaults } from '../options.ts';
import { Org } from '../org.ts';
import type { Table } from '../store/table.ts';
import { HISTORY_END } from './history.ts';

function contactsOf(seed: number, contacts = 4000): Table {
  return new Org(withDefaults({ seed, contacts, clock: '2026-06-15T10:00:00Z' })).table('Contact')!;
}

function recordText(table: Table, row: number): string {
  return JSON.stringify(table.definition.fields.map(({ name }) => table.read(name, row)));
}

test('the same seed makes the same records whatever was read before, another seed makes others', () => {
  const [one, other, different] = [contactsOf(7), contactsOf(7), contactsOf(8)];
  const rows = [3999, 0, 17, 2024, 1, 3998];
  for (let row = 0; row < 500; row++) recordText(other, row);
  expect(rows.map((row) => recordText(one, row))).toEqual(
    rows
      .toReversed()
      .map((row) => recordText(other, row))
      .reverse(),
  );
  expect(rows.filter((row) => recordText(one, row) === recordText(different, row))).toEqual([]);
});

test('objects stand in proportion to the contacts asked for, and deleted records come on top', () => {
  const org = new Org(withDefaults({ contacts: 4000 }));
  const live = Object.fromEntries(org.tables.map((table) => [table.name, table.liveRows]));
  expect(live).toMatchObject({
    Account: 800,
    Case: 1000,
    Contact: 4000,
    Contract: 200,
    Lead: 2000,
    Opportunity: 500,
    Organization: 1,
    User: 12,
    Subscription__c: 400,
    Event: org.table('Event')!.gatherById(0, 10_000, false, Infinity).length,
  });
  expect(org.table('Contact')!.gatherById(0, 10_000, false, Infinity)).toHaveLength(4000);
  expect(org.table('Contact')!.rows).toBe(4062);
});

test('an organisation without contacts stands', () => {
  const org = new Org(withDefaults({ contacts: 0 }));
  const live = (name: string): number => org.table(name)!.liveRows;
  expect(['Account', 'Contact', 'Task', 'Vote', 'Subscription__c', 'User'].map(live)).toEqual([0, 0, 0, 0, 0, 12]);
  expect(org.table('CartItem')!.read('CartId', 0)).toBeNull();
});

test('the other objects stay small however many contacts there are', () => {
  const org = new Org(withDefaults({ contacts: 200_000 }));
  const business = ['Account', 'Case', 'Contact', 'Contract', 'Lead', 'Opportunity'];
  const others = org.tables.filter(({ name }) => !business.includes(name));
  expect(others.length).toBeGreaterThan(15);
  expect(others.filter(({ rows }) => rows > 2100).map(({ name }) => name)).toEqual([]);
});

test('all stamps lie before the end of the history and follow each other, and many are shared', () => {
  const table = contactsOf(1, 20_000);
  const sharing = new Map<number, number>();
  for (let row = 0; row < table.rows; row++) {
    const [created, modified, stamped] = ['CreatedDate', 'LastModifiedDate', 'SystemModstamp'].map((name) =>
      Number(table.read(name, row)),
    );
    expect(created! <= modified! && modified! <= stamped! && stamped! < HISTORY_END).toBe(true);
    sharing.set(stamped!, (sharing.get(stamped!) ?? 0) + 1);
  }
  const ties = [...sharing.values()].sort((a, b) => b - a);
  expect(ties[0]).toBeGreaterThan(100);
  expect(ties.filter((count) => count > 20).length).toBeGreaterThan(20);
});

test('the data has the mess of real data', () => {
  const table = contactsOf(1, 5000);
  const rows = [...table.gatherById(0, table.rows, false, Infinity)];
  const texts = (name: string): string[] =>
    rows.map((row) => table.read(name, row)).filter((value) => typeof value === 'string');
  const share = (name: string): number => 1 - texts(name).length / rows.length;
  const emails = texts('Email');
  const names = [...texts('FirstName'), ...texts('LastName')];
  const descriptions = texts('Description');
  expect(share('Email')).toBeGreaterThan(0.06);
  expect(share('AccountId')).toBeGreaterThan(0.1);
  expect(new Set(emails).size).toBeGreaterThan(new Set(emails.map((email) => email.trim().toLowerCase())).size);
  expect(emails.some((email) => /[^ -~]/.test(email))).toBe(true);
  expect(emails.some((email) => email !== email.trim())).toBe(true);
  expect(names.some((name) => name !== name.trim())).toBe(true);
  expect(names.some((name) => name !== name.normalize('NFC'))).toBe(true);
  expect(names).toEqual(expect.arrayContaining(['Müller', 'Mueller', 'MÜLLER', 'Muller', '王']));
  expect(names.some((name) => /\p{Script=Arabic}/u.test(name))).toBe(true);
  expect(descriptions.some((text) => text.length > 2000)).toBe(true);
  for (const sign of ['\n', '\r\n', '"', '\t', '🎉', '客户'])
    expect(descriptions.some((text) => text.includes(sign))).toBe(true);
  expect(new Set(texts('MailingCountry')).size).toBeGreaterThan(12);
});

test('about one contact in twelve repeats another one', () => {
  const table = contactsOf(1, 5000);
  const people = new Set<string>();
  let repeated = 0;
  for (const row of table.gatherById(0, table.rows, false, Infinity)) {
    const email = table.read('Email', row);
    if (typeof email !== 'string') continue;
    const number = /(\d+)@/.exec(email)![1]!;
    if (people.has(number)) repeated++;
    people.add(number);
  }
  expect(repeated).toBeGreaterThan(250);
  expect(repeated).toBeLessThan(450);
});

test('references point at live records', () => {
  const org = new Org(withDefaults({ contacts: 2000 }));
  for (const table of org.tables) {
    for (const field of table.definition.fields.filter(({ referenceTo }) => referenceTo !== null)) {
      const parent = org.table(field.referenceTo!)!;
      for (let row = 0; row < table.rows; row++) {
        const id = table.read(field.name, row);
        if (id !== null) expect(parent.isVisible(parent.rowOf(String(id)), false)).toBe(true);
      }
    }
  }
});
