import { makeDates } from '../guest/dates.ts';
import { type LateParts, makeEntries, type Parts } from '../guest/entries.ts';
import { makeNames } from '../guest/names.ts';
import { makeRecords } from '../guest/records.ts';
import { makeScript } from '../guest/script.ts';
import { makeSession } from '../guest/session.ts';
import { makeSend, makeValues } from '../guest/values.ts';

const parts: Parts = { makeValues, makeSend, makeNames };
const lateParts: LateParts = { makeDates, makeRecords, makeSession, makeScript };

const partsText = Object.entries(parts).map(([name, part]) => `${name}: ${part}`);

/**
 * An expression whose value is a function of the host that gives the entries. Node has stripped the types, so the text
 * of the guest's functions is the JavaScript that QuickJS compiles.
 */
export const preludeSource = `(host) => (${makeEntries})(host, { ${partsText.join(',\n')} })`;

const lateTexts = new Map(Object.entries(lateParts).map(([name, part]) => [name, `(${part})`]));

/** Text of a late part. Throws when there is none of that name. */
export function latePartText(name: string): string {
  const text = lateTexts.get(name);
  if (text === undefined) throw new Error(`There is no part "${name}".`);
  return text;
}

export type Entry = keyof ReturnType<typeof makeEntries>;
