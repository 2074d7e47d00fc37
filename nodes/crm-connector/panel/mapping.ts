/** The mapping of an export, as the choices of a person change it. */
import type { RemoteField, RemoteObjectDetails } from '../../../contract/connector.ts';
import type { Column, ColumnType } from '../../../contract/types.ts';
import type { PanelContext } from '../../kit/panel/context.ts';
import type { NameMatches } from '../../kit/panel/mapping/matchNames.ts';
import { matchNames } from '../../kit/panel/mapping/matchNames.ts';
import type { CrmConfig } from '../config.ts';
import { idField } from '../config.ts';
import type { ExportConfig, ExportMode, MappedField } from '../exportConfig.ts';

/** What every part of the mapping is given. */
export interface MappingScope {
  connection: string;
  settings: ExportConfig;
  details: RemoteObjectDetails | null;
  /** Those that arrive. */
  columns: readonly Column[];
  change(settings: ExportConfig, coalesce?: string): void;
  readOnly: boolean;
  context: PanelContext;
}

/** One row of it. */
export interface RowScope extends MappingScope {
  mapped: MappedField;
  /** In the config; where the row is not there yet, that of the next one. */
  index: number;
  isKey?: boolean;
  /** The last matching of names gave it. */
  fresh: boolean;
}

/** What opens below a row. */
export interface DetailsScope extends RowScope {
  path: string;
  field: RemoteField | undefined;
  onChange(mapped: MappedField, coalesce?: string): void;
}

/** Fields that the mode can write. The record id is never one of them: it says which record is meant. */
export function writableFields(details: RemoteObjectDetails | null, mode: ExportMode): RemoteField[] {
  return (details?.fields ?? []).filter((field) => field.name !== idField && isWritable(field, mode));
}

export const isWritable = (field: RemoteField | undefined, mode: ExportMode): boolean =>
  field !== undefined && ((mode !== 'update' && field.createable) || (mode !== 'insert' && field.updateable));

/** Fields by which records are found, beside the record id. Where records are created too, it must be possible to write them. */
export const keyFields = (details: RemoteObjectDetails | null, mode: ExportMode): RemoteField[] =>
  (details?.fields ?? []).filter(
    (field) => field.key && field.name !== idField && (mode === 'update' || isWritable(field, mode)),
  );

/** The same, and where records are only changed any other text or number by which they can be asked for. */
export function findingFields(details: RemoteObjectDetails | null, mode: ExportMode): RemoteField[] {
  const others = (details?.fields ?? []).filter((field) => !field.key && field.name !== idField && isFindable(field));
  return [...keyFields(details, mode), ...(mode === 'update' ? others : [])];
}

/** One of few values, or a reference, tells no record from another. */
const isFindable = ({ type, filterable, values, references }: RemoteField): boolean =>
  filterable && (type === 'text' || type === 'integer') && !values && !references;

export function toMapped(field: RemoteField | undefined, name: string, column = ''): MappedField {
  return {
    field: name,
    label: field?.label ?? (name === idField ? 'Record id' : name),
    type: field?.type ?? 'text',
    ...(field?.required ? { remoteRequired: true } : {}),
    source: { kind: 'column', column },
    conversion: 'default',
    empty: 'keep',
    onlyIf: '',
  };
}

/** What a new record is refused without, as it is kept for checks without the CRM. */
export const requiredOf = (details: RemoteObjectDetails): ExportConfig['required'] =>
  details.fields
    .filter(({ required, createable }) => required && createable)
    .map(({ name, label }) => ({ name, label }));

/** Fields that every new record needs and nothing is mapped to, as `details` say or as was known; none where no record is created. */
export function missingFields(
  { mode, mapping, required }: ExportConfig,
  details: RemoteObjectDetails | null = null,
): ExportConfig['required'] {
  const mapped = new Set(mapping.map(({ field }) => field));
  return mode === 'update' ? [] : (details ? requiredOf(details) : required).filter(({ name }) => !mapped.has(name));
}

/** The row of the key is the first; that of the record id goes with it, since nothing else needs it. */
export function withKey(
  settings: ExportConfig,
  key: string,
  details: RemoteObjectDetails | null,
  columns: readonly Column[],
): ExportConfig {
  const own = settings.mapping.find(({ field }) => field === key);
  const others = settings.mapping.filter(({ field }) => field !== key && field !== idField);
  if (key === '') return { ...settings, key, mapping: others };
  const row = own ? always(own) : sourced(toMapped(fieldOf(details, key), key), columns);
  const newer = settings.newer === key ? '' : settings.newer;
  return { ...settings, key, newer, mapping: [row, ...others] };
}

