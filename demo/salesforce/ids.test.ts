import { expect, test } from 'vitest';
import { idMaker, MAX_ROWS, normaliseId, rowOfId, suffixOf } from './ids.ts';

test.each([
  ['001000000000001', 'AAA'],
  ['00D000000000001', 'EAA'],
  ['a00D0000008pQRA', 'IA2'],
])('the suffix of %s is %s', (id15, suffix) => {
  expect(suffixOf(id15)).toBe(suffix);
});

test('made ids carry a right suffix, their row, and the order of their rows', () => {
  const make = idMaker('003');
  let before = '';
  for (const row of [0, 1, 61, 62, 3843, 3844, 238_328, 999_999, MAX_ROWS - 1]) {
    const id = make(row);
    expect(id).toHaveLength(18);
    expect(id.slice(15)).toBe(suffixOf(id.slice(0, 15)));
    expect(rowOfId('003', id)).toBe(row);
    expect(rowOfId('001', id)).toBe(-1);
    expect(id > before).toBe(true);
    before = id;
  }
});

test('an id of 15 characters, and one of 18 in the wrong case, name the same record', () => {
  const id = idMaker('00Q')(4711);
  expect(normaliseId(id.slice(0, 15))).toBe(id);
  expect(normaliseId(id.toLowerCase())).toBe(id);
  expect(normaliseId(id.toUpperCase())).toBe(id);
});

test.each(['', '001', '0015e00001M000/AAA', '0015e00001M0000AAC', '001000000000001AAAA'])('"%s" is no id', (text) => {
  expect(normaliseId(text)).toBeNull();
});
