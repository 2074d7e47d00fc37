/** What panels say that map columns to fields of an outside system by their names. */
import type { ColumnType } from '../../../../contract/types.ts';

/** Types as people read them. */
export const typeNames: Record<ColumnType, string> = {
  text: 'text',
  integer: 'whole number',
  number: 'number',
  decimal: 'decimal',
  boolean: 'true or false',
  date: 'date',
  datetime: 'date and time',
  json: 'JSON',
};

export const mappingTexts = {
  mapping: 'Mapping',
  match: 'Match same names',
  matched: (names: readonly string[]) => `${names.length.toLocaleString('en')} matched by name: ${shown(names, 12)}.`,
  ambiguous: (names: readonly string[]) => `Not matched, since more than one reads alike: ${shown(names, 8)}.`,
  addMissing: (name: string) => `Map ${name}`,
  source: (name: string) => `Source: ${name}`,
  chooseSource: 'choose',
  chooseColumn: 'Choose a column',
  arriving: 'Columns that arrive',
  computed: 'Computed',
  noColumns: 'No columns arrive.',
  noneFound: 'None is called so.',
  gone: (column: string) => `${column} (does not arrive)`,
  typeOf: (type: ColumnType) => typeNames[type],
  required: 'required',
  remove: (name: string) => `Remove ${name}`,
};

const shown = (names: readonly string[], most: number): string =>
  `${names.slice(0, most).join(', ')}${names.length > most ? ' …' : ''}`;
