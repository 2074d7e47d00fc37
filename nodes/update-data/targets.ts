/** What is written where, once the columns of both sides are known. */
import { UserError } from '../../contract/errors.ts';
import type { Column } from '../../contract/types.ts';
import type { Mapping, Source, UpdateDataConfig } from './definition.ts';
import { destinationOf, isMapped } from './definition.ts';

export interface Target {
  /** The column of the table, with its type. */
  column: Column;
  /** Name of the input's column whose cell is written as it is; null: `expression` gives the value. */
  from: string | null;
  expression: string;
  on: Mapping['on'];
  condition: string;
  /** What a reject names as the field to blame. */
  blame: string;
}

export interface Targets {
  key: Target[];
  values: Target[];
}

export interface LocalTable {
  columns: Column[];
  key: string[];
}

/** Throws UserError COLUMN_UNKNOWN or CONFIG_INVALID when input or table are not what the settings say. */
export function targetsOf(config: UpdateDataConfig, input: readonly Column[], table: LocalTable | null): Targets {
  const resolve = (line: Source): Target => targetOf(line, input, table);
  const key = config.key.map(resolve);
  demandSameKey(config.table, key, table);
  const lines = config.operation === 'delete' ? [] : isMapped(config) ? config.mapping : sameNames(config, input);
  return { key, values: lines.map(resolve) };
}

/** Every column that is not the key already, under its own name. */
function sameNames(config: UpdateDataConfig, input: readonly Column[]): Source[] {
  const keys = new Set(config.key.flatMap((line) => [destinationOf(line), line.kind === 'column' ? line.column : '']));
  return input
    .filter(({ name }) => !keys.has(name))
    .map(({ name, type }) => ({ kind: 'column', column: name, expression: '', destination: '', type }));
}

function targetOf(line: Source, input: readonly Column[], table: LocalTable | null): Target {
  const name = destinationOf(line);
  const { on = 'always', condition = '' } = line as Partial<Mapping>;
  const existing = table?.columns.find((one) => one.name === name);
  if (line.kind === 'expression') {
    const column = existing ?? { name, label: name, type: line.type };
    return { column, from: null, expression: line.expression, on, condition, blame: name };
  }
  const source = input.find((one) => one.name === line.column);
  if (!source) throw new UserError('COLUMN_UNKNOWN', { column: line.column });
  const label = name === source.name ? source.label : name;
  const { source: _, ...described } = source;
  const column = existing ?? { ...described, name, label };
  const fits = column.type === source.type;
  const expression = `record[${JSON.stringify(source.name)}]`;
  return { column, from: fits ? source.name : null, expression, on, condition, blame: source.name };
}

function demandSameKey(name: string, key: readonly Target[], table: LocalTable | null): void {
  if (!table) return;
  const chosen = key.map(({ column }) => column.name);
  if (chosen.length === table.key.length && chosen.every((one) => table.key.includes(one))) return;
  const reason = `the table "${name}" has the key ${table.key.join(', ')}`;
  throw new UserError('CONFIG_INVALID', { field: 'key', reason });
}
