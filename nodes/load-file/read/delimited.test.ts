import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { delimitedReader } from './delimited.ts';

const column = (name: string) => ({
  name,
  from: '',
  type: 'text' as const,
  format: '',
  start: 1,
  width: 1,
  required: false,
  onError: 'reject' as const,
  fallback: '',
  identifying: false,
  personal: false,
});
const open = () =>
  delimitedReader({
    separator: 'comma',
    otherSeparator: '',
    quoted: true,
    header: false,
    uneven: 'reject',
    columns: [column('a'), column('b')],
  });

/** Records with their lines and problems, of a text that comes in these pieces. */
function readAll(pieces: readonly string[]): unknown[] {
  const reader = open();
  return [...pieces, null].flatMap((piece) => {
    const { records, lines, problems } = reader.read(piece ?? '', piece === null);
    return records.map((record, index) => [lines[index], record, problems.get(index) ?? null]);
  });
}

describe('a file of one column', () => {
  const read = (text: string, cut: number): string[] => {
    const config = { separator: 'comma', otherSeparator: '', quoted: true, header: true, uneven: 'reject' } as const;
    const reader = delimitedReader({ ...config, columns: [column('a')] });
    return [text.slice(0, cut), text.slice(cut), null].flatMap((piece) =>
      reader.read(piece ?? '', piece === null).records.map(([field]) => String(field)),
    );
  };

  it.each(['a\r\n""\r\nx\r\n\r\n""\r\n"y"\r\n""', '\na\n""\nx\n\n""\n"y"\n""\n\n'])(
    'has a row for each quoted field with nothing in it, none for a blank line: %j',
    (text) => {
      for (let cut = 0; cut <= text.length; cut += 1) expect(read(text, cut)).toEqual(['', 'x', '', 'y', '']);
    },
  );
});

describe('delimited text', () => {
  it.each([
    'x,"y\r\nz"\r\n"c",d\r\n"bad"x,1\r\ne,"f\n\n"\r\n',
    'x,"y\nz" \n"c" ,d\n"no,end\ne,"f ""g"""\n',
    'x,"y\rz"\r"c",d\r"bad"x,1\re,f',
  ])('is read the same wherever it is cut into pieces: %j', (text) => {
    const whole = readAll([text]);
    for (let cut = 1; cut < text.length; cut += 1)
      expect(readAll([text.slice(0, cut), text.slice(cut)])).toEqual(whole);
  });

  it('of which every line is wrong takes no more time for each line than for one', () => {
    const lines = 6_000;
    const took = ['"ab"c,def\n', '"abc,def\n'].map((line) => {
      const begun = performance.now();
      expect(readAll([line.repeat(lines)])).toHaveLength(lines);
      return performance.now() - begun;
    });
    // A second look at all that follows each of them would take some tens of seconds.
    expect(Math.max(...took)).toBeLessThan(4_000);
  });
});
