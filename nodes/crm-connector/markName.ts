/** Options beside the one of a date, by its name. */
import { hashOf } from './hash.ts';

const longest = 200;
const hashed = 22;

/**
 * The name beside that of an option, of one table or of all. No table has a point in its name, so that none is taken for a part of
 * an option's. One that would be too long is cut, and ends in what tells it from others that begin alike.
 */
export function markName(kind: string, optionName: string, table?: string): string {
  const parts = table === undefined ? [kind, optionName] : [kind, optionName, table];
  const name = `${kind}_${optionName}${table === undefined ? '' : `.${table}`}`;
  return name.length <= longest ? name : `${name.slice(0, longest - hashed - 1)}_${hashOf(parts)}`;
}
