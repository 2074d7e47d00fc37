import { describe, expect, test } from 'vitest';
import { en } from './en.ts';
import {
  formatBytes,
  formatClock,
  formatCompact,
  formatDuration,
  formatInstant,
  formatInstantIn,
  formatNumber,
  formatPercent,
} from './format.ts';
import { t } from './t.ts';

describe('texts', () => {
  test('take their values, and write numbers with separators', () => {
    expect(t('rows.matching', { matching: 12, total: 19_873 })).toBe('12 of 19,873 rows');
  });

  test('have the plural form that fits the count', () => {
    expect(t('rows.total', { count: 1 })).toBe('1 row');
    expect(t('rows.total', { count: 0 })).toBe('0 rows');
    expect(t('rows.total', { count: 1_000 })).toBe('1,000 rows');
  });

  test('are all written out: none is empty, none has a brace that is not a value', () => {
    for (const [key, text] of Object.entries(en)) {
      for (const form of typeof text === 'string' ? [text] : Object.values(text)) {
        expect(form.trim(), key).not.toBe('');
        expect(form.replace(/\{\w+\}/g, ''), key).not.toMatch(/[{}]/);
      }
    }
  });
});

describe('formats', () => {
  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [3_100, '3.1 s'],
    [125_000, '2 min 05 s'],
    [3_840_000, '1 h 04 min'],
  ])('%i milliseconds are %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test('a running clock counts seconds, minutes and hours', () => {
    expect([14_200, 3_723_000, -5].map(formatClock)).toEqual(['00:14', '1:02:03', '00:00']);
  });

  test('an instant is as short as it stays clear', () => {
    const now = new Date(2026, 10, 21, 15, 0);
    const at = (...parts: [number, number, number, number, number]) =>
      formatInstant(new Date(...parts).toISOString(), now);
    expect(at(2026, 10, 21, 13, 58)).toBe('today 13:58');
    expect(at(2026, 10, 20, 13, 58)).toBe('20 Nov 13:58');
    expect(at(2025, 10, 20, 13, 58)).toBe('20 Nov 2025 13:58');
  });

  test('an instant of a schedule stands in the zone of the schedule', () => {
    const now = new Date('2026-11-21T10:00:00Z');
    expect(formatInstantIn('2026-11-21T13:00:00Z', 'Europe/Berlin', now)).toBe('14:00 Europe/Berlin');
    expect(formatInstantIn('2026-11-21T23:30:00Z', 'Europe/Berlin', now)).toBe('22 Nov 00:30 Europe/Berlin');
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_234_567, '1.2 MB'],
    [456_000_000, '456 MB'],
    [5_000_000_000_000_000, '5000 TB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test('numbers keep what matters', () => {
    expect(formatNumber(1234567.8912)).toBe('1,234,567.891');
    expect(formatPercent(0.474)).toBe('47%');
    expect([99_999, 240_000, 1_234_567].map(formatCompact)).toEqual(['99,999', '240K', '1.2M']);
  });
});
