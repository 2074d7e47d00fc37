import { mix, pick } from '../../kit/random.ts';

const SENTENCES = [
  'Called about the "Spring" offer; wants it in writing.',
  'Prefers e-mail over phone — never before 9:00.',
  'Said: "it\'s fine", then asked for a discount of 12,5 %.',
  'Lieferung verspätet, Kunde verärgert (siehe Ticket #4711).',
  'Rappeler après les congés d’été ; demander à l’accueil.',
  'Tab\tseparated\tvalues were pasted here.',
  'Path C:\\Program Files\\CRM\\export.csv does not open.',
  'Looks happy 🎉👩‍💻 since the last visit.',
  '客户要求中文发票。',
  'يرجى الاتصال بعد الظهر',
  '<b>bold</b> & "quoted" text from a web form; DROP TABLE contacts; --',
];
const BREAKS = ['\n', '\r\n', ' ', '\n\n'];

/** A note of several sentences in several languages, with quotes, tabs and line breaks. */
export function makeNote(number: number, sentences: number): string {
  let note = '';
  for (let i = 0; i < sentences; i++) {
    const lot = mix(number, i);
    note += (i === 0 ? '' : pick(BREAKS, lot)) + pick(SENTENCES, mix(lot, 1));
  }
  return note;
}

/** Null for most, a few sentences for some, some thousand characters for one in a hundred. */
export function makeDescription(number: number): string | null {
  const lot = number % 100;
  if (lot >= 18) return null;
  return makeNote(number, lot === 0 ? 60 + (number % 40) : 1 + (lot % 4));
}
