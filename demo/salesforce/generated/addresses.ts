import type { Locale } from './locales/locale.ts';
import { mix, pick } from './random.ts';

/** The parts of a compound address field. */
export interface Address {
  street: string;
  city: string;
  state: string | null;
  postalCode: string;
  country: string;
}

/** An address in a country; some streets have two lines. */
export function makeAddress(locale: Locale, number: number): Address {
  const [city, state, pattern] = pick(locale.cities, mix(number, 1));
  const street = `${pick(locale.streets, mix(number, 2))} ${(mix(number, 3) % 240) + 1}`;
  const secondLine = mix(number, 4) % 12 === 0 ? `\nc/o Empfang "Süd", ${(number % 9) + 1}.` : '';
  return {
    street: street + secondLine,
    city,
    state,
    postalCode: fillPattern(pattern, mix(number, 5)),
    country: locale.country,
  };
}

function fillPattern(pattern: string, number: number): string {
  let rest = number;
  return pattern.replace(/[#@]/g, (sign) => {
    const digit = rest % 10;
    rest = Math.floor(rest / 7);
    return sign === '#' ? String(digit) : 'ABCDEFGHJK'.charAt(digit);
  });
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
