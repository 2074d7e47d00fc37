/** What is written where: the lines of the node beside the columns that the data extension has now. */
import type { DataExtensionsClient } from '../../contract/connector.ts';
import type { DataExtension, ExtensionColumn } from '../../contract/dataExtension.ts';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import { countText, demandColumns } from '../kit/rows.ts';
import type { NodeContext } from '../kit/run.ts';
import type { DataExtensionConfig, Line } from './config.ts';
import { attributeOf, columnOf, isNamed } from './config.ts';

/** A column of the rows that arrive, and the column that it fills. */
export interface Filled {
  source: Column;
  column: ExtensionColumn;
}

export interface Target {
  extension: DataExtension;
  /** One for each column of the primary key, in its order. */
  key: Filled[];
  attributes: Filled[];
}

/** All columns that are filled, those of the key first. */
export const filledBy = ({ key, attributes }: Pick<Target, 'key' | 'attributes'>): Filled[] => [...key, ...attributes];

/** Everything is looked at before anything is sent. Columns that are missing are created where that was asked for. */
export async function openTarget(
  context: NodeContext<DataExtensionConfig>,
  client: DataExtensionsClient,
  input: TableRef,
): Promise<Target> {
  const { config } = context;
  const custom: Line[] = config.custom.map((column) => ({ column, attribute: '' }));
  const lines = [...config.attributes, ...custom];
  demandColumns(
    input,
    [...config.key, ...lines].map(({ column }) => column),
  );
  const known = await client.extension(config.extension.trim());
  const keyLines = linesOfKey(known, config.key);
  const absent = lines.filter((line) => columnOf(known, line) === undefined);
  if (config.missing === 'refuse' || absent.some((line) => !custom.includes(line))) refuseMissing(known, absent);
  const extension = absent.length === 0 ? known : await create(context, client, { known, absent, input });
  const filled = (line: Line): Filled => fill(extension, input, line);
  const target = { extension, key: keyLines.map(filled), attributes: lines.map(filled) };
  warnOfRequired(context, target);
  return target;
}

/** The lines that fill the primary key, in the order of its columns. */
function linesOfKey({ key, columns }: DataExtension, lines: readonly Line[]): Line[] {
  const needed = columns.filter((column) => column.key);
  if (needed.length === 0) throw new UserError('EXTENSION_NO_KEY', { key });
  const found = needed.flatMap((column) => lines.find((line) => isNamed(column, line)) ?? []);
  if (found.length === needed.length && found.length === lines.length) return found;
  const names = { needed: quoted(needed.map(({ name }) => name)), given: quoted(lines.map(attributeOf)) };
  throw new UserError('EXTENSION_KEY_UNMAPPED', { key, ...names });
}

function refuseMissing({ key }: DataExtension, absent: readonly Line[]): void {
  if (absent.length > 0) throw new UserError('EXTENSION_COLUMNS', { key, columns: quoted(absent.map(attributeOf)) });
}

async function create(
  context: NodeContext<DataExtensionConfig>,
  client: DataExtensionsClient,
  { known, absent, input }: { known: DataExtension; absent: readonly Line[]; input: TableRef },
): Promise<DataExtension> {
  const columns = absent.map(({ column }) => ({ name: column, type: sourceOf(input, column).type }));
  const extension = await client.addColumns(known, columns);
  context.log('info', `Created in "${known.key}": ${quoted(absent.map(attributeOf))}.`);
  return extension;
}

/** Rows that are there have a value already; new ones would be refused one by one. */
function warnOfRequired({ config, log }: NodeContext<DataExtensionConfig>, target: Target): void {
  const { extension } = target;
  const filled = new Set(filledBy(target).map(({ column }) => column.name));
  const empty = extension.columns.filter(({ name, required }) => required && !filled.has(name)).map(({ name }) => name);
  if (config.mode === 'upsert' && empty.length > 0)
    log(
      'warning',
      `New rows will be refused: ${countText(empty.length)} columns that need a value get none (${quoted(empty)}).`,
    );
}

function fill(extension: DataExtension, input: TableRef, line: Line): Filled {
  const column = columnOf(extension, line);
  if (column === undefined)
    throw new UserError('EXTENSION_COLUMNS', { key: extension.key, columns: quoted([attributeOf(line)]) });
  return { source: sourceOf(input, line.column), column };
}

function sourceOf(input: TableRef, name: string): Column {
  const source = input.columns.find((column) => column.name === name);
  if (source === undefined) throw new UserError('COLUMN_UNKNOWN', { column: name });
  return source;
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
