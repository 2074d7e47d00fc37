import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cell, ColumnType } from './types.ts';
import { canonicalDecimal, canonicalJson, canonicalText, cleanText, foldText, toCell } from './types.ts';

const value = (type: ColumnType, raw: unknown): Cell => {
  const converted = toCell(type, raw);
  if (!converted.ok) throw new Error(converted.reason);
  return converted.value;
};
const refused = (type: ColumnType, raw: unknown): string => {
  const converted = toCell(type, raw);
  return converted.ok ? `accepted as ${JSON.stringify(converted.value)}` : converted.reason;
};

describe('canonical values', () => {
  test('null and undefined are no value in every type, empty text is a value', () => {
    for (const type of ['text', 'integer', 'number', 'decimal', 'boolean', 'date', 'datetime', 'json'] as const) {
      expect(toCell(type, null)).toEqual({ ok: true, value: null });
      expect(toCell(type, undefined)).toEqual({ ok: true, value: null });
    }
    expect(value('text', '')).toBe('');
  });

  test('text loses U+0000 and lone surrogates and nothing else', () => {
    expect(cleanText('a\0b\ud800c')).toEqual({ text: 'ab\ufffdc', cleaned: true });
    expect(cleanText('Müller 薇 🙂')).toEqual({ text: 'Müller 薇 🙂', cleaned: false });
  });

  test('whole numbers beyond 2^53 travel as digits, up to 64 bits', () => {
    expect(value('integer', '9007199254740991')).toBe(9007199254740991);
    expect(value('integer', '9007199254740993')).toBe('9007199254740993');
    expect(value('integer', '-9223372036854775808')).toBe('-9223372036854775808');
    expect(value('integer', '12.0')).toBe(12);
    expect(refused('integer', '9223372036854775808')).toBe('"9223372036854775808" is not a whole number');
    expect(refused('integer', '12.5')).toBe('"12.5" is not a whole number');
    expect(refused('integer', 2 ** 53)).toContain('is not a whole number');
  });

  test.each([
    ['-0012.500', '-12.5'],
    ['1e3', '1000'],
    ['-0.0', '0'],
    ['.5', '0.5'],
    ['12345678901234567890.123456789012345678901', '12345678901234567890.123456789012345678901'],
    ['1.5E-3', '0.0015'],
    ['+7.', '7'],
  ])('the decimal %s is written %s', (raw, canonical) => {
    expect(canonicalDecimal(raw)).toBe(canonical);
  });

  test.each(['', '.', '1,5', 'NaN', '1e9999', '--1'])('%j is not a decimal', (raw) => {
    expect(canonicalDecimal(raw)).toBeNull();
  });

  test('every decimal is canonical after one pass and keeps its value', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: 0, max: 12 }),
        (digits, places) => {
          const text = `${digits}e-${places}`;
          const once = canonicalDecimal(text);
          expect(once === null ? null : canonicalDecimal(once)).toBe(once);
          expect(Number(once)).toBeCloseTo(Number(digits) / 10 ** places, -25);
        },
      ),
    );
  });

  test('a calendar day never passes through a time zone and must exist', () => {
    expect(value('date', '2024-02-29')).toBe('2024-02-29');
    expect(refused('date', '2023-02-29')).toBe('"2023-02-29" is not a date');
    expect(refused('date', '2024-01-31T00:00:00Z')).toContain('is not a date');
  });

  test('an instant is UTC with milliseconds, whatever offset it was written with', () => {
    expect(value('datetime', '2024-02-01T00:30:00+01:00')).toBe('2024-01-31T23:30:00.000Z');
    expect(value('datetime', '2024-01-31T23:30:00.000+0000')).toBe('2024-01-31T23:30:00.000Z');
    expect(value('datetime', '2024-01-31T23:30Z')).toBe('2024-01-31T23:30:00.000Z');
    expect(refused('datetime', '2024-01-31T23:30:00')).toContain('is not a datetime');
    expect(refused('datetime', '2024-02-30T00:00:00Z')).toContain('is not a datetime');
    expect(refused('datetime', '2024-01-31T25:00:00Z')).toContain('is not a datetime');
  });

  test('booleans are read from the forms that interfaces send, and from nothing else', () => {
    expect(['true', '1', 1, true].map((raw) => value('boolean', raw))).toEqual([true, true, true, true]);
    expect(['false', '0', 0, false].map((raw) => value('boolean', raw))).toEqual([false, false, false, false]);
    expect(refused('boolean', 'yes')).toBe('"yes" is not a boolean');
  });

  test('numbers that JSON cannot carry are refused', () => {
    expect(refused('number', Number.NaN)).toContain('is not a number');
    expect(refused('number', '1e999')).toContain('is not a number');
    expect(value('number', '-0')).toBe(0);
  });

  test('equal JSON values have one text', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (json) => canonicalJson(JSON.parse(canonicalJson(json as Cell))) === canonicalJson(json as Cell),
      ),
    );
  });

  test('converting a canonical cell again changes nothing, in every type', () => {
    const samples: [ColumnType, unknown][] = [
      ['text', 'é'],
      ['integer', '9223372036854775807'],
      ['number', 0.1],
      ['decimal', '1.10'],
      ['boolean', 1],
      ['date', '1999-12-31'],
      ['datetime', '2024-06-01T12:00:00+02:00'],
      ['json', { z: 1, a: [] }],
    ];
    for (const [type, raw] of samples) {
      const cell = value(type, raw);
      expect(value(type, cell)).toEqual(cell);
      expect(canonicalText(type, cell)).toBe(canonicalText(type, value(type, cell)));
    }
  });

  test('folding joins what people see as the same letters in another case or encoding', () => {
    expect(foldText('MU\u0308LLER')).toBe(foldText('müller'));
    expect(foldText('Muller')).not.toBe(foldText('Müller'));
  });
});
