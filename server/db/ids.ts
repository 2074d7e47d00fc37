import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Makes ids of 22 letters and digits that sort by the time they were made, also within one millisecond of one process. */
export type NewId = () => string;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const timeLength = 10;
const tailLength = 12;
const tailBits = BigInt(tailLength * 5);

export function createIds(clock: Clock, random: (bytes: number) => Uint8Array = randomBytes): NewId {
  let lastTime = 0;
  let tail = 0n;
  return () => {
    const time = clock.now().getTime();
    // A clock that was set back must not make ids that sort before those already given.
    if (time > lastTime) {
      lastTime = time;
      tail = randomTail(random);
    } else {
      tail += 1n;
    }
    return encode(BigInt(lastTime), timeLength) + encode(tail, tailLength);
  };
}

/** One bit stays free, so that counting up within a millisecond cannot overflow. */
function randomTail(random: (bytes: number) => Uint8Array): bigint {
  const bytes = random(8);
  const whole = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return BigInt.asUintN(Number(tailBits) - 1, whole);
}

function encode(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest >>= 5n) text = alphabet[Number(rest & 31n)] + text;
  return text;
}
