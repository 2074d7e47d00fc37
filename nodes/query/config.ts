/** Settings of the Query, read alike while drawing and while running. */
import { z } from 'zod';
import { emptyFilter, filterConditions, filterGroupSchema, needsValue } from '../../contract/filter.ts';
import { readSelect, selectParameters } from '../../contract/selectText.ts';
import type { Column } from '../../contract/types.ts';
import { columnTypeSchema } from '../../contract/types.ts';
import { tolerant } from '../kit/config.ts';
import { declaredColumns, declaredColumnsSchema, refineDeclared } from '../kit/declared.ts';
import { tableProblem } from '../kit/localTables.ts';

/** A chosen column with what was known of it when it was chosen: columns are known while drawing. */
const chosenSchema = z.strictObject({
  name: z.string().min(1).max(255),
  label: z.string().max(255),
  type: columnTypeSchema,
  identifying: z.boolean().optional(),
  personal: z.boolean().optional(),
});
export type ChosenColumn = z.output<typeof chosenSchema>;

const computedSchema = z.strictObject({
  name: z.string().max(255).default(''),
  type: columnTypeSchema.default('text'),
  /** JavaScript over `record`, which has all columns of the table. */
  expression: z.string().max(10_000).default(''),
});

const orderSchema = z.strictObject({
  field: z.string().max(255),
  direction: z.enum(['asc', 'desc']),
});

const parameterSchema = z.strictObject({
  name: z.string().max(64).default(''),
  /** JavaScript, evaluated once. */
  expression: z.string().max(10_000).default(''),
});

const shape = z.strictObject({
  mode: z.enum(['table', 'sql']),
  table: z.string().max(120),
  columns: z.array(chosenSchema).max(500),
  computed: z.array(computedSchema).max(100),
  filter: filterGroupSchema,
  orderBy: z.array(orderSchema).max(10),
  /** 0: all rows. */
  limit: z.number(),
  sql: z.string().max(100_000),
  parameters: z.array(parameterSchema).max(50),
  /** Columns of the SQL's result. */
  declared: declaredColumnsSchema,
  /** Seconds the SQL may run. */
  timeLimit: z.number(),
});
export type QueryConfig = z.output<typeof shape>;

export const defaults: QueryConfig = {
  mode: 'table',
  table: '',
  columns: [],
  computed: [],
  filter: emptyFilter,
  orderBy: [],
  limit: 0,
  sql: '',
  parameters: [],
  declared: [],
  timeLimit: 60,
};
export const readConfig = tolerant(shape, defaults);
export const configSchema = shape.superRefine(refine);

type Problem = (path: (string | number)[], message: string) => void;

function refine(config: QueryConfig, ctx: z.RefinementCtx): void {
  const problem: Problem = (path, message) => ctx.addIssue({ code: 'custom', path, message });
  if (config.mode === 'table') refineTable(config, problem);
  else {
    refineSql(config, problem);
    refineDeclared(config.declared, 'declared', ctx);
  }
}

function refineTable(config: QueryConfig, problem: Problem): void {
  const wrong = tableProblem(config.table);
  if (wrong !== null) problem(['table'], wrong);
  if (config.columns.length + config.computed.length === 0) problem(['columns'], 'choose at least one column');
  const names = [...config.columns, ...config.computed].map(({ name }) => name);
  config.columns.forEach(({ name }, index) => {
    if (names.indexOf(name) !== index) problem(['columns', index], `the column "${name}" is chosen twice`);
  });
  config.computed.forEach(({ name, expression }, index) => {
    if (name === '') problem(['computed', index, 'name'], 'name the column');
    else if (names.indexOf(name) !== config.columns.length + index)
      problem(['computed', index, 'name'], `another column is called "${name}" too`);
    if (expression.trim() === '') problem(['computed', index, 'expression'], 'write an expression');
  });
  for (const { condition, path } of filterConditions(config.filter)) {
    const at = path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    if (condition.field === '') problem([...at, 'field'], 'choose a column');
    if (needsValue(condition) && (condition.value ?? '').trim() === '') problem([...at, 'value'], 'write a value');
  }
  config.orderBy.forEach(({ field }, index) => {
    if (field === '') problem(['orderBy', index, 'field'], 'choose a column');
  });
  if (!Number.isInteger(config.limit) || config.limit < 0) problem(['limit'], 'a whole number, or 0 for all rows');
}

const mostSeconds = 3_600;

function refineSql({ sql, parameters, declared, timeLimit }: QueryConfig, problem: Problem): void {
  const read = readSelect(sql);
  if (!read.ok) problem(['sql'], read.reason);
  const names = parameters.map(({ name }) => name);
  const missing = read.ok ? selectParameters(read.tokens).filter((name) => !names.includes(name)) : [];
  for (const name of missing) problem(['sql'], `add the parameter "${name}" below`);
  parameters.forEach(({ name, expression }, index) => {
    if (!/^[A-Za-z_]\w*$/.test(name))
      problem(['parameters', index, 'name'], 'a letter first, then letters, digits or "_"');
    else if (names.indexOf(name) !== index)
      problem(['parameters', index, 'name'], `another parameter is called "${name}" too`);
    if (expression.trim() === '') problem(['parameters', index, 'expression'], 'write an expression');
  });
  if (declared.length === 0) problem(['declared'], 'name the columns that the SQL gives');
  if (!(timeLimit >= 1 && timeLimit <= mostSeconds)) problem(['timeLimit'], `from 1 to ${mostSeconds} seconds`);
}

/** What leaves: chosen columns and computed ones, or those that the SQL is said to give. */
export function resultColumns(config: QueryConfig): Column[] {
  if (config.mode === 'sql') return declaredColumns(config.declared);
  const computed = declaredColumns(config.computed);
  const all: Column[] = [
    ...config.columns.map(({ label, ...rest }) => ({ ...rest, label: label || rest.name })),
    ...computed,
  ];
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);
}

/** Expressions can fail for a record, and a value of the SQL may not be what its column was said to hold. */
export const hasRejects = (config: QueryConfig): boolean => config.mode === 'sql' || config.computed.length > 0;
