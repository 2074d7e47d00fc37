/** Where SQL alone does what `textSteps` does: plain ASCII, without white space that would have to be collapsed. */
import type { TextStep } from '../relation/textSteps.ts';

/** The ASCII part of what JavaScript calls white space. */
const space = 'char(9, 10, 11, 12, 13, 32)';
const isAscii = (value: string): string => `length(${value}) = octet_length(${value})`;
const hasNoRuns = (value: string): string =>
  `instr(${value}, '  ') = 0 AND ${value} NOT GLOB '*[' || char(9, 10, 11, 12, 13) || ']*'`;

/** Whole numbers and hundredths are written exactly by SQL; other numbers need JavaScript's shortest form. */
const isWhole = (value: string): string => `${value} = CAST(${value} AS INTEGER) AND abs(${value}) < 1e15`;
export const hundredths = (value: string): string => `CAST(${value} * 100 + sign(${value}) * 0.5 AS INTEGER)`;
export const isHundredths = (value: string): string =>
  `abs(${value}) < 1e13 AND ${hundredths(value)} / 100.0 = ${value}`;

function numberText(value: string): string {
  const count = `abs(${hundredths(value)})`;
  const plain = `printf('%s%d.%02d', CASE WHEN ${value} < 0 THEN '-' ELSE '' END, ${count} / 100, ${count} % 100)`;
  return `CASE WHEN ${isWhole(value)} THEN CAST(CAST(${value} AS INTEGER) AS TEXT) ELSE rtrim(${plain}, '0') END`;
}

const textSql: Partial<Record<TextStep, (text: string) => string>> = {
  trim: (text) => `trim(${text}, ${space})`,
  collapse: (text) => `trim(${text}, ' ')`,
  fold: (text) => `lower(${text})`,
  unaccent: (text) => `lower(${text})`,
  email: (text) => `nullif(lower(trim(${text}, ${space})), '')`,
};

export function directSteps(chain: readonly TextStep[], value: string): { when: string; give: string } {
  const [first] = chain;
  if (first === 'limbs') return { when: '0', give: 'NULL' };
  // The text of a number is the same for every step that could follow.
  if (first === 'number' || first === 'decimal')
    return { when: `(${isWhole(value)}) OR (${isHundredths(value)})`, give: numberText(value) };
  const when = chain.includes('collapse') ? `${isAscii(value)} AND ${hasNoRuns(value)}` : isAscii(value);
  return { when, give: chain.reduce((sql, step) => textSql[step]?.(sql) ?? sql, value) };
}

/**
 * Folding makes ASCII of other characters, or other characters of ASCII, only where there are combining marks (their UTF-8
 * begins with CC or CD, as that of U+037E), U+0130, U+212A or U+1FEF.
 */
const foldingTraps = ['cc', 'cd', 'c4b0', 'e284aa', 'e1bfaf'];

export function asciiLower(text: string): { when: string; give: string } {
  const tests = foldingTraps.map((bytes) => `instr(CAST(${text} AS BLOB), x'${bytes}') = 0`);
  return { when: `(${isAscii(text)} OR (${tests.join(' AND ')}))`, give: `lower(${text})` };
}
