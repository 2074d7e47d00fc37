/** Texts of this panel, in one place. */
import type { ColumnType } from '../../../contract/types.ts';
import { mappingTexts, typeNames } from '../../kit/panel/mapping/texts.ts';

const count = (number: number): string => number.toLocaleString('en');

export const texts = {
  extension: 'Data extension',
  chooseConnectionFirst: 'Choose a connection first',
  chooseExtension: 'Choose, or write an external key',
  loading: 'Loading …',
  noExtensions:
    'This business unit has no data extension. Make one in Marketing Cloud, with a primary key, then look again.',
  notListed: 'The business unit of this connection has no data extension with this external key.',
  byTemplate: 'Its key is known when the run begins: the columns are checked then.',
  chooseFirst: 'Choose a data extension: its columns are mapped here.',
  keyOf: (name: string, folder: string) => [name, folder].filter((text) => text !== '').join(' · '),
  rows: (rows: number | null) => (rows === null ? '' : `${count(rows)} ${rows === 1 ? 'row' : 'rows'}`),
  columnCount: (columns: number) => `${count(columns)} ${columns === 1 ? 'column' : 'columns'}`,
  lookAgain: 'Look again',
  noKeyTitle: 'No primary key',
  noKey: (name: string) =>
    `“${name}” has no primary key, so no row of it can be found again: nothing can be updated, and a row sent twice would stand there twice. Let its owner set a primary key in Marketing Cloud, or choose another data extension.`,
  columns: 'Columns',
  columnName: 'Name',
  columnType: 'Type',
  columnRole: 'Rule',
  isKey: 'primary key',
  remoteType: (type: string, length?: number) => (length === undefined ? type : `${type} ${length}`),
  // Mapping
  ...mappingTexts,
  mappedOf: (mapped: number, all: number) => `${count(mapped)} of ${count(all)} columns`,
  matchHint: 'Maps every column that is called like one of the data extension. Case, spaces and _ do not count.',
  nothingToMatch: 'No further column is called like one of the data extension that is not mapped.',
  empty:
    'No attribute is mapped yet. “Match same names” maps what is called alike; attributes are added one by one below.',
  emptyWithoutColumns: 'Nothing arrives here yet: draw a transition from what is to be sent, then map its columns.',
  missing: 'Every new row needs:',
  addAttribute: 'Add attribute',
  addAttributes: 'Add attributes …',
  noPartOfKey: 'This is no part of the primary key. Remove it here; map it as an attribute if it is one.',
  noColumn: 'The data extension has no such column.',
  makeCustom: 'Make it a custom attribute',
  misfits: {
    all: (from: ColumnType, to: ColumnType) =>
      `The column is ${typeNames[from]}, the attribute ${typeNames[to]}: every row with a value is rejected.`,
    some: (from: ColumnType, to: ColumnType) =>
      `The column is ${typeNames[from]}, the attribute ${typeNames[to]}: rows whose value does not read as one are rejected.`,
  },
  // Custom attributes
  custom: 'Custom attributes',
  customHint: 'Columns that go to columns of the same name.',
  addCustom: 'Add custom attributes …',
  fills: (type: string) => `fills the column that is there (${type})`,
  created: (type: string) => `created when the node runs: ${type}, may be empty`,
  refused: 'The data extension has no column of this name: the run is refused before anything is sent.',
  create: 'Create what is missing',
  refuse: 'Refuse what is missing',
  // Delivery
  copy: 'Copy',
  copied: 'Copied',
  copyStep: (step: string) => `Copy: ${step}`,
} as const;
