import { expect, test } from 'vitest';
import { RowError } from '../errors.ts';
import type { Field, FieldType } from './field.ts';
import { keyText, readValue, showValue } from './values.ts';

function field(type: FieldType, maxLength: number | null = null, scale: number | null = null): Field {
  return { objectId: '', name: 'F', type, maxLength, scale, isPrimaryKey: false, isRequired: false, defaultValue: '' };
}

test.each([
  [field('Text', 5), 'ab<&', 'ab<&', 'ab<&'],
  [field('Text', 5), '', '', ''],
  [field('Number'), ' 7 ', 7, '7'],
  [field('Number'), '', null, ''],
  [field('Number'), 7.0, 7, '7'],
  [field('Decimal', 8, 2), '-0012.5', '-12.50', '-12.50'],
  [field('Decimal', 8, 2), 0.1, '0.10', '0.10'],
  [field('Boolean'), 'yes', true, 'True'],
  [field('Boolean'), 0, false, 'False'],
  [field('EmailAddress', 254), 'a@b.co', 'a@b.co', 'a@b.co'],
  [field('Locale', 5), 'de-DE', 'de-DE', 'de-DE'],
  [field('Phone', 50), '+49 (30) 1234', '+49 (30) 1234', '+49 (30) 1234'],
])('%j stores %j as %j and shows it as %j', (column, given, stored, shown) => {
  const value = readValue(column, given);
  expect([value, showValue(column, value)]).toEqual([stored, shown]);
});

test.each([
  ['2026-06-01', '2026-06-01T00:00:00.000', '6/1/2026 12:00:00 AM'],
  ['2026-06-01T12:30:15Z', '2026-06-01T06:30:15.000', '6/1/2026 6:30:15 AM'],
  ['2026-01-01T12:30:15Z', '2026-01-01T06:30:15.000', '1/1/2026 6:30:15 AM'],
  ['2026-06-01T01:00:00+02:00', '2026-05-31T17:00:00.000', '5/31/2026 5:00:00 PM'],
  ['6/1/2026 3:05 PM', '2026-06-01T15:05:00.000', '6/1/2026 3:05:00 PM'],
  ['12/31/2025', '2025-12-31T00:00:00.000', '12/31/2025 12:00:00 AM'],
])('the date %s stands for %s on the clock of the servers, six hours behind UTC all year', (given, stored, shown) => {
  const column = field('Date');
  const value = readValue(column, given);
  expect([value, showValue(column, value)]).toEqual([stored, shown]);
});

test.each([
  [field('Text', 3), 'abcd', 'MaxLengthExceeded'],
  [field('Number'), '1.5', 'InvalidNumber'],
  [field('Number'), '2147483648', 'InvalidNumber'],
  [field('Decimal', 5, 2), '1234', 'InvalidDecimal'],
  [field('Decimal', 5, 2), '1.234', 'InvalidDecimal'],
  [field('Date'), '2026-02-30', 'InvalidDate'],
  [field('Date'), '1752-12-31', 'InvalidDate'],
  [field('Boolean'), 'perhaps', 'InvalidBoolean'],
  [field('EmailAddress', 254), 'nowhere', 'InvalidEmailAddress'],
  [field('Locale', 5), 'german', 'InvalidLocale'],
  [field('Phone', 50), 'call me', 'InvalidPhone'],
  [field('Text', 50), { a: 1 }, 'InvalidType'],
])('%j refuses %j as %s', (column, given, kind) => {
  expect(() => readValue(column, given)).toThrow(expect.objectContaining({ kind }));
  expect(() => readValue(column, given)).toThrow(RowError);
});

test('two keys are one whatever their case and the blanks at their end', () => {
  expect(keyText('ABC ')).toBe(keyText('abc'));
  expect(keyText(' abc')).not.toBe(keyText('abc'));
});
