import { expect, test } from 'vitest';
import { ownKey, readChanges, recordName, recordTitle } from './recordValues.ts';

const known = [
  { name: 'Title', label: 'Job title', type: 'text' },
  { name: 'Amount__c', label: '', type: 'decimal' },
];

test('each difference says whether a value came, went, or is another one now', () => {
  const fields = [
    { name: 'Title', before: 'Clerk', after: 'Head' },
    { name: 'Amount__c', before: null, after: '12480.5' },
    { name: 'Phone', before: '+49 30 1', after: null },
  ];
  expect(readChanges({ fields }, known)).toEqual([
    { name: 'Title', label: 'Job title', kind: 'changed', before: 'Clerk', after: 'Head' },
    { name: 'Amount__c', label: 'Amount__c', kind: 'new', before: null, after: '12,480.5' },
    { name: 'Phone', label: 'Phone', kind: 'cleared', before: '+49 30 1', after: null },
  ]);
});

test('what goes with a deleted record has no new value, and a value that is no text is written out', () => {
  const fields = [{ name: 'Address', before: { city: 'Kiel' } }] as { name: string; before: unknown; after: unknown }[];
  expect(readChanges({ fields }, known)).toEqual([
    { name: 'Address', label: 'Address', kind: 'gone', before: '{"city":"Kiel"}', after: null },
  ]);
});

test('the field that is looked for stands first', () => {
  const fields = ['Title', 'Phone', 'Email'].map((name) => ({ name, before: 'a', after: 'b' }));
  expect(readChanges({ fields }, known, 'Email').map(({ name }) => name)).toEqual(['Email', 'Title', 'Phone']);
});

test('a record is called by its name, else by its key, its id, or its row', () => {
  expect(recordName({ name: 'Anna Müller', key: 'K-1', recordId: '003', row: 7 })).toBe('Anna Müller');
  expect(recordTitle({ name: 'Anna Müller', key: 'K-1', recordId: '003', row: 7 })).toBe('Anna Müller, K-1');
  expect(recordName({ name: null, key: 'K-1', recordId: '003', row: 7 })).toBe('K-1');
  expect(recordName({ name: null, key: null, recordId: '003', row: 7 })).toBe('003');
  expect(recordTitle({ name: null, key: null, recordId: null, row: 7 })).toBe('row 7');
  expect(ownKey({ key: '003', recordId: '003' })).toBeNull();
});
