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

interface Scope {
  client: CrmClient;
  written: WrittenObject;
  timeZone: string;
}

/** Gives the cells of `preparedColumns` for the row with an `_id` in the input. */
export function rowPreparer(scope: Scope): (row: number, given: Given) => Cell[] {
  const { written } = scope;
  const sources = sourceFields(written);
  const lookups = lookupFields(written);
  const parent = parentField(written);
  return (row, given) => {
    if (!Array.isArray(given)) return rejected(row, lookups.length, ownReason('RECORD_FAILED', given.failed));
    const results = sources.map((field, index) => resultOf(scope, field, given[index]));
    const cells = new Map(sources.map((field, index) => [field, cellOf(results[index])]));
    const reason = firstReason(results) ?? emptyKey(written, results);
    return [
      row,
      ...keyCells(written, written.key, cells),
      parent ? textOf(parent, cells) : null,
      valuesOf(written, cells),
      ...lookups.flatMap((field) => [keyForm(field.mapped.type, cells.get(field) ?? null), textOf(field, cells)]),
      ...(reason ? rejectCells(reason) : noReason),
    ];
  };
}

/** Undefined: the field is left out, or its value is none that it can take. */
type Cells = ReadonlyMap<WrittenField, Cell | undefined>;

const cellOf = (result: Result | undefined): Cell | undefined => (result?.ok ? result.value : undefined);

const textOf = (field: WrittenField, cells: Cells): string | null =>
  canonicalText(field.mapped.type, cells.get(field) ?? null);

/** Ids have one form already, in which case counts. */
function keyCells(written: WrittenObject, key: WrittenField | null, cells: Cells): [Cell, Cell] {
  if (key === null) return [null, null];
  const text = textOf(key, cells);
  return [findsById(written) ? text : keyForm(key.mapped.type, cells.get(key) ?? null), text];
}

function rejected(row: number, lookups: number, reason: RejectReason): Cell[] {
  return [row, null, null, null, {}, ...Array<null>(2 * lookups).fill(null), ...rejectCells(reason)];
}

/** One that leads to one kind of record says more of what is locked together than an owner, who may be of several kinds. */
function parentField({ fields }: WrittenObject): WrittenField | undefined {
  const references = fields.filter(({ remote }) => remote.references !== undefined);
  return references.find(({ remote }) => remote.references?.objects.length === 1) ?? references[0];
}

/** Spaces around a key are none of it: records would not be found by them. */
function resultOf({ client, written, timeZone }: Scope, field: WrittenField, given: Json | undefined): Result {
  if (given === undefined) return { ok: true, value: undefined };
  const { mapped } = field;
  const isKey = field === written.key || mapped.lookup !== undefined;
  const cell = sentCell(mapped, given, field.remote.wallClock ? 'UTC' : timeZone);
  if (!cell.ok)
    return {
      ok: false,
      reason: ownReason('TYPE_MISMATCH', { column: mapped.label || mapped.field, reason: cell.reason }, [mapped.field]),
    };
  if (isId(field)) return cell.value === null ? cell : idResult(client, field, String(cell.value));
  return isKey && typeof cell.value === 'string' ? { ok: true, value: cell.value.trim() || null } : cell;
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
function valuesOf(written: WrittenObject, cells: Cells): Json {
  const values: Record<string, Json> = {};
  for (const field of written.fields) {
    const { mapped, remote, sentAs } = field;
    const cell = cells.get(field);
    if (cell === undefined) continue;
    if (cell !== null) values[sentAs] = cell;
    else if (mapped.empty === 'clear' && field !== written.key)
      values[remote.name] = mapped.type === 'boolean' && !mapped.lookup ? false : null;
  }
  return values;
}
