/**
 * What happens to text before it is compared, as JavaScript does it: the only definition. SQL does the same for plain
 * ASCII; every other distinct value goes through here once (see folds.ts), so that all databases agree.
 */
import { canonicalDecimal, foldText } from '../../../contract/types.ts';

/** `number` and `decimal` begin with a number and give its canonical text; `limbs` see decimal.ts. */
export type TextStep = 'number' | 'decimal' | 'limbs' | 'trim' | 'collapse' | 'fold' | 'unaccent' | 'email';

const steps: Record<TextStep, (text: string) => string | null> = {
  number: (text) => text,
  decimal: (text) => canonicalDecimal(text),
  limbs: (text) => joinLimbs(JSON.parse(text) as (number | string)[]),
  trim: (text) => text.trim(),
  collapse: (text) => text.trim().replace(/\s+/gu, ' '),
  fold: foldText,
  unaccent: (text) => foldText(text).normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC'),
  email: (text) => foldText(text.trim()) || null,
};

/** Applies the steps in order; null as soon as one gives nothing. */
export function applySteps(chain: readonly TextStep[], text: string): string | null {
  let result: string | null = text;
  for (const step of chain) {
    if (result === null) return null;
    result = steps[step](result);
  }
  return result;
}

/** Decimals are added by the database in pieces of nine digits, whole part and fraction apart. */
export const limbDigits = 9;
export const wholeLimbs = 6;
export const fractionLimbs = 4;

/** Sums of pieces, the highest first, put together to the canonical text of the exact sum. */
function joinLimbs(sums: (number | string)[]): string | null {
  const total = sums.reduce((sum, limb) => sum * 10n ** BigInt(limbDigits) + BigInt(limb), 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(fractionLimbs * limbDigits + 1, '0');
  const point = digits.length - fractionLimbs * limbDigits;
  return canonicalDecimal(`${total < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`);
}
