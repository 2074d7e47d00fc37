import { type Draw, mix, pick } from '../../kit/random.ts';
import { type Companies, latinForm, nativeForm } from './companies.ts';
import { LOCALES } from './locales/index.ts';
import type { Locale } from './locales/locale.ts';
import type { Population } from './population.ts';
import { slug } from './spelling.ts';

const WEBMAIL = ['mail.example', 'post.example', 'web.example.net', 'inbox.example.org', 'correo.example.com'];
const WITHOUT_COMPANY = 18;

/** A word of a pool with everything that is needed of it a million times. */
interface Word {
  native: string;
  slug: string;
  /** The slug with its accents kept, for the e-mail addresses that have them. */
  accented: string;
}

interface Pool {
  locale: Locale;
  given: readonly Word[];
  family: readonly Word[];
}

/** One human being; contacts and leads that repeat each other share it. */
export interface Person {
  number: number;
  locale: Locale;
  given: Word;
  family: Word;
  /** Row of the account the person works for, or -1. */
  company: number;
  email: string;
  /** The local part of the address with accents. */
  accented: string;
}

/** Makes the person of a number. */
export class People {
  private readonly pools: readonly Pool[];
  private readonly draw: Draw;
  private readonly companies: Companies;
  private readonly accounts: Population;
  private last: Person | null = null;

  constructor(draw: (name: string) => Draw, companies: Companies, accounts: Population) {
    const made = new Map(LOCALES.map((locale) => [locale, poolOf(locale)]));
    this.pools = LOCALES.map((locale) => made.get(locale)!);
    this.draw = draw('person');
    this.companies = companies;
    this.accounts = accounts;
  }

  /** The last person is kept, as the fields of one record are asked for one after another. */
  person(number: number): Person {
    if (this.last?.number !== number) this.last = this.make(number);
    return this.last;
  }

  private make(number: number): Person {
    const lot = this.draw(number);
    const company = this.companyOf(lot);
    const pool = this.poolFor(lot, company);
    const given = pick(pool.given, mix(lot, 3));
    const family = pick(pool.family, mix(lot, 4));
    const domain = company < 0 ? pick(WEBMAIL, mix(lot, 5)) : this.companies.domain(company);
    const accented = localPart(given.accented, family.accented, lot, number);
    const email = `${localPart(given.slug, family.slug, lot, number)}@${domain}`;
    return { number, locale: pool.locale, given, family, company, email, accented };
  }

  private companyOf(lot: number): number {
    if (this.accounts.live === 0 || mix(lot, 1) % 100 < WITHOUT_COMPANY) return -1;
    return this.accounts.liveRow(mix(lot, 2) % this.accounts.live);
  }

  private poolFor(lot: number, company: number): Pool {
    if (company < 0) return pick(this.pools, mix(lot, 6));
    const locale = this.companies.locale(company);
    return this.pools.find((pool) => pool.locale === locale)!;
  }
}

/** Two people never share an address: the number stands in it. */
function localPart(given: string, family: string, lot: number, number: number): string {
  switch (mix(lot, 7) % 4) {
    case 0:
      return `${given.charAt(0)}.${family}${number}`;
    case 1:
      return `${family}_${given}${number}`;
    default:
      return `${given}.${family}${number}`;
  }
}

function poolOf(locale: Locale): Pool {
  return { locale, given: locale.given.map(wordOf), family: locale.family.map(wordOf) };
}

function wordOf(entry: string): Word {
  const accented = latinForm(entry)
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '');
  return { native: nativeForm(entry), slug: slug(latinForm(entry)), accented };
}
