/** What differs in a record, field by field, as people read it. */
import type { ExportDetail, ExportRecord } from '../../../contract/exports.ts';
import { type ColumnType, columnTypes } from '../../../contract/types.ts';
import { showCell } from '../../panels/grid/cells.ts';
import { t } from '../../texts/t.ts';

/** new: it had none. cleared: it gets none. changed: another one. gone: it goes with its record. */
type ChangeKind = 'new' | 'cleared' | 'changed' | 'gone';

export interface FieldChange {
  name: string;
  label: string;
  kind: ChangeKind;
  /** null: empty. */
  before: string | null;
  after: string | null;
}

/** The fields of a record in their order; the one that is filtered by comes first. */
export function readChanges(
  record: Pick<ExportRecord, 'fields'>,
  known: ExportDetail['fields'],
  first?: string,
): FieldChange[] {
  const changes = record.fields.map(({ name, before, after }) => {
    const field = known.find((one) => one.name === name);
    const type = columnTypes.find((one) => one === field?.type) ?? 'text';
    return {
      name,
      label: field?.label || name,
      kind: kindOf(before, after),
      before: writeValue(type, before),
      after: writeValue(type, after),
    };
  });
  return [...changes.filter(({ name }) => name === first), ...changes.filter(({ name }) => name !== first)];
}

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '';

function kindOf(before: unknown, after: unknown): ChangeKind {
  if (after === undefined) return 'gone';
  if (isEmpty(after)) return 'cleared';
  return isEmpty(before) ? 'new' : 'changed';
}

function writeValue(type: ColumnType, value: unknown): string | null {
  if (isEmpty(value)) return null;
  if (typeof value === 'object') return JSON.stringify(value);
  return type === 'text' ? String(value) : showCell(type, value);
}

/** Its key; null where it has none but its id, which stands by itself. */
export const ownKey = ({ key, recordId }: Pick<ExportRecord, 'key' | 'recordId'>): string | null =>
  key === recordId ? null : key;

type Called = Pick<ExportRecord, 'name' | 'key' | 'recordId' | 'row'>;

/** What tells a record from all others: its key, its id, or its place in the input. */
const identity = ({ key, recordId, row }: Pick<Called, 'key' | 'recordId' | 'row'>): string =>
  key ?? recordId ?? t('export.row', { row });

/** How people call a record; where nothing tells, by what tells it from others. */
export const recordName = (record: Called): string => record.name ?? identity(record);

/** Both: two people may have one name. */
export const recordTitle = (record: Called): string =>
  record.name === null ? identity(record) : t('export.recordTitle', { name: record.name, id: identity(record) });
