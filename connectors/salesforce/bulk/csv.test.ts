import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvReader } from './csv.ts';

function readPieces(pieces: readonly string[]): string[][] {
  const reader = new CsvReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

/** The text cut at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return sorted.slice(1).map((place, index) => text.slice(sorted[index], place));
}

const value = fc.oneof(fc.string(), fc.constantFrom('', '"', '""', ',', '\n', '\r\n', 'a "b", c\nd', '\r', 'ü€😀'));
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1 }));

test('rows are the same wherever the text is cut, with quotes where they are needed or everywhere, and either line end', () => {
  fc.assert(
    fc.property(
      table,
      fc.boolean(),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.array(fc.nat()),
      (rows, always, newLine, last, places) => {
        const field = (text: string): string =>
          always || text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        const text = rows.map((row) => row.map(field).join(',')).join(newLine) + (last ? newLine : '');
        expect(readPieces(cut(text, places))).toEqual(rows);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});

test('an empty field needs no quotes, at the end of a line and of the text either', () => {
  expect(readPieces(['a,,b\n,', ',\n"",x,'])).toEqual([
    ['a', '', 'b'],
    ['', '', ''],
    ['', 'x', ''],
  ]);
  expect(readPieces([''])).toEqual([]);
});

test.each([
  ['a text that ends inside quotes', 'a,"b\nc'],
  ['a quote inside a field without quotes', 'a,b"c\n'],
  ['something behind a closing quote', '"a"b,c\n'],
  ['a page of HTML', '<html lang="en"><body>down</body></html>'],
])('%s is no CSV', (_, text) => {
  expect(() => readPieces([text])).toThrow(SyntaxError);
});
