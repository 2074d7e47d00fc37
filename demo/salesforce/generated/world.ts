import { type Draw, mix, randomSource } from '../../kit/random.ts';
import { Companies } from './companies.ts';
import { Duplicates } from './duplicates.ts';
import { History } from './history.ts';
import { People, type Person } from './people.ts';
import { Population } from './population.ts';
import { SHARES } from './shares.ts';
import { respell, respellEmail } from './spelling.ts';

const REPEATED_CONTACTS = 80;
const SLOPPY_NAMES = 6;
const LEADS_ALSO_CONTACTS = 12;

/** What all generated values come from: record i of an object is a function of seed, number of contacts, object and i. */
export class World {
  readonly seed: number;
  readonly draw: (name: string) => Draw;
  readonly companies: Companies;
  readonly people: People;
  private readonly populations = new Map<string, Population>();
  private readonly histories = new Map<string, History>();
  private readonly contactCopies: Duplicates;
  private readonly leadDraw: Draw;

  constructor(seed: number, contacts: number) {
    this.seed = seed;
    this.draw = randomSource(seed);
    for (const [name, { prefix, live }] of Object.entries(SHARES)) {
      const population = new Population(prefix, live(contacts), this.draw(`${name} deleted`));
      this.populations.set(name, population);
      this.histories.set(name, new History(population.rows, this.draw(`${name} history`)));
    }
    this.companies = new Companies(this.draw);
    this.people = new People(this.draw, this.companies, this.population('Account'));
    this.contactCopies = new Duplicates(REPEATED_CONTACTS, this.draw('contact duplicate'));
    this.leadDraw = this.draw('lead person');
  }

  population(object: string): Population {
    return this.populations.get(object)!;
  }

  history(object: string): History {
    return this.histories.get(object)!;
  }

  /** For each row the id of one of an object's live records; null for `nulls` in a hundred rows, and where there are none. */
  someIdOf(object: string, purpose: string, nulls = 0): (row: number) => string | null {
    const population = this.population(object);
    const draw = this.draw(purpose);
    return (row) => {
      const lot = draw(row);
      if (population.live === 0 || mix(lot, 1) % 100 < nulls) return null;
      return population.idOf(population.liveRow(lot % population.live));
    };
  }

  contactPerson(row: number): Person {
    return this.people.person(this.contactCopies.originalOf(row));
  }

  /** 0 for the first record of a person, otherwise how it differs from that. */
  contactManner(row: number): number {
    return this.contactCopies.repeats(row) ? this.contactCopies.manner(row) + 1 : 0;
  }

  /** 0 for names typed with care: a few are not, although they stand for the first time. */
  contactNameManner(row: number): number {
    const manner = this.contactCopies.manner(row);
    return this.contactCopies.repeats(row) || manner % 100 < SLOPPY_NAMES ? manner + 1 : 0;
  }

  /** Some leads are people who are contacts already. */
  leadPerson(row: number): Person {
    const lot = this.leadDraw(row);
    const contacts = this.population('Contact');
    if (lot % 100 >= LEADS_ALSO_CONTACTS || contacts.rows === 0) return this.people.person(contacts.rows + row);
    return this.people.person(this.contactCopies.originalOf(mix(lot, 1) % contacts.rows));
  }

  leadManner(row: number): number {
    const lot = this.leadDraw(row);
    return lot % 100 < LEADS_ALSO_CONTACTS ? mix(lot, 2) : 0;
  }
}

/** A name as typed: manner 0 is the usual spelling. */
export function typedName(name: string, manner: number, field: number): string {
  return manner === 0 ? name : respell(name, mix(manner, field));
}

export function typedEmail(person: Person, manner: number): string {
  return manner === 0 ? person.email : respellEmail(person.email, person.accented, mix(manner, 9));
}
