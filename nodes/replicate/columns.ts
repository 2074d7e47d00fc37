/** The columns of a replica: what the fields of the object have become since it was last written. */
import type { RemoteField, RemoteObjectDetails } from '../../contract/connector.ts';
import type { Cell, ColumnType } from '../../contract/types.ts';
import { canonicalText, toCell } from '../../contract/types.ts';
import type { ReplicaColumn } from './state.ts';

export interface ColumnPlan {
  /** Of the whole table afterwards: a vanished field keeps its column. */
  all: ReplicaColumn[];
  /** Those that are read and written, in the order of `fields`. */
  written: ReplicaColumn[];
  fields: string[];
  /** Place of the record id among them. */
  idPlace: number;
  /** Place of the field that tells when a record changed; -1: there is none. */
  stampPlace: number;
  added: string[];
  vanished: string[];
  changed: { name: string; was: ColumnType; is: ColumnType }[];
}

/** Made of other fields, which are read by themselves; the interfaces for large reads refuse them. */
const compound = new Set(['address', 'location']);

export function planColumns(details: RemoteObjectDetails, known: readonly ReplicaColumn[]): ColumnPlan {
  const fields = details.fields.filter((field) => !compound.has(field.remoteType));
  const columns = new Map(known.map((column) => [column.name.toLowerCase(), column]));
  const columnOf = ({ name, type }: RemoteField): ReplicaColumn => columns.get(name.toLowerCase()) ?? { name, type };
  const added = fields.filter(({ name }) => !columns.has(name.toLowerCase()));
  const names = new Set(fields.map(({ name }) => name.toLowerCase()));
  const placeOf = (wanted: string): number =>
    fields.findIndex(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  return {
    all: [...known, ...added.map(({ name, type }) => ({ name, type }))],
    written: fields.map(columnOf),
    fields: fields.map(({ name }) => name),
    idPlace: placeOf(details.idField),
    stampPlace: placeOf(stampField(details) ?? ''),
    added: known.length === 0 ? [] : added.map(({ name }) => name),
    vanished: known.filter(({ name }) => !names.has(name.toLowerCase())).map(({ name }) => name),
    changed: fields.flatMap((field) => {
      const was = columnOf(field).type;
      return was === field.type ? [] : [{ name: field.name, was, is: field.type }];
    }),
  };
}

/** The field by which changes are found; undefined: none tells. A date of creation says nothing of changes. */
export function stampField({ recommendedIndexField, indexFields }: RemoteObjectDetails): string | undefined {
  return recommendedIndexField?.name ?? indexFields.find((name) => /modif/i.test(name));
}

/** The row in the types of the table. `unfit` are places whose value the column's type cannot take. */
export function convertRow(
  plan: ColumnPlan,
  row: readonly Cell[],
): { row: Cell[]; unfit: number[]; reasons: string[] } {
  if (plan.changed.length === 0) return { row: [...row], unfit: [], reasons: [] };
  const unfit: number[] = [];
  const reasons: string[] = [];
  const cells = plan.written.map(({ name, type }, place): Cell => {
    const converted = toCell(type, row[place] ?? null);
    if (converted.ok) return converted.value;
    unfit.push(place);
    reasons.push(`${name}: ${converted.reason}`);
    return null;
  });
  return { row: cells, unfit, reasons };
}

/** Names of the columns in which two rows differ. */
export function differing(columns: readonly ReplicaColumn[], a: readonly Cell[], b: readonly Cell[]): string[] {
  return columns
    .filter(({ type }, place) => canonicalText(type, a[place] ?? null) !== canonicalText(type, b[place] ?? null))
    .map(({ name }) => name);
}
