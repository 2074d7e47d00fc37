import { hashText, mix, pick } from '../../kit/random.ts';

const GIVEN = ['Anna', 'Zoë', 'Łukasz', 'José', 'Mary-Jane', 'Đặng', "D'Arcy", 'Noor', 'Ines', 'Björn', '明', 'Олена'];
const FAMILY = [
  'García',
  "O'Neill",
  'Müller',
  'Nowak',
  'van den Berg',
  'Smith, Jr.',
  'Ångström',
  'Kim',
  'Rossi',
  'Dupont',
];
const LOCALES = ['en-US', 'de-DE', 'fr-FR', 'es-ES', 'pl-PL'];
const PRODUCTS = ['Tent', 'Lamp, "old"', 'Rope & hook', 'Stove', 'Bottle <1 l>', 'Map'];
const DAY_MS = 86_400_000;

/** The row of a subscriber by number. One in seven has no name, one in five no birthday. */
export function generateSubscriber(seed: number, row: number): Record<string, unknown> {
  const lot = mix(mix(seed, hashText('subscriber')), row);
  const family = pick(FAMILY, mix(lot, 2));
  return {
    SubscriberKey: `P-${String(row + 1).padStart(7, '0')}`,
    EmailAddress: `person${row + 1}@mail.example`,
    FirstName: lot % 7 === 0 ? null : pick(GIVEN, mix(lot, 1)),
    LastName: family,
    Mobile: mix(lot, 3) % 3 === 0 ? null : `+49 30 ${String(mix(lot, 4) % 1_000_000).padStart(6, '0')}`,
    Points: mix(lot, 5) % 10_000,
    Balance: `${mix(lot, 6) % 100_000}.${String(mix(lot, 7) % 100).padStart(2, '0')}`,
    BirthDate: mix(lot, 8) % 5 === 0 ? null : new Date((mix(lot, 9) % 20_000) * DAY_MS).toISOString().slice(0, 10),
    OptIn: mix(lot, 10) % 4 !== 0,
    Language: pick(LOCALES, mix(lot, 11)),
  };
}

/** Orders have up to three lines. */
export function generateLine(seed: number, row: number): Record<string, unknown> {
  const lot = mix(mix(seed, hashText('line')), row);
  return {
    OrderId: `O-${Math.floor(row / 3) + 1}`,
    LineNumber: (row % 3) + 1,
    Product: pick(PRODUCTS, mix(lot, 1)),
    Quantity: (mix(lot, 2) % 9) + 1,
    Price: `${mix(lot, 3) % 500}.${String(mix(lot, 4) % 1000).padStart(3, '0')}`,
  };
}

export function generateMember(row: number): Record<string, unknown> {
  return { 'Member number': 1000 + row, 'Tier & <level>': pick(['gold', 'silver', '<none> & "nothing"'], row) };
}
