/** What a CRM makes of a value by itself when it stores it: fewer digits, the beginning of a text, an e-mail address in small letters. */
import type { RemoteField } from '../../../contract/connector.ts';
import type { Cell } from '../../../contract/types.ts';
import { canonicalText, foldText } from '../../../contract/types.ts';

/** What of a field says how its values are kept. */
export type Compared = Pick<RemoteField, 'type' | 'remoteType' | 'scale' | 'length'>;

const plainNumber = /^(-?)(\d+)(?:\.(\d+))?$/;

/** A canonical number with at most so many digits behind the point, a half away from zero. One with an exponent stays. */
export function rounded(text: string, scale: number): string {
  const [, sign = '', whole = '', fraction = ''] = plainNumber.exec(text) ?? [];
  if (whole === '' || fraction.length <= scale) return text;
  const up = (fraction[scale] ?? '0') >= '5' ? 1n : 0n;
  return written(sign, BigInt(whole + fraction.slice(0, scale)) + up, scale);
}

function written(sign: string, digits: bigint, scale: number): string {
  const all = String(digits).padStart(scale + 1, '0');
  const fraction = all.slice(all.length - scale).replace(/0+$/, '');
  const text = all.slice(0, all.length - scale) + (scale === 0 || fraction === '' ? '' : `.${fraction}`);
  return text === '0' ? text : sign + text;
}

/** Whether the CRM may have made the one value of the other. Never for values that are written alike. */
export function isStoredAs(field: Compared, given: Cell, held: Cell): boolean {
  const [one, other] = [canonicalText(field.type, given), canonicalText(field.type, held)];
  if (one === null || other === null || one === other) return false;
  if (field.type === 'decimal' || field.type === 'number') return isRounded(one, other);
  const isMail = field.remoteType === 'email' && foldText(one.trim()) === foldText(other) && one.trim() !== other;
  return field.type === 'text' && (isMail || isCut(field, one.trim(), other));
}

function isRounded(given: string, held: string): boolean {
  const digits = (text: string): number => plainNumber.exec(text)?.[3]?.length ?? 0;
  const cut = given.slice(0, given.length - digits(given) + digits(held)).replace(/\.$/, '');
  return digits(given) > digits(held) && (rounded(given, digits(held)) === held || cut === held);
}

const isCut = ({ length }: Compared, given: string, held: string): boolean =>
  held !== '' && given.startsWith(held) && given.length > held.length && (length ?? held.length) === held.length;