/** A record is found by its key or not at all: there is nothing to keep, to clear or to leave out. */
const always = (mapped: MappedField): MappedField => ({ ...mapped, empty: 'keep', onlyIf: '' });

/** A mode that looks nothing up has no key. */
export function withMode(
  settings: ExportConfig,
  mode: ExportMode,
  details: RemoteObjectDetails | null,
  columns: readonly Column[],
): ExportConfig {
  return { ...(mode === 'insert' ? withKey(settings, '', details, columns) : settings), mode };
}

/** The row of the key, with its place; it is shown before it is in the mapping too. Null: there is no key. */
export function keyRow(
  { key, mapping }: ExportConfig,
  details: RemoteObjectDetails | null,
): { mapped: MappedField; index: number } | null {
  if (key === '') return null;
  const index = mapping.findIndex(({ field }) => field === key);
  const mapped = mapping[index];
  return mapped ? { mapped, index } : { mapped: toMapped(fieldOf(details, key), key), index: mapping.length };
}

/** Replaces a row, or adds the next one. */
export function withMapped(settings: ExportConfig, index: number, mapped: MappedField): ExportConfig {
  const mapping = [...settings.mapping];
  mapping[index] = mapped;
  return { ...settings, mapping };
}

/** The type of what is mapped, where it is a column that arrives. */
export function columnTypeOf({ source }: MappedField, columns: readonly Column[]): ColumnType | null {
  if (source.kind === 'expression') return null;
  return columns.find(({ name }) => name === source.column)?.type ?? null;
}

/** With the column that is called like the field, if there is one. */
function sourced(mapped: MappedField, columns: readonly Column[]): MappedField {
  const [match] = matchNames(columns, [{ name: mapped.field, label: mapped.label }]).matched;
  return match ? { ...mapped, source: { kind: 'column', column: match.column } } : mapped;
}

/** Adds fields at the end, each with the column that is called like it, if there is one. */
export function withFields(
  settings: ExportConfig,
  names: readonly string[],
  details: RemoteObjectDetails | null,
  columns: readonly Column[],
): ExportConfig {
  const added = names.map((name) => sourced(toMapped(fieldOf(details, name), name), columns));
  return { ...settings, mapping: [...settings.mapping, ...added] };
}

/** What could be matched by name at this moment: columns that nothing uses, and fields that have no source yet. */
export function openMatches(
  settings: ExportConfig,
  details: RemoteObjectDetails | null,
  columns: readonly Column[],
): NameMatches {
  const sourced = new Set(settings.mapping.filter((mapped) => !isBare(mapped)).map(({ field }) => field));
  const used = new Set(settings.mapping.flatMap(({ source }) => (source.kind === 'column' ? [source.column] : [])));
  const key = (details?.fields ?? []).filter(({ name }) => name === settings.key);
  const targets = [...new Set([...key, ...writableFields(details, settings.mode)])];
  return matchNames(
    columns.filter(({ name }) => !used.has(name)),
    targets.filter(({ name }) => !sourced.has(name)),
  );
}

export function withMatches(
  settings: ExportConfig,
  { matched }: NameMatches,
  details: RemoteObjectDetails | null,
): ExportConfig {
  const columnOf = new Map(matched.map(({ column, field }) => [field, column]));
  const filled = settings.mapping.map((mapped): MappedField => {
    const column = isBare(mapped) ? columnOf.get(mapped.field) : undefined;
    return column === undefined ? mapped : { ...mapped, source: { kind: 'column', column } };
  });
  const listed = new Set(filled.map(({ field }) => field));
  const added = matched.flatMap(({ column, field }) =>
    listed.has(field) ? [] : [toMapped(fieldOf(details, field), field, column)],
  );
  return { ...settings, mapping: [...filled, ...added] };
}

const isBare = ({ source }: MappedField): boolean => source.kind === 'column' && source.column === '';

const fieldOf = (details: RemoteObjectDetails | null, name: string): RemoteField | undefined =>
  details?.fields.find((field) => field.name === name);

/** A deletion knows nothing but the record id. */
export function withOperation(config: CrmConfig, columns: readonly Column[]): CrmConfig {
  if (config.operation !== 'delete') return config;
  const { mapping } = withKey(config.export, idField, null, columns);
  return { ...config, export: { ...config.export, key: idField, mapping: mapping.slice(0, 1) } };
}

/** Another object has other fields; only the record id is called the same everywhere. */
export function withoutFields(settings: ExportConfig): ExportConfig {
  const mapping = settings.mapping.filter(({ field }) => field === idField);
  return {
    ...settings,
    key: settings.key === idField ? idField : '',
    newer: '',
    mapping,
    required: [],
    moved: { object: '', follow: false },
  };
}

export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const next = [...items];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}
