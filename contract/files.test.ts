import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filePath, folderOf, folderPath, joinPath, matchesMask, nameOf, splitMask } from './files.ts';

describe('a path of a file', () => {
  it.each([
    ['a.csv', 'a.csv'],
    ['/import/a b.csv', 'import/a b.csv'],
    ['import/é*.csv', 'import/é*.csv'],
    ['/ import/a.csv ', ' import/a.csv '],
    ['..a/b..', '..a/b..'],
  ])('%j is %j', (text, path) => {
    expect(filePath(text)).toBe(path);
  });

  it.each([
    [''],
    [' '],
    ['/'],
    ['..'],
    ['../a'],
    ['a/../../b'],
    ['a//b'],
    ['./a'],
    ['a\\b'],
    ['a\u0000b'],
    ['a\nb'],
    ['\ud800'],
    ['x'.repeat(1_001)],
  ])('%j is refused', (text) => {
    expect(() => filePath(text)).toThrow(expect.objectContaining({ code: 'FILE_PATH' }));
  });

  it('is put together from folder and name, and taken apart again', () => {
    expect(joinPath('', 'a')).toBe('a');
    expect(joinPath('x/y', 'a')).toBe('x/y/a');
    expect([folderOf('x/y/a'), nameOf('x/y/a')]).toEqual(['x/y', 'a']);
    expect([folderOf('a'), nameOf('a')]).toEqual(['', 'a']);
    expect(folderPath('/')).toBe('');
  });
});

describe('a mask', () => {
  it.each([
    ['*.csv', 'a.csv', true],
    ['*.csv', 'a.csv.part', false],
    ['a?c*', 'abcd', true],
    ['a?c', 'ac', false],
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a.c', 'abc', false],
    ['(x)[1].csv', '(x)[1].csv', true],
    ['A*', 'a', false],
  ])('%s against %s: %s', (mask, name, wanted) => {
    expect(matchesMask(mask, name)).toBe(wanted);
  });

  it('means what the regular expression of the same sense means', () => {
    const letters = fc.constantFrom('a', 'b', '*', '?', '.');
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 8 }),
        (mask, name) => {
          const pattern = mask
            .map((one) => (one === '*' ? '.*' : one === '?' ? '.' : one === '.' ? '\\.' : one))
            .join('');
          expect(matchesMask(mask.join(''), name.join(''))).toBe(new RegExp(`^${pattern}$`).test(name.join('')));
        },
      ),
    );
  });

  it('with many stars is answered at once', () => {
    expect(matchesMask('*a'.repeat(100), 'a'.repeat(99))).toBe(false);
  });

  it('stands in the last part of a path only', () => {
    expect(splitMask('/in/*.csv')).toEqual({ folder: 'in', mask: '*.csv' });
    expect(() => splitMask('i*/a.csv')).toThrow(expect.objectContaining({ code: 'FILE_PATH' }));
  });
});
