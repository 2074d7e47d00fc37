/** Options beside the one of a date, by its name. */
import { hashOf } from './hash.ts';

const longest = 200;
const hashed = 22;

/** The parts as one name. One that would be too long is cut, and ends in what tells it from others that begin alike. */
export function markName(...parts: string[]): string {
  const name = parts.join('_');
  return name.length <= longest ? name : `${name.slice(0, longest - hashed - 1)}_${hashOf(parts)}`;
}
