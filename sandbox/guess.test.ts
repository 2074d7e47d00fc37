import { describe, expect, test } from 'vitest';
import { guessColumns, usesWholeRecords } from './guess.ts';

const columns = ['id', 'email', 'Account.Name', 'first name', 'prénom', '$x', 'constructor'];

describe('the columns a program seems to read', () => {
  test.each([
    ['record.email.trim()', ['email']],
    ['record["Account.Name"] + record[`first name`]', ['Account.Name', 'first name']],
    ['const { id, email: mail } = record', ['id', 'email']],
    ['record.prénom ?? record.$x', ['prénom', '$x']],
    ['record.emailAddress + record.identity', []],
    ['record["e" + "mail"]', []],
    ['true', []],
  ])('of %s', (source, expected) => {
    expect(guessColumns(source, columns)).toEqual(expected);
  });

  test.each([
    ['({ ...record })', true],
    ['Object.keys(record)', true],
    ['for (const name in record) ;', true],
    ['JSON.stringify(record)', true],
    ['record.email', false],
  ])('%s uses whole records: %s', (source, expected) => {
    expect(usesWholeRecords(source)).toBe(expected);
  });
});
