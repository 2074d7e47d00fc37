import { mix, pick, randomSource } from '../../kit/random.ts';
import { guidOf } from '../store/guid.ts';
import type { Value } from '../tables/column.ts';
import { FAMILY, GIVEN, PLACES, TRADES } from './words.ts';

/** All generated stamps lie before this instant, in seconds since 1970. */
export const HISTORY_END = Date.UTC(2026, 5, 1) / 1000;
const HISTORY_START = Date.UTC(2019, 3, 1, 8) / 1000;
/** As many rows as these share one second, as after a mass update. */
const BATCH = 40;

type Values = Record<string, Value>;

/** The generated rows: each is a function of seed, number of contacts, table and its number. */
export class World {
  readonly counts: Record<string, number>;
  readonly seed: number;
  private readonly draw: (table: string, row: number, what: string) => number;

  constructor(seed: number, contacts: number) {
    const source = randomSource(seed);
    this.seed = seed;
    this.draw = (table, row, what) => mix(source(table)(row), source(what)(row));
    const part = (share: number): number => Math.ceil(contacts / share);
    this.counts = {
      organization: 1,
      transactioncurrency: 2,
      systemuser: 8,
      team: 3,
      account: part(5),
      contact: contacts,
      lead: part(2),
      incident: part(4),
      new_subscription: part(3),
    };
  }

  id(table: string, row: number): string {
    return guidOf(this.seed, table, row);
  }

  /** One of the table's rows, chosen by a number. */
  private some(table: string, number: number): string {
    return this.id(table, number % (this.counts[table] ?? 1));
  }

  values(table: string, row: number): Values {
    return { ...this.stamps(table, row), ...(MAKERS[table]?.(this, row) ?? {}) };
  }

  private stamps(table: string, row: number): Values {
    const span = HISTORY_END - HISTORY_START - 86_400;
    const batch = Math.floor(row / BATCH);
    const together = this.draw(table, batch, 'batch') % 5 === 0;
    const seed = together ? this.draw(table, batch, 'stamp') : this.draw(table, row, 'stamp');
    const created = HISTORY_START + (seed % Math.floor(span / 2));
    const modified = created + (mix(seed, 7) % Math.floor(span / 2));
    return { createdon: instantText(created), modifiedon: instantText(modified) };
  }

  owned(table: string, row: number): Values {
    const number = this.draw(table, row, 'owner');
    const ofTeam = number % 9 === 0;
    return {
      ownerid: ofTeam ? this.some('team', number >>> 4) : this.some('systemuser', number >>> 4),
      owneridtype: ofTeam ? 'team' : 'systemuser',
      createdby: this.some('systemuser', number >>> 8),
      modifiedby: this.some('systemuser', number >>> 12),
    };
  }

  number(table: string, row: number, what: string): number {
    return this.draw(table, row, what);
  }

  pickId(table: string, number: number): string {
    return this.some(table, number);
  }
}

const instantText = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

const dayText = (number: number): string => instantText(-600_000_000 + (number % 1_500_000_000)).slice(0, 10);

function person(world: World, table: string, row: number): Values {
  const number = world.number(table, row, 'person');
  const [first, last] = [pick(GIVEN, number), pick(FAMILY, number >>> 8)];
  const place = pick(PLACES, number >>> 4);
  const plain = `${first}.${last}`.normalize('NFD').replace(/[^A-Za-z.]/g, '');
  return {
    firstname: first,
    lastname: last,
    fullname: `${first} ${last}`,
    emailaddress1: number % 11 === 0 ? null : `${plain.toLowerCase()}.${row}@mail.example`,
    telephone1: number % 4 === 0 ? null : `+49 30 ${1_000_000 + (number % 8_999_999)}`,
    donotemail: number % 7 === 0,
    address1_city: place.city,
    address1_country: place.country,
    address1_postalcode: String(10_000 + (number % 89_999)),
    address1_line1: `${pick(place.streets, number >>> 12)} ${1 + (number % 120)}`,
    new_externalid: `${table.charAt(0).toUpperCase()}-${String(row).padStart(7, '0')}`,
  };
}

/** Money comes with the currency it is in. */
const inCurrency = (world: World): Values => ({
  transactioncurrencyid: world.id('transactioncurrency', 0),
  exchangerate: 1,
});

const active = (inactive: boolean): Values => ({ statecode: inactive ? 1 : 0, statuscode: inactive ? 2 : 1 });

