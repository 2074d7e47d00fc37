import { z } from 'zod';
import type { Column } from '../../contract/types.ts';
import { tolerant } from '../kit/config.ts';
import { datePatternProblem } from '../kit/datePattern.ts';
import { separatorNames } from '../kit/delimited.ts';
import { encodingNames } from '../kit/encodings.ts';

const columnSchema = z.strictObject({
  column: z.string().max(255).default(''),
  /** The name above it; empty: the column's own. */
  header: z.string().max(255).default(''),
  /** Dates: a pattern. Numbers: the decimal sign. Boolean: the words, as `yes/no`. */
  format: z.string().max(100).default(''),
});
export type ExtractColumn = z.output<typeof columnSchema>;

const orderSchema = z.strictObject({
  column: z.string().max(255).default(''),
  direction: z.enum(['asc', 'desc']).default('asc'),
});

const shape = z.strictObject({
  connection: z.string().max(200).default(''),
  path: z.string().max(1_000).default(''),
  columns: z.array(columnSchema).max(1_000).default([]),
  orderBy: z.array(orderSchema).max(20).default([]),
  encoding: z.enum(encodingNames).default('utf-8'),
  separator: z.enum(separatorNames).default('comma'),
  otherSeparator: z.string().max(1).default(''),
  quotes: z.enum(['needed', 'always']).default('needed'),
  lineEnd: z.enum(['crlf', 'lf']).default('crlf'),
  header: z.boolean().default(true),
  formulas: z.enum(['keep', 'disarm']).default('keep'),
  gzip: z.boolean().default(false),
  empty: z.enum(['file', 'none']).default('file'),
  draft: z.boolean().default(true),
});
export type ExtractFileConfig = z.output<typeof shape>;

export const defaults: ExtractFileConfig = shape.parse({});
export const readConfig = tolerant(shape, defaults);

export const configSchema = shape.superRefine((config, ctx) => {
  const refuse = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  if (config.connection === '') refuse(['connection'], 'choose where the file is to lie');
  if (config.path.trim() === '') refuse(['path'], 'name the file');
  if (config.separator === 'other' && !/^[^"\r\n]$/.test(config.otherSeparator))
    refuse(['otherSeparator'], 'write one character that is no quote');
  config.columns.forEach(({ column }, index) => {
    if (column === '') refuse(['columns', index, 'column'], 'choose a column');
  });
  config.orderBy.forEach(({ column }, index) => {
    if (column === '') refuse(['orderBy', index, 'column'], 'choose a column');
  });
  const headers = config.columns.map(({ column, header }) => header || column);
  headers.forEach((header, index) => {
    if (header !== '' && headers.indexOf(header) !== index)
      refuse(['columns', index, 'header'], `another column is called "${header}" too`);
  });
});

/** What is wrong with the way a column is written, in half a sentence; null where nothing is. */
export function formatProblem({ type }: Pick<Column, 'type'>, format: string): string | null {
  if (format === '') return null;
  if (type === 'date' || type === 'datetime') return datePatternProblem(format, type);
  if (type === 'number' || type === 'decimal')
    return format === '.' || format === ',' ? null : 'write the decimal sign: a full stop or a comma';
  if (type === 'boolean') return /^[^/]+\/[^/]+$/.test(format) ? null : 'write the words for true and false, as yes/no';
  return `a column of the type ${type} is written as it is`;
}
