/** Ids and internal names for what is drawn. */

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A short random id such as `n_4kq0zr8x`; the prefix says what it is of. */
export function makeId(prefix: 'n' | 't' | 'note'): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return `${prefix}_${[...bytes].map((byte) => letters[byte % letters.length]).join('')}`;
}

/** "Changed contacts" → "changedContacts"; with a number behind it while it is taken. */
export function internalName(label: string, taken: ReadonlySet<string>): string {
  const words = label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const joined = words.map((word, index) => (index === 0 ? lowerFirst(word) : upperFirst(word))).join('');
  const base = (/^[A-Za-z]/.test(joined) ? joined : `node${upperFirst(joined)}`).slice(0, 56);
  return firstFree(base, taken, (name, count) => `${name}${count}`);
}

/** "Wait" → "Wait 2" while it is taken. */
export function freeLabel(label: string, taken: ReadonlySet<string>): string {
  return firstFree(label.slice(0, 110), taken, (name, count) => `${name.replace(/ \d+$/, '')} ${count}`);
}

function firstFree(
  base: string,
  taken: ReadonlySet<string>,
  numbered: (base: string, count: number) => string,
): string {
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = numbered(base, count);
  return name;
}

/** "CRM" stays readable at the front: "CRM Connector" → "crmConnector". */
const lowerFirst = (word: string): string =>
  word === word.toUpperCase() ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1);
const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
