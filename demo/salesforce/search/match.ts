import type { Field, Value } from '../objects/field.ts';
import type { Table } from '../store/table.ts';
import type { FieldGroup, Term } from './sosl.ts';

const TEXT_TYPES = ['string', 'textarea', 'email', 'phone', 'url'];

/** Whether a record is found: each term stands as a word, or with wildcards, in one of the fields looked at. */
export function matcher(table: Table, group: FieldGroup, anyOf: readonly Term[][]): (row: number) => boolean {
  const readers = table.definition.fields
    .filter((field) => isSearched(field, group))
    .map((field) => table.reader(field));
  const tests = anyOf.map((terms) => terms.map(({ text, negated }) => ({ fits: wordTest(text), negated })));
  return (row) => {
    const texts = readers.map((read) => fold(read(row))).filter((text) => text !== '');
    return tests.some((terms) => terms.every(({ fits, negated }) => texts.some(fits) !== negated));
  };
}

function isSearched({ type, nameField, compound }: Field, group: FieldGroup): boolean {
  if (group === 'EMAIL') return type === 'email';
  if (group === 'PHONE') return type === 'phone';
  return group === 'NAME' ? nameField || compound === 'Name' : TEXT_TYPES.includes(type);
}

function fold(value: Value): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function wordTest(term: string): (text: string) => boolean {
  const pattern = term
    .replace(/\\(.)/g, '$1')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^\\s]*')
    .replaceAll('?', '[^\\s]');
  const test = new RegExp(`(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`, 'u');
  return (text) => test.test(text);
}