const MAKERS: Record<string, (world: World, row: number) => Values> = {
  organization: () => ({ name: 'Demo Organisation', expirechangetrackingindays: 7 }),
  transactioncurrency: (_world, row) =>
    row === 0
      ? { currencyname: 'Euro', isocurrencycode: 'EUR' }
      : { currencyname: 'US Dollar', isocurrencycode: 'USD' },
  systemuser: (world, row) => {
    const name = row === 0 ? 'Syncline Integration' : `${person(world, 'systemuser', row).fullname}`;
    return {
      fullname: name,
      domainname: `user${row}@demo.example`,
      internalemailaddress: `user${row}@demo.example`,
      isdisabled: false,
    };
  },
  team: (_world, row) => ({ name: ['Sales', 'Service', 'Field'][row] ?? `Team ${row}` }),
  account: (world, row) => {
    const number = world.number('account', row, 'company');
    const place = pick(PLACES, number >>> 3);
    const name = `${pick(FAMILY, number)} ${pick(TRADES, number >>> 6)}`;
    return {
      name,
      accountnumber: `ACC${String(row).padStart(6, '0')}`,
      new_externalid: `A-${String(row).padStart(7, '0')}`,
      emailaddress1: `office.${row}@company.example`,
      telephone1: `+49 40 ${2_000_000 + (number % 7_999_999)}`,
      websiteurl: `https://company${row}.example`,
      numberofemployees: number % 5000,
      revenue: Math.round((number % 90_000_000) * 1.37) / 100,
      new_rating: (number % 100_000) / 10_000,
      address1_latitude: Math.round((number % 180_000) - 90_000) / 1000,
      industrycode: 1 + (number % 8),
      accountcategorycode: number % 3 === 0 ? null : 1 + (number % 2),
      creditonhold: number % 13 === 0,
      description: number % 6 === 0 ? `Founded in ${place.city}.\nSells "more" than ${number % 90} %.` : null,
      address1_city: place.city,
      address1_country: place.country,
      address1_postalcode: String(10_000 + (number % 89_999)),
      address1_line1: `${pick(place.streets, number >>> 12)} ${1 + (number % 120)}`,
      primarycontactid: number % 4 === 0 ? null : world.pickId('contact', number >>> 2),
      parentaccountid: number % 10 === 0 ? world.pickId('account', number >>> 5) : null,
      ...inCurrency(world),
      ...world.owned('account', row),
      ...active(number % 17 === 0),
    };
  },
  contact: (world, row) => {
    const number = world.number('contact', row, 'more');
    const company = number % 5 === 0 ? null : number % 23 === 0 ? 'contact' : 'account';
    return {
      ...person(world, 'contact', row),
      jobtitle:
        number % 3 === 0 ? null : pick(['Buyer', 'Engineer', 'Chief Executive', 'Nurse', 'Teacher'], number >>> 3),
      birthdate: number % 6 === 0 ? null : dayText(number),
      new_meetingon: number % 8 === 0 ? instantText(HISTORY_END - (number % 9_000_000)) : null,
      creditlimit: number % 4 === 0 ? null : (number % 500_000) / 100,
      preferredcontactmethodcode: 1 + (number % 5),
      new_interests: number % 3 === 0 ? null : number % 2 === 0 ? '1,3' : '2',
      parentcustomerid: company === null ? null : world.pickId(company, number >>> 4),
      parentcustomeridtype: company,
      ...inCurrency(world),
      ...world.owned('contact', row),
      ...active(number % 19 === 0),
    };
  },
  lead: (world, row) => {
    const number = world.number('lead', row, 'more');
    const state = number % 10 < 7 ? 0 : number % 10 < 9 ? 1 : 2;
    return {
      ...person(world, 'lead', row),
      subject: `Interested in ${pick(TRADES, number)}`,
      companyname: `${pick(FAMILY, number >>> 5)} ${pick(TRADES, number >>> 9)}`,
      leadqualitycode: 1 + (number % 3),
      leadsourcecode: 1 + (number % 5),
      estimatedamount: (number % 1_000_000) / 100,
      revenue_score: number % 101,
      parentcontactid: number % 12 === 0 ? world.pickId('contact', number >>> 3) : null,
      ...inCurrency(world),
      ...world.owned('lead', row),
      statecode: state,
      statuscode: state === 0 ? 1 + (number % 2) : state === 1 ? 3 : 4,
    };
  },
  incident: (world, row) => {
    const number = world.number('incident', row, 'more');
    const ofContact = number % 3 === 0;
    return {
      title: `${pick(['Broken', 'Late', 'Missing', 'Wrong'], number)} ${pick(TRADES, number >>> 4)} order`,
      ticketnumber: `CAS-${String(row).padStart(5, '0')}`,
      caseorigincode: 1 + (number % 3),
      prioritycode: 1 + (number % 3),
      customerid: world.pickId(ofContact ? 'contact' : 'account', number >>> 4),
      customeridtype: ofContact ? 'contact' : 'account',
      primarycontactid: number % 5 === 0 ? world.pickId('contact', number >>> 6) : null,
      ...world.owned('incident', row),
      statecode: number % 4 === 0 ? 1 : 0,
      statuscode: number % 4 === 0 ? 5 : 1 + (number % 3),
    };
  },
  new_subscription: (world, row) => {
    const number = world.number('new_subscription', row, 'more');
    return {
      new_name: `Subscription ${row}`,
      new_code: `SUB-${String(row).padStart(6, '0')}`,
      new_plan: 100_000_000 + (number % 3),
      new_seats: 1 + (number % 50),
      new_price: (number % 10_000_000) / 10_000,
      new_autorenew: number % 2 === 0,
      new_startson: dayText(number),
      new_contactid: world.id('contact', row % Math.max(1, world.counts.contact ?? 1)),
      ...world.owned('new_subscription', row),
      ...active(number % 20 === 0),
    };
  },
};
