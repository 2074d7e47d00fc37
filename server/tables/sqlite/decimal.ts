/** Exact decimals in a database that has none: they are canonical text, ordered by a key and added in pieces. */
import { fractionLimbs, limbDigits, wholeLimbs } from '../relation/textSteps.ts';

/** Where the point is, or would be. */
const point = (text: string): string => `instr(${text} || '.', '.')`;

/** Digits as letters in reverse order: the greater a digit, the smaller its letter. */
function reverseDigits(text: string): string {
  return [...'jihgfedcba'].reduce((sql, letter, digit) => `replace(${sql}, '${digit}', '${letter}')`, text);
}

/**
 * Text that sorts byte by byte as the numbers do: sign, number of digits before the point, digits. Negative ones have
 * everything reversed and end in `~`, so that "-1" comes after "-1.5".
 */
export function decimalOrderKey(text: string): string {
  const negative = `'a' || printf('%04d', 9999 - ${point(text)}) || ${reverseDigits(`substr(${text}, 2)`)} || '~'`;
  const positive = `'b' || printf('%04d', ${point(text)}) || ${text}`;
  return `CASE substr(${text}, 1, 1) WHEN '-' THEN ${negative} ELSE ${positive} END`;
}

/** The text is carried behind its key; a space sorts before everything a key can hold. */
export function decimalExtreme(fn: 'min' | 'max', text: string): string {
  const found = `${fn}(${decimalOrderKey(text)} || ' ' || ${text})`;
  return `substr(${found}, instr(${found}, ' ') + 1)`;
}

/**
 * A JSON array of the sums of each piece, the highest first; the step `limbs` puts them together. Most decimals are so short
 * that only the two pieces beside the point have digits.
 */
export function sumDecimals(text: string): string {
  const digits = `ltrim(${text}, '-')`;
  const whole = `substr(${digits}, 1, ${point(digits)} - 1)`;
  const fraction = `substr(${digits}, ${point(digits)} + 1)`;
  const [wholeWidth, fractionWidth] = [wholeLimbs * limbDigits, fractionLimbs * limbDigits];
  const padded = `(substr('${'0'.repeat(wholeWidth)}' || ${whole}, -${wholeWidth}) || substr(${fraction} || '${'0'.repeat(fractionWidth)}', 1, ${fractionWidth}))`;
  const sign = `CASE substr(${text}, 1, 1) WHEN '-' THEN -1 ELSE 1 END`;
  const short = new Map([
    [wholeLimbs - 1, `CAST(${text} AS INTEGER)`],
    [wholeLimbs, `${sign} * CAST(substr(${fraction} || '${'0'.repeat(limbDigits)}', 1, ${limbDigits}) AS INTEGER)`],
  ]);
  const pieces = Array.from({ length: wholeLimbs + fractionLimbs }, (_, index) => {
    const piece = `${sign} * CAST(substr(${padded}, ${index * limbDigits + 1}, ${limbDigits}) AS INTEGER)`;
    return `sum(CASE WHEN length(${text}) > ${limbDigits} THEN ${piece} ELSE ${short.get(index) ?? '0'} END)`;
  });
  const tooLong = `max(length(${text}) > ${fractionWidth} AND (length(${whole}) > ${wholeWidth} OR length(${fraction}) > ${fractionWidth}))`;
  const list = `CASE ${tooLong} WHEN 1 THEN abs(-9223372036854775807 - ${tooLong}) ELSE json_array(${pieces.join(', ')}) END`;
  return `CASE WHEN count(${text}) > 0 THEN ${list} END`;
}
