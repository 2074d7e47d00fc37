import { describe, expect, it } from 'vitest';
import type { Cell, ColumnType, Json } from '../../../contract/types.ts';
import type { Conversion } from '../conversions.ts';
import { isSame, keyForm } from './comparison.ts';
import { isStoredAs, rounded } from './rounding.ts';
import { sentCell } from './sentCell.ts';

describe('a value on its way to a field', () => {
  const sent = (
    type: ColumnType,
    conversion: Conversion,
    value: Json,
    kind: 'column' | 'expression' = 'column',
  ): Cell => {
    const cell = sentCell({ type, conversion, source: { kind } }, value, 'Europe/Paris');
    return cell.ok ? cell.value : 'refused';
  };
  const late = '2024-01-31T23:30:00.000Z';

  it.each<[ColumnType, Conversion, Json, Cell]>([
    ['datetime', 'default', late, late],
    ['datetime', 'default', '2024-02-01 00:30', late],
    ['datetime', 'default', '2024-02-01T00:30:00+01:00', late],
    ['datetime', 'default', '2024-02-01', 'refused'],
    ['date', 'default', '2024-02-01', '2024-02-01'],
    ['date', 'default', late, 'refused'],
    ['date', 'default', '2024-02-01T00:00:00.000Z', 'refused'],
    ['date', 'dateOnly', late, '2024-02-01'],
    ['date', 'dateOnly', '2024-01-31', '2024-01-31'],
    ['text', 'dateOnly', late, '2024-02-01'],
    ['datetime', 'dateOnly', late, '2024-01-31T23:00:00.000Z'],
    ['text', 'withoutTimeOffset', late, '2024-01-31 23:30:00'],
    ['datetime', 'withoutTimeOffset', '2024-01-31 23:30:00', late],
    ['date', 'withoutTimeOffset', late, '2024-01-31'],
    ['text', 'copy', '2024-02-01 00:30', '2024-02-01 00:30'],
    ['datetime', 'copy', '2024-02-01 00:30', 'refused'],
    ['decimal', 'default', '1.50', '1.5'],
    ['integer', 'default', 'twelve', 'refused'],
    ['boolean', 'default', 'true', true],
  ])('%s by %s: %s becomes %s', (type, conversion, value, cell) => {
    expect(sent(type, conversion, value)).toEqual(cell);
  });

  it('is none where the text is empty, whatever the type', () => {
    expect([sent('text', 'default', ''), sent('integer', 'copy', ''), sent('date', 'dateOnly', '')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('is the day of a date that a script gives', () => {
    expect(sent('date', 'default', '2024-02-01T00:00:00.000Z', 'expression')).toBe('2024-02-01');
  });
});

describe('two values', () => {
  const same = (type: ColumnType, one: Cell, other: Cell, remoteType = ''): boolean =>
    isSame({ type, remoteType }, one, other);

  it.each<[string, ColumnType, Cell, Cell, boolean, string?]>([
    ['text of another case', 'text', 'Berlin', 'berlin', false],
    ['text with spaces around it', 'text', ' Berlin ', 'Berlin', true],
    ['text that is nothing but spaces, and nothing', 'text', ' ', null, true],
    ['text with other line ends', 'text', 'One\r\nTwo', 'One\nTwo', true],
    ['the end of an instant that CRMs drop', 'datetime', '2024-01-31T23:30:00.250Z', '2024-01-31T23:30:00.000Z', true],
    ['two seconds', 'datetime', '2024-01-31T23:30:01.000Z', '2024-01-31T23:30:00.000Z', false],
    ['a box that is not ticked, and none', 'boolean', null, false, true],
    ['choices in another order', 'text', 'A;B', 'B; A', true, 'multipicklist'],
    ['a choice written in another case', 'text', 'web', 'Web', true, 'picklist'],
    ['choices written in another case', 'text', 'a;B', 'b;A', true, 'multipicklist'],
    ['other choices', 'text', 'A;B', 'A;C', false, 'multipicklist'],
    ['the same text in a field of one choice', 'text', 'A;B', 'B;A', false, 'picklist'],
    ['zero and nothing', 'number', 0, null, false],
  ])('%s', (_, type, one, other, expected, remoteType) => {
    expect([same(type, one, other, remoteType), same(type, other, one, remoteType)]).toEqual([expected, expected]);
  });

  it('that are keys are found whatever their case', () => {
    expect([keyForm('text', ' C-1 '), keyForm('text', 'c-1'), keyForm('text', ' '), keyForm('integer', 12)]).toEqual([
      'c-1',
      'c-1',
      null,
      '12',
    ]);
  });
});

describe('what a CRM makes of a value by itself', () => {
  it.each([
    ['12.346', 2, '12.35'],
    ['12.345', 2, '12.35'],
    ['-12.345', 2, '-12.35'],
    ['0.004', 2, '0'],
    ['-0.004', 2, '0'],
    ['9.995', 2, '10'],
    ['0.5', 0, '1'],
    ['12.3', 2, '12.3'],
    ['90071992547409931.25', 1, '90071992547409931.3'],
    ['1e-9', 2, '1e-9'],
  ])('%s with %d digits is %s', (text, scale, expected) => {
    expect(rounded(text, scale)).toBe(expected);
  });

  it.each<[ColumnType, string, number | undefined, Cell, Cell, boolean]>([
    ['decimal', 'currency', undefined, '12.346', '12.35', true],
    ['decimal', 'currency', undefined, '12.346', '12.34', true],
    ['number', 'double', undefined, 12.9, 12, true],
    ['number', 'double', undefined, 12.9, 11, false],
    ['decimal', 'currency', undefined, '12.35', '12.346', false],
    ['decimal', 'currency', undefined, '12.35', '12.35', false],
    ['text', 'string', 4, 'Lovelace', 'Love', true],
    ['text', 'string', 5, 'Lovelace', 'Love', false],
    ['text', 'string', 4, 'Love', 'Lovelace', false],
    ['text', 'string', undefined, 'Lovelace', null, false],
    ['text', 'email', 80, 'Ada@X.org', 'ada@x.org', true],
    ['text', 'string', 80, 'Ada', 'ada', false],
    ['date', 'date', undefined, '2024-01-02', '2024-01-0', false],
  ])('a %s (%s) of length %s: of %j it may have made %j: %s', (type, remoteType, length, given, held, expected) => {
    expect(isStoredAs({ type, remoteType, ...(length === undefined ? {} : { length }) }, given, held)).toBe(expected);
  });

  it('numbers are the same to a field that keeps fewer digits', () => {
    const money = { type: 'decimal', remoteType: 'currency', scale: 2 } as const;
    expect(isSame(money, '12.346', '12.35')).toBe(true);
    expect(isSame(money, '12.346', '12.34')).toBe(false);
    expect(isSame({ ...money, scale: 3 }, '12.346', '12.35')).toBe(false);
  });
});
