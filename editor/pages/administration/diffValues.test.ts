import { expect, test } from 'vitest';
import { diffValues, showValue } from './diffValues.ts';

test('only fields that differ are named, however deep they lie', () => {
  const before = { label: 'Production', settings: { url: 'https://old', version: '60.0' } };
  const after = { label: 'Production', settings: { url: 'https://new', version: '60.0' } };
  expect(diffValues(before, after)).toEqual({
    changes: [{ path: 'settings.url', old: 'https://old', new: 'https://new' }],
    same: 2,
  });
});

test('what came or went has one side only', () => {
  expect(diffValues(null, { run: 'r1' }).changes).toEqual([{ path: 'run', old: undefined, new: 'r1' }]);
  expect(diffValues({ label: 'Old' }, null).changes).toEqual([{ path: 'label', old: 'Old', new: undefined }]);
});

test('plain values and lists are compared as a whole', () => {
  expect(diffValues('2026/11/20', '2026/11/21').changes).toEqual([{ path: '', old: '2026/11/20', new: '2026/11/21' }]);
  expect(diffValues({ keys: ['a', 'b'] }, { keys: ['a', 'c'] }).changes).toHaveLength(1);
  expect(diffValues({ keys: ['a', 'b'] }, { keys: ['a', 'b'] })).toEqual({ changes: [], same: 1 });
});

test('something that was only done changes nothing', () => {
  expect(diffValues(null, null)).toEqual({ changes: [], same: 0 });
});

test('a field that became null is told apart from one that went', () => {
  expect(diffValues({ version: 1 }, { version: null }).changes).toEqual([{ path: 'version', old: 1, new: null }]);
  expect([showValue(null), showValue(undefined), showValue('x'), showValue(1)]).toEqual(['null', '–', 'x', '1']);
});
