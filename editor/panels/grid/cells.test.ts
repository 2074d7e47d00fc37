import { describe, expect, test } from 'vitest';
import { copyCell, fitWidth, isMasked, isNumeric, showCell } from './cells.ts';

describe('cells of the grid', () => {
  test.each([
    ['integer', 1234567, '1,234,567'],
    ['integer', '9007199254740993', '9,007,199,254,740,993'],
    ['decimal', '-98300.75', '-98,300.75'],
    ['decimal', '0.1234', '0.1234'],
    ['number', 1e21, '1e+21'],
    ['datetime', '2026-11-21T13:58:02.000Z', '2026-11-21 13:58:02'],
    ['datetime', '2026-11-21T13:58:02.120Z', '2026-11-21 13:58:02.120'],
    ['text', '1234567', '1234567'],
    ['boolean', false, 'false'],
    ['json', { b: 1, a: [2] }, '{"a":[2],"b":1}'],
    ['text', null, 'null'],
  ] as const)('%s %j reads as %s', (type, cell, expected) => {
    expect(showCell(type, cell)).toBe(expected);
  });

  test('copying gives the exact text, and nothing for null', () => {
    expect(copyCell('decimal', '-98300.75')).toBe('-98300.75');
    expect(copyCell('datetime', '2026-11-21T13:58:02.000Z')).toBe('2026-11-21T13:58:02.000Z');
    expect(copyCell('text', null)).toBe('');
  });

  test('numbers stand at the right, texts of digits do not', () => {
    expect(['integer', 'number', 'decimal'].every((type) => isNumeric(type as 'integer'))).toBe(true);
    expect(isNumeric('text')).toBe(false);
  });

  test('a masked value is told from the same characters in other columns', () => {
    const column = { name: 'Email', label: 'Email', type: 'text' } as const;
    expect(isMasked({ ...column, personal: true }, '•••')).toBe(true);
    expect(isMasked(column, '•••')).toBe(false);
  });

  test('widths follow the content and stay within bounds', () => {
    const column = { name: 'x', label: 'x', type: 'text' } as const;
    expect(fitWidth(column, ['a'.repeat(500)])).toBe(340);
    expect(fitWidth(column, ['a'])).toBeGreaterThanOrEqual(76);
    expect(fitWidth(column, ['a'.repeat(30)])).toBeGreaterThan(fitWidth(column, ['a']));
  });
});
