import { describe, expect, it } from 'vitest';
import type { Cell, Column } from '../contract/types.ts';
import type { TextOptions } from './tableText.ts';
import { writeText } from './tableText.ts';

const columns: Column[] = [
  { name: 'Name', label: 'Name', type: 'text' },
  { name: 'Amount', label: 'Amount', type: 'decimal' },
  { name: 'Extra', label: 'Extra', type: 'json' },
];

async function textOf(batches: Cell[][][], options: Partial<TextOptions> = {}): Promise<string> {
  async function* source() {
    yield* batches;
  }
  const parts: string[] = [];
  for await (const part of writeText(source(), { format: 'csv', columns, ...options })) parts.push(part);
  return parts.join('');
}

describe('CSV', () => {
  it('quotes separators, quotes and line breaks, and tells null from empty text', async () => {
    const rows: Cell[][] = [
      ['a "quoted", name', '1.5', null],
      ['two\nlines', null, { b: 1, a: [true] }],
      ['', null, null],
      [null, null, null],
    ];
    expect(await textOf([rows])).toBe(
      'Name,Amount,Extra\r\n"a ""quoted"", name",1.5,\r\n"two\nlines",,"{""a"":[true],""b"":1}"\r\n"",,\r\n,,\r\n',
    );
  });

  it.each(['=1+1', '+49 30', '-x', '@SUM(A1)', '\tx', '\rx'])(
    'never writes %j so that a spreadsheet runs it',
    async (text) => {
      const line = (await textOf([[[text, null, null]]])).slice('Name,Amount,Extra\r\n'.length);
      expect(line.replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it('disarms names of columns and JSON text too, and leaves negative numbers alone', async () => {
    const named: Column[] = [{ name: '=cmd', label: 'x', type: 'integer' }];
    expect(await textOf([[[-5]]], { columns: named })).toBe("'=cmd\r\n-5\r\n");
    expect(await textOf([[[null, '-2.5', -5]]])).toContain(",-2.5,'-5");
  });

  it('begins with a byte order mark when asked to', async () => {
    expect((await textOf([], { bom: true })).codePointAt(0)).toBe(0xfeff);
    expect((await textOf([])).codePointAt(0)).toBe('N'.codePointAt(0));
  });
});

describe('JSON', () => {
  it('is a list of one object per row, also over several batches', async () => {
    const text = await textOf([[['a', '1', null]], [['b', null, [1]]]], { format: 'json' });
    expect(JSON.parse(text)).toEqual([
      { Name: 'a', Amount: '1', Extra: null },
      { Name: 'b', Amount: null, Extra: [1] },
    ]);
  });

  it('is an empty list for no rows', async () => {
    expect(await textOf([], { format: 'json' })).toBe('[]\n');
  });
});
