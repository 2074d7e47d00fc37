/** One row that arrives, in the form in which it is sent. */
import type { CrmClient } from '../../../contract/connector.ts';
import type { ErrorDetails } from '../../../contract/errors.ts';
import { UserError } from '../../../contract/errors.ts';
import type { Cell, Column, Json } from '../../../contract/types.ts';
import { canonicalText } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { noReason, ownReason, rejectCells, rejectColumns } from '../../kit/rejects.ts';
import { keyForm } from './comparison.ts';
import type { WrittenField, WrittenObject } from './fields.ts';
import { canCreate, findsById, lookupFields, sourceFields } from './fields.ts';
import { sentCell } from './sentCell.ts';

/** A value for each of `sourceFields`, undefined where the field is left out; or why the expressions gave none. */
export type Given = (Json | undefined)[] | { failed: ErrorDetails };

/** Of the lookup with this number: the form in which its key is found, and the key itself. */
export const relatedMatch = (index: number): string => `_related${index}`;
export const relatedKey = (index: number): string => `_relatedKey${index}`;

const text = (name: string): Column => ({ name, label: '', type: 'text' });

/** `_match` is the form in which keys are found, `_key` the key itself, `_parent` what rows of one parent have in common. */
export const preparedColumns = (written: WrittenObject): Column[] => [
  { name: '_row', label: '', type: 'integer' },
  text('_match'),
  text('_key'),
  text('_parent'),
  { name: 'values', label: '', type: 'json' },
  ...lookupFields(written).flatMap((_, index) => [text(relatedMatch(index)), text(relatedKey(index))]),
  ...rejectColumns,
];

type Result = { ok: true; value: Cell | undefined } | { ok: false; reason: RejectReason };

export function rowPreparer(
  client: CrmClient,
  written: WrittenObject,
  timeZone: string,
): (row: number, given: Given) => Cell[] {
  const sources = sourceFields(written);
  const lookups = lookupFields(written).map((field) => sources.indexOf(field));
  const parent = sources.indexOf(parentField(written) as WrittenField);
  return (row, given) => {
    if (!Array.isArray(given)) return rejected(row, lookups.length, ownReason('RECORD_FAILED', given.failed));
    const results = sources.map((field, index) => resultOf(client, field, given[index], timeZone));
    const cells = results.map((result) => (result.ok ? result.value : undefined));
    const textOf = (index: number): string | null =>
      canonicalText(sources[index]?.mapped.type ?? 'text', cells[index] ?? null);
    const reason = firstReason(results) ?? emptyKey(written, results);
    return [
      row,
      written.key && matchOf(written, cells[0] ?? null),
      written.key && textOf(0),
      parent < 0 ? null : textOf(parent),
      valuesOf(written, sources, cells),
      ...lookups.flatMap((index) => [
        keyForm(sources[index]?.mapped.type ?? 'text', cells[index] ?? null),
        textOf(index),
      ]),
      ...(reason ? rejectCells(reason) : noReason),
    ];
  };
}

/** Ids have one form already, in which case counts. */
const matchOf = (written: WrittenObject, key: Cell): string | null =>
  findsById(written) ? (key === null ? null : String(key)) : keyForm(written.key?.mapped.type ?? 'text', key);

function rejected(row: number, lookups: number, reason: RejectReason): Cell[] {
  return [row, null, null, null, {}, ...Array<null>(2 * lookups).fill(null), ...rejectCells(reason)];
}

/** One that leads to one kind of record says more of what is locked together than an owner, who may be of several kinds. */
function parentField({ fields }: WrittenObject): WrittenField | undefined {
  const references = fields.filter(({ remote }) => remote.references !== undefined);
  return references.find(({ remote }) => remote.references?.objects.length === 1) ?? references[0];
}

function resultOf(client: CrmClient, field: WrittenField, given: Json | undefined, timeZone: string): Result {
  if (given === undefined) return { ok: true, value: undefined };
  const { mapped } = field;
  const cell = sentCell(mapped, given, timeZone);
  if (!cell.ok)
    return {
      ok: false,
      reason: ownReason('TYPE_MISMATCH', { column: mapped.label || mapped.field, reason: cell.reason }, [mapped.field]),
    };
  return isId(field) && cell.value !== null ? idResult(client, field, String(cell.value)) : cell;
}

const isId = ({ mapped, remote }: WrittenField): boolean =>
  mapped.lookup === undefined && (remote.references !== undefined || remote.remoteType === 'id');

function idResult(client: CrmClient, { mapped }: WrittenField, id: string): Result {
  try {
    return { ok: true, value: client.recordId(id.trim()) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ok: false, reason: ownReason(error.code, error.details, [mapped.field]) };
  }
}

/** The first is told; all fields are named. */
function firstReason(results: readonly Result[]): RejectReason | null {
  const reasons = results.flatMap((result) => (result.ok ? [] : [result.reason]));
  const [first] = reasons;
  return first ? { ...first, fields: reasons.flatMap(({ fields }) => fields) } : null;
}

/** A row without a key is a new record where new records are made by leaving it out. */
function emptyKey(written: WrittenObject, [result]: readonly Result[]): RejectReason | null {
  const { key, mode } = written;
  if (key === null || !result?.ok || (result.value ?? null) !== null) return null;
  if (canCreate(written) && (mode !== 'upsert' || findsById(written))) return null;
  const { source, field, label } = key.mapped;
  return ownReason('KEY_EMPTY', { column: source.kind === 'column' ? source.column : label || field }, [field]);
}

/** A field that is absent stays as it is, one that is null is emptied: a checkbox has no other way to be empty than to be off. */
function valuesOf(
  written: WrittenObject,
  sources: readonly WrittenField[],
  cells: readonly (Cell | undefined)[],
): Json {
  const values: Record<string, Json> = {};
  sources.forEach((field, index) => {
    const cell = cells[index];
    if (cell === undefined || !written.fields.includes(field)) return;
    if (cell !== null) values[field.sentAs] = cell;
    else if (field.mapped.empty === 'clear' && field !== written.key)
      values[field.remote.name] = field.mapped.type === 'boolean' && !field.mapped.lookup ? false : null;
  });
  return values;
}
