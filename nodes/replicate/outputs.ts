/** What leaves the node: one row per object, records that could not be written, objects that failed, drift. */
import type { Cell, Column } from '../../contract/types.ts';
import { rejectCells, rejectColumns, withRejectColumns } from '../kit/rejects.ts';

const text = (name: string, label: string): Column => ({ name, label, type: 'text' });
const count = (name: string, label: string): Column => ({ name, label, type: 'integer' });

const object = text('object', 'Object');
const table = text('table', 'Table');

export const countNames = [
  'inserted',
  'updated',
  'deleted',
  'unchanged',
  'rejected',
  'missing',
  'extra',
  'different',
] as const;
export type Counts = Record<(typeof countNames)[number], number>;

export const noCounts = (): Counts => ({
  inserted: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  rejected: 0,
  missing: 0,
  extra: 0,
  different: 0,
});

export const objectColumns: Column[] = [
  object,
  table,
  text('mode', 'What was done'),
  text('state', 'State'),
  ...countNames.map((name) => count(name, name[0]?.toUpperCase() + name.slice(1))),
  text('newColumns', 'New columns'),
  text('changedTypes', 'Changed types'),
  text('vanishedFields', 'Vanished fields'),
  { name: 'changedUntil', label: 'Changes up to', type: 'datetime' },
  { name: 'deletedUntil', label: 'Deletions up to', type: 'datetime' },
  text('errorCode', 'Error code'),
  text('errorMessage', 'Error message'),
];

export const rejectedColumns: Column[] = withRejectColumns([
  object,
  table,
  { name: 'Id', label: 'Record id', type: 'text', identifying: true },
  { name: 'record', label: 'Record', type: 'json', personal: true },
]);

export const failedColumns: Column[] = [object, table, ...rejectColumns];

/** The failed ones among the rows of `objectColumns`. */
export function failedRows(objects: readonly Cell[][]): Cell[][] {
  const [code, message] = ['errorCode', 'errorMessage'].map((name) =>
    objectColumns.findIndex((one) => one.name === name),
  );
  return objects.flatMap((row) => {
    const [errorCode, errorMessage] = [row[code ?? -1], row[message ?? -1]];
    if (typeof errorCode !== 'string') return [];
    const reason = { code: errorCode, symbol: errorCode, message: String(errorMessage), fields: [] };
    return [[row[0] ?? null, row[1] ?? null, ...rejectCells(reason)]];
  });
}

export const driftColumns: Column[] = [
  object,
  table,
  { name: 'Id', label: 'Record id', type: 'text', identifying: true },
  text('drift', 'Drift'),
  text('fields', 'Fields that differ'),
];
