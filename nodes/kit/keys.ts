/** How the values of a key are made comparable, before two records count as the same. */
import type { FormChoice } from '../../contract/form.ts';
import type { Expr } from '../../contract/relation.ts';
import { either, literal } from '../../contract/relation.ts';

/** Each but `email` does what those before it do, and more. */
export const normalisations = ['none', 'trim', 'collapse', 'fold', 'unaccent', 'email'] as const;
export type Normalisation = (typeof normalisations)[number];

export const normalisationChoices: readonly FormChoice[] = [
  { value: 'none', label: 'as it is' },
  { value: 'trim', label: 'without spaces around it' },
  { value: 'collapse', label: 'runs of spaces as one' },
  { value: 'fold', label: 'also upper and lower case as one' },
  { value: 'unaccent', label: 'also letters with and without accents as one' },
  { value: 'email', label: 'as e-mail address' },
];

export function normalised(value: Expr, how: Normalisation): Expr {
  const call = (fn: Exclude<Normalisation, 'none'>, arg: Expr): Expr => ({ op: 'call', fn, args: [arg] });
  if (how === 'none') return value;
  if (how === 'fold' || how === 'unaccent') return call(how, call('collapse', value));
  return call(how, value);
}

/** An empty text says as little as no value. */
export const emptyToNull = (value: Expr): Expr =>
  either({ op: 'eq', left: value, right: literal('', 'text') }, literal(null, 'text'), value);
