/** Bytes of a file as text: unpacked, decoded, in pieces that keep the event loop free. */
import { pipeline, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { Encoding } from '../../kit/encodings.ts';
import { decoderName } from '../../kit/encodings.ts';
import { UnreadableText } from './reader.ts';

/** Characters parsed at once: some milliseconds of work. */
const pieceLength = 64 * 1024;

/** The text without its first `skipLines` lines. What the encoding does not have comes as U+FFFD. Throws UnreadableText. */
export async function* textPieces(
  bytes: AsyncIterable<Uint8Array>,
  { encoding, skipLines }: { encoding: Encoding; skipLines: number },
): AsyncGenerator<string> {
  const decoder = new TextDecoder(decoderName(encoding));
  let toSkip = skipLines;
  let endsInReturn = false;
  for await (const chunk of unpacked(bytes)) {
    for (let from = 0; from < chunk.length; from += pieceLength) {
      let text = decoder.decode(chunk.subarray(from, from + pieceLength), { stream: true });
      // The second half of an end of line that was cut in two.
      if (endsInReturn && text.startsWith('\n')) text = text.slice(1);
      endsInReturn &&= text === '';
      for (; toSkip > 0; toSkip -= 1) {
        const found = /\r\n|\n|\r/.exec(text);
        if (found === null) break;
        text = text.slice(found.index + found[0].length);
        endsInReturn = found[0] === '\r' && text === '';
      }
      if (toSkip === 0 && text !== '') yield text;
      await setImmediate();
    }
  }
  const rest = decoder.decode();
  if (toSkip === 0 && rest !== '') yield rest;
}

/** What gzip has packed tells so by its first two bytes, whatever the file is called. */
async function* unpacked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = bytes[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  for (let length = 0; length < 2; ) {
    const next = await source.next();
    if (next.done) break;
    head.push(next.value);
    length += next.value.length;
  }
  const all = { [Symbol.asyncIterator]: () => joined(head, source) };
  const start = Buffer.concat(head.map((chunk) => chunk.subarray(0, 2)));
  if (start[0] === 0x1f && start[1] === 0x8b) yield* gunzipped(all);
  else yield* all;
}

async function* joined(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(bytes);
  const gunzip = createGunzip();
  // What the source throws comes out of the last stream; so the callback has nothing to tell.
  const unpacking = pipeline(source, gunzip, (error) => void error);
  try {
    for await (const chunk of unpacking) yield chunk as Uint8Array;
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^Z_/.test(String(error.code)))
      throw new UnreadableText(`gzip cannot unpack it (${error.message})`);
    throw error;
  }
}
