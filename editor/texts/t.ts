/** Texts by key, with typed parameters: `t('rows.matching', { matching: 12, total: 400 })`. */
import { en } from './en.ts';
import { formatNumber } from './format.ts';

/** A text, or one per plural form, chosen by its parameter `count`. */
export type Text = string | { one: string; other: string };
type Catalogue = typeof en;
export type TextKey = keyof Catalogue;

type Placeholders<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;
type Names<K extends TextKey> = Catalogue[K] extends string
  ? Placeholders<Catalogue[K]>
  : Catalogue[K] extends { one: infer One; other: infer Other }
    ? Placeholders<One> | Placeholders<Other> | 'count'
    : never;
/** Keys of texts that need no values. */
export type PlainKey = { [K in TextKey]: [Names<K>] extends [never] ? K : never }[TextKey];
type Values<K extends TextKey> = [Names<K>] extends [never] ? [] : [Record<Names<K>, string | number>];

const plural = new Intl.PluralRules('en');

/** The text of a key; numbers among the values are written with separators. */
export function t<K extends TextKey>(key: K, ...[values]: Values<K>): string {
  return fillText(en[key], values);
}

/** The same for a text that is not in the catalogue of the editor, for example one of a node's definition. */
export function fillText(text: Text, values: Record<string, string | number> = {}): string {
  const form = typeof text === 'string' ? text : text[plural.select(Number(values.count)) === 'one' ? 'one' : 'other'];
  return form.replace(/\{(\w+)\}/g, (_, name: string) => show(values[name]));
}

function show(value: string | number | undefined): string {
  return typeof value === 'number' ? formatNumber(value) : (value ?? '');
}
