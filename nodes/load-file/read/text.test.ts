import { expect, it } from 'vitest';
import { textPieces } from './text.ts';

async function textOf(pieces: readonly string[], skipLines: number): Promise<string> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  let text = '';
  for await (const piece of textPieces(bytes(), { encoding: 'utf-8', skipLines })) text += piece;
  return text;
}

it.each([
  ['\n', 'title\nsecond\nv\n1\n'],
  ['\r\n', 'title\r\nsecond\r\nv\r\n1\r\n'],
  ['\r', 'title\rsecond\rv\r1\r'],
])('lines that end with %j are left out, wherever the text is cut', async (end, text) => {
  for (let cut = 2; cut < text.length; cut += 1)
    expect(await textOf([text.slice(0, cut), text.slice(cut)], 2)).toBe(`v${end}1${end}`);
});
