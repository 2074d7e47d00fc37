import { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import type { CheckScope, InputColumns } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { columnTypeSchema } from '../../contract/types.ts';
import { columnIssues, configIssue, passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import { form } from './form.ts';

const source = {
  kind: z.enum(['column', 'expression']).default('column'),
  column: z.string().max(255).default(''),
  expression: z.string().max(10_000).default(''),
  /** Column of the table; empty: called like the source column. */
  destination: z.string().max(255).default(''),
  /** Of a column that the table does not have yet, when its value is computed. */
  type: columnTypeSchema.default('text'),
};
const keySchema = z.strictObject(source);
const mappingSchema = z.strictObject({
  ...source,
  on: z.enum(['always', 'insert', 'update']).default('always'),
  /** JavaScript: the value counts only where it is true. */
  condition: z.string().max(10_000).default(''),
});
export type Source = z.output<typeof keySchema>;
export type Mapping = z.output<typeof mappingSchema>;

const shape = z.strictObject({
  table: z.string().max(120).default(''),
  operation: z.enum(['insert', 'update', 'upsert', 'delete']).default('upsert'),
  key: z.array(keySchema).max(20).default([]),
  columns: z.enum(['same', 'mapped']).default('same'),
  mapping: z.array(mappingSchema).max(1_000).default([]),
  emptyOverwrites: z.boolean().default(true),
  duplicates: z.enum(['last', 'first', 'none']).default('last'),
});
export type UpdateDataConfig = z.output<typeof shape>;

const defaults: UpdateDataConfig = {
  table: '',
  operation: 'upsert',
  key: [],
  columns: 'same',
  mapping: [],
  emptyOverwrites: true,
  duplicates: 'last',
};
const read = tolerant(shape, defaults);

/** The name of the column of the table that a line writes. */
export const destinationOf = ({ kind, column, destination }: Source): string =>
  destination !== '' ? destination : kind === 'column' ? column : '';

/** The mapping counts: not for deletes, and not when all columns are written under their own names. */
export const isMapped = ({ operation, columns }: UpdateDataConfig): boolean =>
  operation !== 'delete' && columns === 'mapped';

/** Names that begin with "_" are Syncline's own. */
const tableName = /^[\p{L}\p{N}][\p{L}\p{N} _.-]*$/u;

function refine(config: UpdateDataConfig, ctx: z.RefinementCtx): void {
  const problem = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  if (config.table.trim() === '') problem(['table'], 'choose a table or name a new one');
  else if (config.table !== config.table.trim()) problem(['table'], 'remove the spaces around the name');
  else if (!tableName.test(config.table))
    problem(['table'], 'begin with a letter or digit, then use letters, digits, spaces, "_", "-" or "."');
  if (config.key.length === 0) problem(['key'], 'choose what identifies a row of the table');
  const lists = isMapped(config) ? (['key', 'mapping'] as const) : (['key'] as const);
  const taken = new Set<string>();
  for (const list of lists) {
    config[list].forEach((line, index) => {
      for (const [field, message] of lineProblems(line, taken)) problem([list, index, field], message);
      taken.add(destinationOf(line));
    });
  }
  if (isMapped(config) && config.mapping.length === 0) problem(['mapping'], 'choose at least one column to write');
}

function lineProblems(line: Source, taken: ReadonlySet<string>): [string, string][] {
  const problems: [string, string][] = [];
  if (line.kind === 'column' && line.column === '') problems.push(['column', 'choose a column']);
  if (line.kind === 'expression' && line.expression.trim() === '') problems.push(['expression', 'write an expression']);
  if (line.kind === 'expression' && line.destination === '') problems.push(['destination', 'name the column to write']);
  const destination = destinationOf(line);
  if (destination !== '' && taken.has(destination))
    problems.push(['destination', `another line writes "${destination}" too`]);
  return problems;
}

function check(config: UpdateDataConfig, scope: CheckScope): Issue[] {
  const lists = isMapped(config) ? (['key', 'mapping'] as const) : (['key'] as const);
  const unknown = lists.flatMap((list) =>
    config[list].flatMap((line, index) =>
      line.kind === 'column' ? columnIssues(scope, line.column, `${list}.${index}.column`) : [],
    ),
  );
  return [...unknown, ...checkJsonKeys(config, scope)];
}

/** Two JSON values have no order and no sameness that people would agree on. */
function checkJsonKeys(config: UpdateDataConfig, scope: CheckScope): Issue[] {
  const typeOf = (name: string) => passedColumns(scope.inputs)?.find((column) => column.name === name)?.type;
  return config.key.flatMap((line, index) => {
    const type = line.kind === 'column' ? typeOf(line.column) : line.type;
    return type === 'json'
      ? [configIssue(scope, `key.${index}.${line.kind === 'column' ? 'column' : 'type'}`, 'JSON cannot be a key')]
      : [];
  });
}

function columns(_: unknown, inputs: InputColumns[]): Record<string, Column[] | null> {
  const passed = passedColumns(inputs);
  return { success: passed, reject: passed && withRejectColumns(passed) };
}

function summary(given: unknown): string {
  const config = read(given);
  const key = config.key
    .map(destinationOf)
    .filter((name) => name !== '')
    .join(', ')
    .slice(0, 40);
  const count = isMapped(config) ? `${config.mapping.length} columns` : 'all columns';
  const what = key === '' ? config.operation : `${config.operation} by ${key}`;
  return config.operation === 'delete' ? what : `${what} · ${count}`;
}

export const definition = defineNode<UpdateDataConfig>({
  type: 'update-data',
  label: 'Update data',
  description: 'Writes rows into a table of local data: inserts, updates, both, or deletes.',
  group: 'targets',
  icon: 'IconDatabaseEdit',
  keywords: [
    'write',
    'insert',
    'update',
    'upsert',
    'insert or update',
    'delete',
    'save',
    'store',
    'reconciliation keys',
    'local data',
  ],
  config: shape.superRefine(refine),
  defaults,
  form,
  writesOutside: ({ operation, table }) =>
    `${operation === 'upsert' ? 'insert or update' : operation} rows of "${table}"`,
  inputs: { min: 1, max: null, join: 'each', rows: 'required' },
  starts: null,
  ports: () => [successPort, rejectPort],
  columns,
  check,
  summary,
  resumable: true,
});
