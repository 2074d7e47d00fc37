/** What fills which column of the data extension, as the choices of a person change it. */
import type { ExtensionColumn } from '../../../contract/dataExtension.ts';
import type { Column, ColumnType } from '../../../contract/types.ts';
import type { ExtensionSeen, PanelContext } from '../../kit/panel/context.ts';
import type { NameMatches } from '../../kit/panel/mapping/matchNames.ts';
import { matchNames } from '../../kit/panel/mapping/matchNames.ts';
import type { Misfit } from '../../kit/typeFit.ts';
import { misfitBy } from '../../kit/typeFit.ts';
import type { DataExtensionConfig, Line } from '../config.ts';
import { attributeOf, columnOf, isNamed } from '../config.ts';
import { conversionOf } from '../conversion.ts';

/** What every part of the mapping is given. */
export interface MappingScope {
  config: DataExtensionConfig;
  extension: ExtensionSeen;
  /** Those that arrive. */
  columns: readonly Column[];
  change(config: DataExtensionConfig): void;
  readOnly: boolean;
  context: PanelContext;
}

export type LineList = 'key' | 'attributes';

/** A line of the mapping, and the column of the data extension that it fills; null: it has none of that name. */
export interface MappedLine {
  list: LineList;
  /** In the config; where the line is not there yet, that of the next one. */
  index: number;
  line: Line;
  column: ExtensionColumn | null;
}

/** A line for each column of the primary key, in its order, whether it is in the config yet or not; then what is no part of it. */
export function keyLines({ key }: DataExtensionConfig, { columns }: Pick<ExtensionSeen, 'columns'>): MappedLine[] {
  const needed = columns.filter((column) => column.key);
  const own = needed.map((column): MappedLine => {
    const index = key.findIndex((line) => isNamed(column, line));
    const line = key[index] ?? { column: '', attribute: column.name };
    return { list: 'key', index: index < 0 ? key.length : index, line, column };
  });
  const strays = key.flatMap((line, index): MappedLine[] =>
    needed.some((column) => isNamed(column, line)) ? [] : [{ list: 'key', index, line, column: null }],
  );
  return [...own, ...strays];
}

export const attributeLines = ({ attributes }: DataExtensionConfig, extension: ExtensionSeen): MappedLine[] =>
  attributes.map((line, index) => ({ list: 'attributes', index, line, column: columnOf(extension, line) ?? null }));

/** Replaces a line, or adds the next one. */
export function withLine(config: DataExtensionConfig, { list, index }: MappedLine, line: Line): DataExtensionConfig {
  const lines = [...config[list]];
  lines[index] = line;
  return { ...config, [list]: lines };
}

export const withoutLine = (config: DataExtensionConfig, { list, index }: MappedLine): DataExtensionConfig => ({
  ...config,
  [list]: config[list].filter((_, other) => other !== index),
});

/** Columns of the data extension that nothing fills, those of the key left out. */
export function openColumns(
  config: DataExtensionConfig,
  { columns }: Pick<ExtensionSeen, 'columns'>,
): ExtensionColumn[] {
  const filled = new Set(
    [...[...config.key, ...config.attributes].map(attributeOf), ...config.custom].map((name) => name.toLowerCase()),
  );
  return columns.filter(({ name, key }) => !key && !filled.has(name.toLowerCase()));
}

/** Adds attributes at the end, each with the column that is called like it, if there is one. */
export function withAttributes(
  config: DataExtensionConfig,
  names: readonly string[],
  columns: readonly Column[],
): DataExtensionConfig {
  const added = names.map((name): Line => {
    const [match] = matchNames(columns, [{ name, label: name }]).matched;
    return { column: match?.column ?? '', attribute: name };
  });
  return { ...config, attributes: [...config.attributes, ...added] };
}

/** What could be matched by name at this moment: columns that nothing uses, and columns of the data extension without one. */
export function openMatches(
  config: DataExtensionConfig,
  extension: Pick<ExtensionSeen, 'columns'>,
  columns: readonly Column[],
): NameMatches {
  const used = new Set([...[...config.key, ...config.attributes].map(({ column }) => column), ...config.custom]);
  const bare = [...keyLines(config, extension), ...config.attributes.map((line) => ({ line, column: null }))]
    .filter(({ line }) => line.column === '')
    .map(({ line }) => attributeOf(line));
  const targets = [...new Set([...bare, ...openColumns(config, extension).map(({ name }) => name)])];
  return matchNames(
    columns.filter(({ name }) => !used.has(name)),
    targets.filter((name) => name !== '').map((name) => ({ name, label: name })),
  );
}

export function withMatches(
  config: DataExtensionConfig,
  extension: Pick<ExtensionSeen, 'columns'>,
  { matched }: NameMatches,
): DataExtensionConfig {
  return matched.reduce((next, { column, field }) => {
    const line = { column, attribute: field };
    const key = keyLines(next, extension).find((one) => one.column !== null && isNamed(one.column, line));
    if (key) return withLine(next, key, line);
    const bare = next.attributes.findIndex((one) => one.column === '' && isNamed({ name: field }, one));
    const index = bare < 0 ? next.attributes.length : bare;
    return withLine(next, { list: 'attributes', index, line, column: null }, line);
  }, config);
}

/** What a new row is refused without; none where no row is added. */
export function missingColumns(config: DataExtensionConfig, extension: Pick<ExtensionSeen, 'columns'>): string[] {
  if (config.mode === 'update') return [];
  return openColumns(config, extension).flatMap(({ name, required }) => (required ? [name] : []));
}

/** Null: it fits. Asked of the very conversion that the run makes. */
export const misfitOf = (from: ColumnType, to: ColumnType): Misfit | null =>
  misfitBy(from, (value) => conversionOf(from, to, 'UTC')(value).ok);
