import { expect, test } from 'vitest';
import { fullId } from './ids.ts';

test.each([
  ['001000000000001', '001000000000001AAA'],
  ['00D000000000001', '00D000000000001EAA'],
  ['a00D0000008pQRA', 'a00D0000008pQRAIA2'],
  [' a00D0000008pQRAIA2 ', 'a00D0000008pQRAIA2'],
  ['A00D0000008PQRAIA2', 'a00D0000008pQRAIA2'],
  ['a00d0000008pqraia2', 'a00D0000008pQRAIA2'],
])('the id %s has the full form %s, whatever became of its case', (id, full) => {
  expect(fullId(id)).toBe(full);
});

test.each(['', '001', "001000000000001' OR Id != '", '0010000000000011', 'a00D0000008pQRAIA9', 'a00-0000008pQRA'])(
  '"%s" is no id, and never reaches the organisation',
  (id) => {
    expect(() => fullId(id)).toThrow(expect.objectContaining({ code: 'RECORD_ID_INVALID' }));
  },
);
