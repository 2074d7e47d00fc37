/** People as they stand in real systems: the same person several times, spelled in several ways. The same seed gives the same people. */
import type { Cell, Column } from '../../contract/types.ts';
import { randomness } from './random.ts';

export const peopleColumns: Column[] = [
  { name: 'Id', label: 'Id', type: 'text', identifying: true },
  { name: 'FirstName', label: 'First name', type: 'text', personal: true },
  { name: 'LastName', label: 'Last name', type: 'text', personal: true },
  { name: 'Email', label: 'Email', type: 'text', identifying: true, personal: true },
  { name: 'Birthdate', label: 'Birthdate', type: 'date' },
  { name: 'Score', label: 'Score', type: 'integer' },
  { name: 'Value', label: 'Value', type: 'decimal' },
  { name: 'Active', label: 'Active', type: 'boolean' },
  { name: 'Changed', label: 'Changed', type: 'datetime' },
];

const firstNames = [
  'Anna',
  'José',
  'Zoë',
  'Łukasz',
  'Noël',
  'İpek',
  'Søren',
  'Mary Ann',
  'Jean-Luc',
  '美咲',
  'Ivan',
  'Chloé',
];
const lastNames = [
  'Müller',
  "O'Neill",
  'van der Berg',
  'García',
  'Straße',
  'Ngô',
  'Smith',
  'Kowalska',
  'Åkesson',
  '田中',
];
const domains = ['example.org', 'Example.ORG', 'mail.example.net', 'bücher.example'];

/** Rows in the order of `peopleColumns`; about a third of them are further spellings of an earlier person. */
export function messyPeople(count: number, seed = 1): Cell[][] {
  const random = randomness(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const rows: Cell[][] = [];
  for (let index = 0; index < count; index += 1) {
    const earlier = index > 0 && random() < 0.35 ? pick(rows) : null;
    rows.push(earlier ? respell(earlier, index, random) : newPerson(index, random, pick));
  }
  return rows;
}

function newPerson(index: number, random: () => number, pick: <T>(list: readonly T[]) => T): Cell[] {
  const [first, last] = [pick(firstNames), pick(lastNames)];
  const local = `${first}.${last}${Math.floor(random() * 40)}`.replaceAll(' ', '').toLowerCase();
  return [
    `p${index}`,
    first,
    last,
    random() < 0.1 ? null : `${local}@${pick(domains)}`,
    random() < 0.2
      ? null
      : `19${50 + Math.floor(random() * 50)}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}`,
    random() < 0.2 ? null : Math.floor(random() * 100),
    random() < 0.2 ? null : `${Math.floor(random() * 5_000)}.5`,
    random() < 0.3 ? null : random() < 0.5,
    random() < 0.1 ? null : new Date(1_700_000_000_000 + Math.floor(random() * 500) * 3_600_000).toISOString(),
  ];
}

function respell(row: readonly Cell[], index: number, random: () => number): Cell[] {
  const [, first, last, email, ...rest] = row;
  const spell = (cell: Cell | undefined): Cell =>
    typeof cell === 'string' ? respellText(cell, random) : (cell ?? null);
  const kept = rest.map((cell) => (random() < 0.25 ? null : cell));
  return [`p${index}`, spell(first), spell(last), random() < 0.1 ? '' : spell(email), ...kept];
}

const spellings: ((text: string) => string)[] = [
  (text) => text.toUpperCase(),
  (text) => ` ${text}`,
  (text) => `${text}\u00a0 `,
  (text) => text.replaceAll(' ', '  '),
  (text) => text.normalize('NFD'),
  (text) => text.normalize('NFD').replace(/\p{M}/gu, ''),
  (text) => text,
];

function respellText(text: string, random: () => number): string {
  const spell = spellings[Math.floor(random() * spellings.length)];
  return spell ? spell(text) : text;
}
