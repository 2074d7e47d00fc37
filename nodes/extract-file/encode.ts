/** Text as the bytes of an encoding. */
import type { Encoding } from '../kit/encodings.ts';
import { holdsAll } from '../kit/encodings.ts';

/** Bytes in front of the text. */
export function byteOrderMark(encoding: Encoding): Uint8Array {
  const marks: Partial<Record<Encoding, number[]>> = {
    'utf-8-bom': [0xef, 0xbb, 0xbf],
    'utf-16le': [0xff, 0xfe],
    'utf-16be': [0xfe, 0xff],
  };
  return Uint8Array.from(marks[encoding] ?? []);
}

/** What became of a text: its bytes, or the first character that the encoding does not have. */
export type Encoded = { bytes: Uint8Array } | { missing: string };

export function encoderOf(encoding: Encoding): (text: string) => Encoded {
  if (encoding === 'utf-16le') return (text) => ({ bytes: Buffer.from(text, 'utf16le') });
  if (encoding === 'utf-16be') return (text) => ({ bytes: Buffer.from(text, 'utf16le').swap16() });
  if (holdsAll(encoding)) return (text) => ({ bytes: Buffer.from(text, 'utf8') });
  return singleByteEncoder(encoding);
}

/** The platform only decodes these: its 256 characters, turned round. */
function singleByteEncoder(encoding: Encoding): (text: string) => Encoded {
  const characters = new TextDecoder(encoding).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  const byteOf = new Map([...characters].map((character, byte) => [character.charCodeAt(0), byte]));
  // Bytes that stand for nothing are decoded to it.
  byteOf.delete(0xfffd);
  return (text) => {
    const bytes = Buffer.allocUnsafe(text.length);
    for (let index = 0; index < text.length; index += 1) {
      const byte = byteOf.get(text.charCodeAt(index));
      if (byte === undefined) return { missing: String.fromCodePoint(text.codePointAt(index) ?? 0) };
      bytes[index] = byte;
    }
    return { bytes };
  };
}
