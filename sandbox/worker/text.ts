import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten';

const wideCharacter = /[^\0-\xff]/;
const sample = 'é';

/** What QuickJS writes before the length of a serialised string; undefined if that is not as expected. */
function learnPrefix(context: QuickJSContext): Buffer | undefined {
  const handle = context.newString(sample);
  const encoded = Buffer.from(context.getArrayBuffer(context.encodeBinaryJSON(handle)).value);
  const prefix = encoded.subarray(0, -2);
  return encoded.equals(serialise(prefix, sample)) ? prefix : undefined;
}

/** Length and width as QuickJS writes them: seven bits a byte, the lowest first. */
function writeLength(target: Buffer, at: number, length: number): number {
  let rest = length;
  let end = at;
  for (; rest > 127; rest = Math.floor(rest / 128)) target[end++] = (rest % 128) | 128;
  target[end++] = rest;
  return end;
}

function serialise(prefix: Buffer, text: string): Buffer {
  const isWide = wideCharacter.test(text);
  const target = Buffer.allocUnsafeSlow(prefix.length + 5 + text.length * (isWide ? 2 : 1));
  prefix.copy(target);
  const start = writeLength(target, prefix.length, text.length * 2 + (isWide ? 1 : 0));
  const end = start + target.write(text, start, isWide ? 'utf16le' : 'latin1');
  return target.subarray(0, end);
}

let prefix: Buffer | undefined;
let isLearnt = false;

/**
 * Makes a string inside. Text that is long goes in serialised: that copies it at once, where newString goes through it
 * character by character (a third of the time a batch needs to enter), and it keeps every character.
 */
export function makeString(context: QuickJSContext, text: string): QuickJSHandle {
  if (text.length < 1000) return context.newString(text);
  if (!isLearnt) prefix = learnPrefix(context);
  isLearnt = true;
  if (!prefix) return context.newString(text);
  const bytes = serialise(prefix, text);
  const buffer = context.newArrayBuffer(bytes.buffer.slice(0, bytes.length) as ArrayBuffer);
  return buffer.consume((handle) => context.decodeBinaryJSON(handle));
}
