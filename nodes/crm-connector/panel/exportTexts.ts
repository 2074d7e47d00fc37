/** Texts about exports, in one place. */
import type { ColumnType } from '../../../contract/types.ts';
import { mappingTexts, typeNames } from '../../kit/panel/mapping/texts.ts';

const count = (number: number): string => number.toLocaleString('en');

export const exportTexts = {
  mode: 'Export as',
  modes: { automatic: 'Automatic', insert: 'Insert', update: 'Update', upsert: 'Upsert' },
  modeHints: {
    automatic: 'A row with a value in the key is updated, one without is inserted.',
    insert: 'Every row becomes a new record. What is in the CRM already is not looked at, and never changed.',
    update: 'Only changes records that are there. A row that matches none leaves by Reject.',
    upsert: 'The record with the same key is updated; where there is none, it is inserted.',
  },
  allInserted: 'There is no key: all rows are inserted, those too that are in the CRM already.',
  insertsAgain: 'Each change of a row makes a further new record. Those made before stay in the CRM as they are.',
  key: 'Key',
  noKey: 'none',
  keyNeeded: 'Choose what a record is found by',
  keyUnneeded: 'not needed to insert',
  recordId: 'Record id',
  keyHint: 'By what the record of a row is found in the CRM.',
  newer: 'Only newer',
  newerOff: 'no: every row is written',
  newerBy: (field: string) => `by ${field}`,
  newerHint:
    'A row that is older than what the record holds in this field leaves it as it is, and counts as unchanged: what comes late overwrites nothing newer. Of two of one day, or of one second where the CRM keeps no more, the one that comes later is written; a number must be greater.',
  newerUnmapped: 'Map a date, a date and time or a number, and what comes late need overwrite nothing newer.',
  // Mapping
  ...mappingTexts,
  mappedOf: (mapped: number, all: number) => `${count(mapped)} of ${count(all)} fields`,
  matchHint: 'Maps every column that is called like a field, by name or label. Case, spaces and _ do not count.',
  nothingToMatch: 'No further column is called like a field that is not mapped.',
  empty: 'Nothing is mapped yet. “Match same names” maps what is called alike; fields are added one by one below.',
  emptyWithoutColumns: 'Nothing arrives here yet: draw a transition from what is to be exported, then map its columns.',
  emptyWithoutObject: 'Choose a remote object: its fields are mapped here.',
  missing: 'Every new record needs:',
  addField: 'Add field',
  addFields: 'Add fields …',
  // A row of it
  code: 'JavaScript',
  expression: (field: string) => `JavaScript: ${field}`,
  codeExample: 'record.FirstName + " " + record.LastName',
  isKey: 'key',
  onlyCreated: 'only when created',
  onlyUpdated: 'only when updated',
  unwritable: 'This field cannot be written as the export is set, or is not there any more.',
  misfits: {
    all: (from: ColumnType, to: ColumnType) =>
      `The column is ${typeNames[from]}, the field ${typeNames[to]}: every row with a value is rejected.`,
    some: (from: ColumnType, to: ColumnType) =>
      `The column is ${typeNames[from]}, the field ${typeNames[to]}: rows whose value does not read as one are rejected.`,
  },
  takeDay: 'Use “Date only”',
  details: (field: string) => `Details of ${field}`,
  up: (field: string) => `Move ${field} up`,
  down: (field: string) => `Move ${field} down`,
  conversion: (field: string) => `Conversion: ${field}`,
  conversionLabel: 'Conversion',
  empties: (field: string) => `An empty value: ${field}`,
  emptyLabel: 'An empty value',
  emptyChoices: { keep: 'keeps the field', clear: 'clears it' },
  emptyHints: {
    keep: 'The record keeps what it has. A row in which nothing else differs counts as No change.',
    clear: 'What the record has goes.',
  },
  emptyRequired: {
    keep: 'The field is required: a new record is rejected, one that is there keeps what it has. A row in which nothing else differs counts as No change.',
    clear: 'The field is required: the CRM refuses a record without it.',
  },
  clears: 'empty clears',
  onlyIf: (field: string) => `Only if: ${field}`,
  onlyIfLabel: 'Only if',
  onlyIfHint: 'JavaScript. Where it is false, the field is left as it is for that record.',
  onlyIfExample: 'record.Email !== null',
  onlyIfShort: 'only if …',
  lookup: (field: string) => `The value is: ${field}`,
  lookupObject: (field: string) => `${field} refers to`,
  lookupLabel: 'The value is',
  lookupId: (object: string) => `the record id of ${object}`,
  lookupKey: (object: string, label: string) => `${label} of ${object}`,
  lookupHint: 'The CRM finds the related record by it; a value that none has is rejected.',
  by: (path: string) => `by ${path}`,
  // Deleting
  deleteColumn: 'Column with the record id',
  deleteHint: 'Record ids. Each row deletes the record with its id; what is no id leaves by Reject.',
} as const;
