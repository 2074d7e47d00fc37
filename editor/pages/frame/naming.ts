import { internalName } from '../../state/names.ts';

/** "contacts" → "contacts2" while it is taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name.slice(0, 60)}${count}`;
  return free;
}

/**
 * "Contacts from Salesforce" → "contactsFromSalesforce"; empty while there is no label. A label that begins with no Latin
 * letter gets the fallback in front: "2026 renewals" → "workflow2026Renewals".
 */
export function proposeName(label: string, taken: ReadonlySet<string>, fallback: string): string {
  if (label.trim() === '') return '';
  const plain = label.normalize('NFD').replace(/\p{M}/gu, '');
  const startsWithLetter = /^[^A-Za-z0-9]*[A-Za-z]/.test(plain);
  return internalName(startsWithLetter ? label : `${fallback} ${label}`, taken);
}
