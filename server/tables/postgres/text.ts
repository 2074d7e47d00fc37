/** Where SQL alone does what `textSteps` does: plain ASCII, without white space that would have to be collapsed. */
import type { TextStep } from '../relation/textSteps.ts';

/** The ASCII part of what JavaScript calls white space. */
const space = String.raw`E' \t\n\x0b\f\r'`;
const otherSpace = String.raw`E'\t\n\x0b\f\r'`;
const isAscii = (value: string): string => `octet_length(${value}) = char_length(${value})`;
const hasNoRuns = (value: string): string =>
  `strpos(${value}, '  ') = 0 AND translate(${value}, ${otherSpace}, '') = ${value}`;
/** By bytes, so that only the letters of ASCII change. */
const lower = (value: string): string => `lower((${value}) COLLATE "C")`;

/** Both write the shortest digits; outside of this range JavaScript's exponents look different. */
const isPlainNumber = (value: string): string => `(${value} = 0 OR (abs(${value}) >= 1e-4 AND abs(${value}) < 1e15))`;

const textSql: Partial<Record<TextStep, (text: string) => string>> = {
  trim: (text) => `btrim(${text}, ${space})`,
  collapse: (text) => `btrim(${text}, ' ')`,
  fold: lower,
  unaccent: lower,
  email: (text) => `nullif(${lower(`btrim(${text}, ${space})`)}, '')`,
};

export function directSteps(chain: readonly TextStep[], value: string): { when: string; give: string } {
  const [first] = chain;
  // Sums of decimals are whole already.
  if (first === 'limbs') return { when: 'true', give: value };
  if (first === 'number' || first === 'decimal') return { when: isPlainNumber(value), give: `(${value})::text` };
  const when = chain.includes('collapse') ? `${isAscii(value)} AND ${hasNoRuns(value)}` : isAscii(value);
  return { when, give: chain.reduce((sql, step) => textSql[step]?.(sql) ?? sql, value) };
}

/** Folding makes ASCII of other characters, or other characters of ASCII, only where one of these is. */
const foldingTraps = String.raw`'[\u0300-\u037f\u0130\u212a\u1fef]'`;

export function asciiLower(text: string): { when: string; give: string } {
  return { when: `(${isAscii(text)} OR (${text}) COLLATE "C" !~ ${foldingTraps})`, give: lower(text) };
}
