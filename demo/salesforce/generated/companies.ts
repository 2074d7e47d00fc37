import { type Draw, mix, pick } from '../../kit/random.ts';
import { Address, makePhone } from './addresses.ts';
import { Duplicates } from './duplicates.ts';
import { LOCALES } from './locales/index.ts';
import type { Locale } from './locales/locale.ts';
import { respell, slug } from './spelling.ts';

const SECTORS = ['Logistik', 'Foods', 'Energy', 'Médical', 'Software', 'Textiles', 'Travel', 'Bau', 'Optics', 'Media'];
const REPEATED = 40;

/** The companies behind accounts. */
export class Companies {
  private readonly draw: Draw;
  private readonly duplicates: Duplicates;

  constructor(draw: (name: string) => Draw) {
    this.draw = draw('company');
    this.duplicates = new Duplicates(REPEATED, draw('company duplicate'));
  }

  originalOf(row: number): number {
    return this.duplicates.originalOf(row);
  }

  locale(row: number): Locale {
    return pick(LOCALES, this.draw(this.originalOf(row)));
  }

  name(row: number): string {
    const original = this.originalOf(row);
    const number = this.draw(original);
    const locale = pick(LOCALES, number);
    const owner = nativeForm(pick(locale.family, mix(number, 1)));
    const name = `${owner} ${pick(SECTORS, mix(number, 2))} ${pick(locale.companyEnds, mix(number, 3))}`;
    return original === row ? name : respell(name, this.duplicates.manner(row));
  }

  domain(row: number): string {
    const number = this.draw(this.originalOf(row));
    const owner = latinForm(pick(pick(LOCALES, number).family, mix(number, 1)));
    return `${slug(owner)}-${slug(pick(SECTORS, mix(number, 2)))}.example`;
  }

  address(row: number, purpose: number): Address {
    return new Address(this.locale(row), mix(this.draw(this.originalOf(row)), purpose));
  }

  phone(row: number, purpose: number): string | null {
    return makePhone(this.locale(row), mix(this.draw(this.originalOf(row)), purpose));
  }
}

/** The part of a pool's word before the bar. */
export function nativeForm(word: string): string {
  const bar = word.indexOf('|');
  return (bar < 0 ? word : word.slice(0, bar)).replace('_', ' ');
}

/** The part of a pool's word after the bar; the word itself when it has none. */
export function latinForm(word: string): string {
  return word.slice(word.indexOf('|') + 1);
}
