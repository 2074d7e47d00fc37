import { expect, test } from 'vitest';
import type { ApiError } from '../errors.ts';
import { parseSoql } from './parser.ts';

function errorOf(text: string): { errorCode: string; message: string } {
  try {
    parseSoql(text);
  } catch (error) {
    const [body] = (error as ApiError).bodies;
    return { errorCode: body!.errorCode, message: body!.message };
  }
  throw new Error(`parsed without an error: ${text}`);
}

test('a query of every clause is read', () => {
  const query = parseSoql(
    "select Id, a.Account.Name from Contact as a where (Name like 'M\\_%' or Email = null) and (not Age__c >= -1.5e2) " +
      'order by Name desc nulls last, Id limit 10 offset 20',
  );
  expect(query.select).toMatchObject([
    { kind: 'field', path: { parts: ['Id'] } },
    { kind: 'field', path: { parts: ['a', 'Account', 'Name'] } },
  ]);
  expect(query).toMatchObject({ object: { parts: ['Contact'] }, alias: 'a', limit: 10, offset: 20 });
  expect(query.orderBy).toMatchObject([
    { path: { parts: ['Name'] }, descending: true, nullsLast: true },
    { path: { parts: ['Id'] }, descending: false, nullsLast: false },
  ]);
  expect(query.where).toMatchObject({
    kind: 'and',
    items: [
      {
        kind: 'or',
        items: [{ operator: 'LIKE', literal: { pattern: 'M\\_%', value: 'M_%' } }, { literal: { kind: 'null' } }],
      },
      { kind: 'not', item: { operator: '>=', literal: { kind: 'number', value: -150 } } },
    ],
  });
});

test('literals of every kind are read', () => {
  const { where } = parseSoql(
    "SELECT Id FROM X WHERE F IN ('it\\'s \\\\ \\n \\\"q\\\"', 1, TRUE, null, 2024-02-29, 2024-01-31T10:00:00.5+02:00, TODAY, LAST_N_DAYS:30)",
  );
  expect(where).toMatchObject({
    kind: 'in',
    negated: false,
    literals: [
      { kind: 'string', value: 'it\'s \\ \n "q"' },
      { kind: 'number', value: 1 },
      { kind: 'boolean', value: true },
      { kind: 'null' },
      { kind: 'date', value: '2024-02-29' },
      { kind: 'datetime', value: Date.UTC(2024, 0, 31, 8, 0, 0, 500) },
      { kind: 'period', name: 'TODAY' },
      { kind: 'period', name: 'LAST_N_DAYS', n: 30 },
    ],
  });
});

test('COUNT() and COUNT(field) are told apart', () => {
  expect(parseSoql('SELECT COUNT() FROM Contact')).toMatchObject({ countsRows: true, select: [] });
  expect(parseSoql('SELECT count(Email) total FROM Contact')).toMatchObject({
    countsRows: false,
    select: [{ kind: 'count', path: { parts: ['Email'] }, alias: 'total' }],
  });
});

test.each([
  ['SELECT FROM Contact', 'FROM', 1, 8],
  ['SELECT Id, FROM Contact', 'FROM', 1, 12],
  ['SELECT Id FROM', '<EOF>', 1, 15],
  ['SELECT Id Contact', 'Contact', 1, 11],
  ['SELECT Id FROM Contact WHERE', '<EOF>', 1, 29],
  ["SELECT Id FROM Contact WHERE (Name = 'a'", '<EOF>', 1, 41],
  ["SELECT Id FROM Contact WHERE Name == 'a'", '=', 1, 36],
  ['SELECT Id FROM Contact WHERE Name IS NULL', 'IS', 1, 35],
  ["SELECT Id FROM Contact WHERE Name = 'a' AND Id = 'b' OR Id = 'c'", 'OR', 1, 54],
  ['SELECT Id FROM Contact WHERE Id IN ()', ')', 1, 37],
  ['SELECT Id FROM Contact LIMIT 1.5', '1.5', 1, 30],
  ['SELECT Id FROM Contact LIMIT -1', '-1', 1, 30],
  ['SELECT Id\nFROM Contact\nWHERE Name = = 1', '=', 3, 14],
  ['SELECT Id FROM Contact WHERE CreatedDate = SOMEDAY', 'SOMEDAY', 1, 44],
  ['SELECT Id FROM Contact WHERE CreatedDate = LAST_N_DAYS', '<EOF>', 1, 55],
  ['DELETE FROM Contact', 'DELETE', 1, 1],
])('%j stops at %j with row and column', (text, token, row, column) => {
  const { errorCode, message } = errorOf(text);
  expect(errorCode).toBe('MALFORMED_QUERY');
  const [, line, caret, place, reason] = message.split('\n');
  expect(place).toBe(`ERROR at Row:${row}:Column:${column}`);
  expect(reason).toBe(`unexpected token: '${token}'`);
  expect(caret).toBe(`${' '.repeat(column - 1)}^`);
  expect(line).toBe(text.split('\n')[row - 1]);
});

