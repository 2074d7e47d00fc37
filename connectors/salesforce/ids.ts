/** Record ids: 15 characters whose case counts, or 18, of which the last three carry the case of the others. */
import { UserError } from '../../contract/errors.ts';

const suffixes = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The 18-character form. Throws RECORD_ID_INVALID for a text that is no id, or whose letters lost their case. */
export function fullId(text: string): string {
  const id = text.trim();
  if (!/^[0-9A-Za-z]+$/.test(id) || (id.length !== 15 && id.length !== 18))
    throw new UserError('RECORD_ID_INVALID', { id: text.slice(0, 40) });
  if (id.length === 15) return id + suffixOf(id);
  const restored = restoreCase(id);
  const full = restored + suffixOf(restored);
  if (full.slice(15) !== id.slice(15).toUpperCase()) throw new UserError('RECORD_ID_INVALID', { id: text });
  return full;
}

/** Each of the three stands for five characters; a bit is set where one of them is a capital, the first being the lowest. */
function suffixOf(id: string): string {
  let suffix = '';
  for (let start = 0; start < 15; start += 5) {
    let bits = 0;
    for (let place = 0; place < 5; place += 1) if (/[A-Z]/.test(id.charAt(start + place))) bits |= 1 << place;
    suffix += suffixes.charAt(bits);
  }
  return suffix;
}

/** Spreadsheets and databases fold the case of ids; the suffix brings it back. */
function restoreCase(id: string): string {
  return [...id.slice(0, 15)]
    .map((letter, index) => {
      const bits = suffixes.indexOf(id.charAt(15 + Math.floor(index / 5)).toUpperCase());
      return (bits >> (index % 5)) & 1 ? letter.toUpperCase() : letter.toLowerCase();
    })
    .join('');
}
