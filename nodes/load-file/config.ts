import { z } from 'zod';
import type { Column } from '../../contract/types.ts';
import { columnTypeSchema } from '../../contract/types.ts';
import { tolerant } from '../kit/config.ts';
import { datePatternProblem } from '../kit/datePattern.ts';
import { separatorNames } from '../kit/delimited.ts';
import { encodingNames } from '../kit/encodings.ts';
import { cellReader } from './values.ts';

const errorRules = ['reject', 'null', 'default'] as const;

const columnSchema = z.strictObject({
  name: z.string().max(255).default(''),
  /** The column's name in the first line, its number where there is none, or a path such as `address.city` in JSON; empty: as `name`, or its place in the list. */
  from: z.string().max(255).default(''),
  type: columnTypeSchema.default('text'),
  /** Dates: a pattern. Numbers: the decimal sign. Boolean: the words, as `yes/no`. */
  format: z.string().max(100).default(''),
  /** Fixed width: the first character, from 1 on, and how many. */
  start: z.number().int().min(1, 'begin at character 1 or later').max(1_000_000).default(1),
  width: z.number().int().min(1, 'take at least one character').max(100_000).default(10),
  /** An empty value is an error. */
  required: z.boolean().default(false),
  onError: z.enum(errorRules).default('reject'),
  fallback: z.string().max(1_000).default(''),
  identifying: z.boolean().default(false),
  personal: z.boolean().default(false),
});
export type LoadColumn = z.output<typeof columnSchema>;

const shape = z.strictObject({
  connection: z.string().max(200).default(''),
  source: z.enum(['path', 'rows']).default('path'),
  path: z.string().max(1_000).default(''),
  pathColumn: z.string().max(255).default('path'),
  missing: z.enum(['fail', 'empty']).default('fail'),
  format: z.enum(['delimited', 'fixed', 'jsonLines']).default('delimited'),
  encoding: z.enum(encodingNames).default('utf-8'),
  separator: z.enum(separatorNames).default('comma'),
  otherSeparator: z.string().max(1).default(''),
  quoted: z.boolean().default(true),
  header: z.boolean().default(true),
  skipLines: z.number().int().min(0).max(1_000).default(0),
  uneven: z.enum(['reject', 'fill']).default('reject'),
  trim: z.boolean().default(true),
  emptyIsNull: z.boolean().default(true),
  columns: z.array(columnSchema).max(1_000).default([]),
  origin: z.boolean().default(false),
  rejectLimit: z.number().int().min(0).max(1_000_000_000).default(100),
});
export type LoadFileConfig = z.output<typeof shape>;

export const defaults: LoadFileConfig = shape.parse({});
export const readConfig = tolerant(shape, defaults);

export const configSchema = shape.superRefine((config, ctx) => {
  const refuse = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  if (config.connection === '') refuse(['connection'], 'choose where the file lies');
  if (config.source === 'path' && config.path.trim() === '') refuse(['path'], 'name the file');
  if (config.source === 'rows' && config.pathColumn === '') refuse(['pathColumn'], 'choose the column with the paths');
  if (config.format === 'delimited' && config.separator === 'other' && !/^[^"\r\n]$/.test(config.otherSeparator))
    refuse(['otherSeparator'], 'write one character that is no quote');
  if (config.columns.length === 0) refuse(['columns'], 'add the columns of the file');
  config.columns.forEach((column, index) => {
    for (const [name, message] of columnProblems(config, column, index)) refuse(['columns', index, name], message);
  });
});

const originColumns: readonly Column[] = [
  { name: 'fileName', label: 'File name', type: 'text' },
  { name: 'fileLine', label: 'Line of the file', type: 'integer' },
];

function columnProblems(config: LoadFileConfig, column: LoadColumn, index: number): [keyof LoadColumn, string][] {
  const { name, type, format, onError, fallback } = column;
  const found: [keyof LoadColumn, string][] = [];
  const isTaken =
    config.columns.findIndex((one) => one.name === name) !== index ||
    (config.origin && originColumns.some((own) => own.name === name));
  if (name === '') found.push(['name', 'give the column a name']);
  else if (isTaken) found.push(['name', `another column is called "${name}" too`]);
  const problem = formatProblem(type, format);
  if (problem !== null) found.push(['format', problem]);
  else if (onError === 'default' && fallback !== '' && !cellReader(column, 'UTC')(fallback).ok)
    found.push(['fallback', `write a value of the type ${type}`]);
  return found;
}

function formatProblem(type: LoadColumn['type'], format: string): string | null {
  if (format === '') return null;
  if (type === 'date' || type === 'datetime') return datePatternProblem(format, type);
  if (type === 'number' || type === 'decimal' || type === 'integer')
    return format === '.' || format === ',' ? null : 'write the decimal sign: a full stop or a comma';
  if (type === 'boolean') return /^[^/]+\/[^/]+$/.test(format) ? null : 'write the words for true and false, as yes/no';
  return null;
}

/** The columns that the rows will have, without those that cannot be columns yet. */
export function loadedColumns({ columns, origin }: LoadFileConfig): Column[] {
  const named = columns.filter(
    ({ name }, index) => name !== '' && columns.findIndex((column) => column.name === name) === index,
  );
  const own = named.map(({ name, type, identifying, personal }) => ({
    name,
    label: name,
    type,
    ...(identifying ? { identifying } : {}),
    ...(personal ? { personal } : {}),
  }));
  if (!origin) return own;
  return [...own, ...originColumns.filter((added) => !own.some((column) => column.name === added.name))];
}

/** What a record that could not be read is shown as: where it stood, and its text, whatever that holds of a person. */
export const unreadColumns: readonly Column[] = [
  { name: 'file', label: 'File', type: 'text' },
  { name: 'line', label: 'Line', type: 'integer' },
  { name: 'record', label: 'Record', type: 'text', personal: true },
];
