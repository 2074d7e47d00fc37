import { mix, pick } from '../../kit/random.ts';
import type { Locale } from './locales/locale.ts';

/** An address in a country. Its parts are made when they are asked for, as most queries ask for few. */
export class Address {
  private readonly locale: Locale;
  private readonly number: number;

  constructor(locale: Locale, number: number) {
    this.locale = locale;
    this.number = number;
  }

  /** Some streets have two lines. */
  get street(): string {
    const { number } = this;
    const street = `${pick(this.locale.streets, mix(number, 2))} ${(mix(number, 3) % 240) + 1}`;
    return mix(number, 4) % 12 === 0 ? `${street}\nc/o Empfang "Süd", ${(number % 9) + 1}.` : street;
  }

  get city(): string {
    return this.place[0];
  }

  get state(): string | null {
    return this.place[1];
  }

  get postalCode(): string {
    return fillPattern(this.place[2], mix(this.number, 5));
  }

  get country(): string {
    return this.locale.country;
  }

  private get place(): Locale['cities'][number] {
    return pick(this.locale.cities, mix(this.number, 1));
  }
}

function fillPattern(pattern: string, number: number): string {
  let filled = '';
  let rest = number;
  for (const sign of pattern) {
    const digit = rest % 10;
    if (sign === '#') filled += digit;
    else filled += sign === '@' ? 'ABCDEFGHJK'.charAt(digit) : sign;
    if (sign === '#' || sign === '@') rest = Math.floor(rest / 7);
  }
  return filled;
}

/** A telephone number in one of the notations found in real data; null for about one in eight. */
export function makePhone(locale: Locale, number: number): string | null {
  const line = String((mix(number, 6) % 8_999_999) + 1_000_000);
  const area = String((mix(number, 7) % 89) + 10);
  switch (number % 8) {
    case 0:
      return null;
    case 1:
      return `(0${area}) ${line.slice(0, 3)}-${line.slice(3)}`;
    case 2:
      return `00${locale.dial.slice(1)}${area}${line}`;
    case 3:
      return `${locale.dial}${area}${line}`;
    case 4:
      return `${locale.dial} (0)${area} / ${line.slice(0, 4)} ${line.slice(4)} ext. ${number % 90}`;
    default:
      return `${locale.dial} ${area} ${line}`;
  }
}