test('the echo of a long line is cut, and its caret still points at the place', () => {
  const text = `SELECT ${'Id, '.repeat(200)}Name FROM Contact WHERE ${"Name = 'a' AND ".repeat(50)}Name == 1`;
  const [, line, caret, place] = errorOf(text).message.split('\n');
  expect(line!.length).toBeLessThan(120);
  expect(line!.slice(caret!.length - 1)).toMatch(/^= 1/);
  expect(place).toBe(`ERROR at Row:1:Column:${text.indexOf('== 1') + 2}`);
});

test.each([
  ["SELECT Id FROM Contact WHERE Name = 'abc", "mismatched character '<EOF>' expecting '''", 37],
  ["SELECT Id FROM Contact WHERE Name = 'a\\x'", "invalid string literal: illegal escape sequence '\\x'", 39],
  ['SELECT Id FROM Contact WHERE Name = "a"', "unexpected char: '\"'", 37],
  ['SELECT Id FROM Contact WHERE Birthdate = 2023-02-29', 'invalid date: 2023-02-29', 42],
  ['SELECT Id FROM Contact WHERE CreatedDate > 2024-01-31T25:00:00Z', 'invalid dateTime: 2024-01-31T25:00:00Z', 44],
])('%j is refused', (text, reason, column) => {
  const { errorCode, message } = errorOf(text);
  expect(errorCode).toBe('MALFORMED_QUERY');
  expect(message.endsWith(`ERROR at Row:1:Column:${column}\n${reason}`)).toBe(true);
});

test('what this demo does not support says so instead of guessing', () => {
  for (const text of [
    'SELECT Id, (SELECT Id FROM Contacts) FROM Account',
    'SELECT LeadSource FROM Lead GROUP BY LeadSource',
    'SELECT toLabel(Status) FROM Lead',
    'SELECT Id FROM Contact WHERE CALENDAR_YEAR(CreatedDate) = 2024',
    "SELECT Id FROM Lead WHERE Interests__c INCLUDES ('a')",
    'SELECT Id FROM Contact FOR UPDATE',
  ]) {
    expect(errorOf(text)).toMatchObject({
      errorCode: 'MALFORMED_QUERY',
      message: expect.stringContaining('not supported'),
    });
  }
});

test('an offset over 2000 is out of range', () => {
  expect(errorOf('SELECT Id FROM Contact OFFSET 2001')).toEqual({
    errorCode: 'NUMBER_OUTSIDE_VALID_RANGE',
    message:
      '\nSELECT Id FROM Contact OFFSET 2001\n                              ^\nERROR at Row:1:Column:31\nMaximum SOQL offset allowed is 2000',
  });
});

test('queries and strings have a longest length', () => {
  expect(errorOf(`SELECT Id FROM Contact WHERE Name = '${'x'.repeat(100_000)}'`).message).toContain('100000');
  expect(errorOf(`SELECT Id FROM Contact WHERE Name = '${'x'.repeat(4001)}'`).message).toContain('4000');
});
