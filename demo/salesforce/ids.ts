/**
 * Record ids: 15 case-sensitive base-62 characters, and a suffix of three that carries their case.
 * The order of ids is the order of their first 15 characters as ASCII, so a record made later has the greater id.
 */

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIXES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const POD = '5e';

/** Rows one object can hold: ids and index keys both rest on this bound. */
export const MAX_ROWS = 2 ** 23;

const PAIRS: string[] = [];
const PAIR_CASES = new Uint8Array(62 * 62);
for (let n = 0; n < 62 * 62; n++) {
  const pair = DIGITS[Math.floor(n / 62)]! + DIGITS[n % 62]!;
  PAIRS.push(pair);
  PAIR_CASES[n] = (isUpper(pair.charCodeAt(0)) ? 1 : 0) | (isUpper(pair.charCodeAt(1)) ? 2 : 0);
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

/** The three characters that make a 15-character id safe where letters lose their case. */
export function suffixOf(id15: string): string {
  let suffix = '';
  for (let chunk = 0; chunk < 15; chunk += 5) {
    let bits = 0;
    for (let i = 0; i < 5; i++) if (isUpper(id15.charCodeAt(chunk + i))) bits |= 1 << i;
    suffix += SUFFIXES[bits];
  }
  return suffix;
}

/** Makes the 18-character id of a row from its object's prefix; three table look-ups, as pages make thousands. */
export function idMaker(prefix: string): (row: number) => string {
  const head = `${prefix}${POD}00001M`;
  const headSuffix = suffixOf(`${head}00000`).slice(0, 2);
  const fixedCase = isUpper(head.charCodeAt(10)) ? 1 : 0;
  return (row) => {
    const high = Math.floor(row / 3844);
    const low = row % 3844;
    const bits = fixedCase | (PAIR_CASES[high]! << 1) | (PAIR_CASES[low]! << 3);
    return head + PAIRS[high]! + PAIRS[low]! + headSuffix + SUFFIXES[bits]!;
  };
}

/** The 18-character form of an id given with 15 or 18 characters in any case its suffix allows; null when it is no id. */
export function normaliseId(text: string): string | null {
  if (!/^[0-9A-Za-z]+$/.test(text)) return null;
  if (text.length === 15) return text + suffixOf(text);
  if (text.length !== 18) return null;
  const id15 = restoreCase(text);
  return id15 === null || suffixOf(id15) !== text.slice(15).toUpperCase() ? null : id15 + suffixOf(id15);
}

function restoreCase(id18: string): string | null {
  let id15 = '';
  for (let i = 0; i < 15; i++) {
    const bits = SUFFIXES.indexOf(id18[15 + Math.floor(i / 5)]!.toUpperCase());
    if (bits < 0) return null;
    const letter = id18[i]!;
    id15 += (bits >> (i % 5)) & 1 ? letter.toUpperCase() : letter.toLowerCase();
  }
  return id15;
}

/** The row a normalised id stands for, or -1 when it was not made by `idMaker` with this prefix. */
export function rowOfId(prefix: string, id18: string): number {
  const digits = [...id18.slice(11, 15)].map((digit) => DIGITS.indexOf(digit));
  const row = digits.reduce((sum, digit) => sum * 62 + digit, 0);
  return row < MAX_ROWS && idMaker(prefix)(row) === id18 ? row : -1;
}
