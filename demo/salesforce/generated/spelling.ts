import { pick } from '../../kit/random.ts';

const LETTERS: Record<string, string> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ß: 'ss',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
  İ: 'I',
};

/** Umlauts spelled out and all other marks dropped, as people without the right keyboard write. */
function spellOut(text: string): string {
  return stripMarks(text.replace(/[äöüÄÖÜßłŁıİ]/g, (letter) => LETTERS[letter] ?? letter));
}

/** Accents dropped: Müller becomes Muller. */
function stripMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}+/gu, '');
}

const slugs = new Map<string, string>();

/** What is left of a name in an e-mail address or a domain. Remembered, as names come from short lists. */
export function slug(word: string): string {
  const known = slugs.get(word);
  if (known !== undefined) return known;
  const made = spellOut(word)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '');
  slugs.set(word, made);
  return made;
}

const SPELLINGS: ((text: string) => string)[] = [
  (text) => `${text} `,
  (text) => ` ${text}`,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  spellOut,
  stripMarks,
  (text) => text.normalize('NFD'),
  (text) => text.replace(' ', '  '),
];

/** One of the ways the same name is written twice. */
export function respell(text: string, manner: number): string {
  return pick(SPELLINGS, manner)(text);
}

/** One of the ways the same e-mail address is written twice; `accented` is its local part with its marks kept. */
export function respellEmail(email: string, accented: string, manner: number): string {
  switch (manner % 7) {
    case 0:
      return email.toUpperCase();
    case 1:
      return email.charAt(0).toUpperCase() + email.slice(1);
    case 2:
      return `${email} `;
    case 3:
      return ` ${email}`;
    case 4:
      return accented + email.slice(email.indexOf('@'));
    default:
      return email;
  }
}
