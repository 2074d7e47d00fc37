import { expect, test } from 'vitest';
import { encoderOf } from './encode.ts';

test.each([
  [0, '0.0'],
  [-5, '-5.0'],
  [1250.5, '1250.5'],
  [9_999_999.99, '9999999.99'],
  [10_000_000, '1.0E7'],
  [139_000_000, '1.39E8'],
  [-123_456_789.12, '-1.2345678912E8'],
  [900_000_000_000_001, '9.00000000000001E14'],
  [0.001, '0.001'],
  [0.00025, '2.5E-4'],
])('the double %d is written %s, and read back the same', (number, text) => {
  expect(encoderOf('currency')(number)).toBe(text);
  expect(JSON.parse(text)).toBe(number);
});

test('instants are written in UTC without a colon in the offset', () => {
  const write = encoderOf('datetime');
  expect(write(Date.UTC(2024, 1, 29, 23, 5, 9) / 1000)).toBe('"2024-02-29T23:05:09.000+0000"');
  expect(write(Date.UTC(1969, 11, 31, 23, 59, 59) / 1000)).toBe('"1969-12-31T23:59:59.000+0000"');
  expect(write(null)).toBe('null');
});

test('text is escaped, whole numbers of int fields have no fraction', () => {
  expect(encoderOf('textarea')('a "b"\n\u0000\ud800')).toBe('"a \\"b\\"\\n\\u0000\\ud800"');
  expect(encoderOf('int')(12)).toBe('12');
});
