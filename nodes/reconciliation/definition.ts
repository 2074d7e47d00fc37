import { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import type { CheckScope, InputColumns, Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { columnTypeSchema } from '../../contract/types.ts';
import { configIssue, freshName } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { primaryFirst, primaryIssues } from '../kit/joins.ts';
import { normalisations } from '../kit/keys.ts';
import { tableProblem } from '../kit/localTables.ts';
import { form } from './form.ts';

const keySchema = z.strictObject({
  /** Of the population. */
  column: z.string().max(255).default(''),
  /** Of the rows it is compared with; empty: called alike. */
  other: z.string().max(255).default(''),
  normalise: z.enum(normalisations).default('none'),
});
export type ReconciliationKey = z.output<typeof keySchema>;

/** A column of the match, with what was known of it when it was chosen: columns are known while drawing. */
const takenSchema = z.strictObject({
  column: z.string().max(255).default(''),
  label: z.string().max(255).default(''),
  type: columnTypeSchema.default('text'),
  /** Its name beside the record; empty: as it is. */
  as: z.string().max(255).default(''),
});
export type TakenColumn = z.output<typeof takenSchema>;

const shape = z.strictObject({
  against: z.enum(['table', 'input']).default('table'),
  table: z.string().max(120).default(''),
  /** Id of the node whose records are looked up; empty: the first transition that was drawn. */
  primary: z.string().max(64).default(''),
  keys: z.array(keySchema).max(20).default([]),
  take: z.array(takenSchema).max(500).default([]),
});
export type ReconciliationConfig = z.output<typeof shape>;

const defaults: ReconciliationConfig = { against: 'table', table: '', primary: '', keys: [], take: [] };
const read = tolerant(shape, defaults);

const matchedPort: Port = { name: 'matched', label: 'Matched', kind: 'success', rows: true };
const unmatchedPort: Port = { name: 'unmatched', label: 'Unmatched', kind: 'branch', rows: true };
const ambiguousPort: Port = { name: 'ambiguous', label: 'Ambiguous', kind: 'branch', rows: true };

export const otherOf = (key: ReconciliationKey): string => key.other || key.column;
export const takenName = (taken: TakenColumn): string => taken.as || taken.column;

/** How many matched, behind the columns of the population. */
export const matchesColumn = (population: readonly Column[]): Column => ({
  name: freshName(
    'matches',
    population.map(({ name }) => name),
  ),
  label: 'Matches',
  type: 'integer',
});

/** `known` are the columns of the other side, as far as they are; a column keeps what it is from there. */
export function takenColumns(take: readonly TakenColumn[], known: readonly Column[] | null): Column[] {
  return take.map((taken) => {
    const found = known?.find(({ name }) => name === taken.column);
    const own = found ?? { name: taken.column, label: taken.label || taken.column, type: taken.type };
    return { ...own, name: takenName(taken), label: taken.as || own.label };
  });
}

function columns(given: unknown, inputs: InputColumns[]): Record<string, Column[] | null> {
  const config = read(given);
  const [population, other] = primaryFirst(inputs, config.primary).map((input) => input.columns);
  if (!population) return { matched: null, unmatched: null, ambiguous: null };
  const taken = takenColumns(config.take, config.against === 'input' ? (other ?? null) : null);
  const names = [...population.map(({ name }) => name), ...taken.map(({ name }) => name)];
  const free = taken.filter(({ name }, index) => name !== '' && names.indexOf(name) === population.length + index);
  return {
    matched: [...population, ...free],
    unmatched: population,
    ambiguous: [...population, matchesColumn(population)],
  };
}

function refine(config: ReconciliationConfig, ctx: z.RefinementCtx): void {
  const problem = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  const wrong = config.against === 'table' ? tableProblem(config.table) : null;
  if (wrong !== null) problem(['table'], wrong);
  if (config.keys.length === 0) problem(['keys'], 'choose what is compared');
  config.keys.forEach((key, index) => {
    if (key.column === '') problem(['keys', index, 'column'], 'choose a column');
  });
  const names = config.take.map(takenName);
  config.take.forEach((taken, index) => {
    if (taken.column === '') problem(['take', index, 'column'], 'choose a column');
    else if (names.indexOf(takenName(taken)) !== index)
      problem(['take', index, 'as'], `another column is called "${takenName(taken)}" too`);
  });
}

function check(config: ReconciliationConfig, scope: CheckScope): Issue[] {
  const [population, other] = primaryFirst(scope.inputs, config.primary);
  const keys = config.keys.flatMap((key, index) => [
    ...missing(scope, population, key.column, `keys.${index}.column`),
    ...(config.against === 'input' ? missing(scope, other, otherOf(key), `keys.${index}.other`) : []),
  ]);
  return [...inputIssues(config, scope), ...keys, ...takenIssues(config, scope, population, other)];
}

function inputIssues({ against, primary }: ReconciliationConfig, scope: CheckScope): Issue[] {
  const alone = against === 'input' && scope.inputs.length === 1;
  const idle = against === 'table' && scope.inputs.length === 2;
  return [
    ...primaryIssues(primary, scope),
    ...(alone ? [configIssue(scope, 'against', 'draw a second inbound transition, or compare with a table')] : []),
    ...(idle ? [configIssue(scope, 'against', 'two transitions arrive: compare with the second, or remove it')] : []),
  ];
}

function takenIssues(
  { against, take }: ReconciliationConfig,
  scope: CheckScope,
  population: InputColumns | undefined,
  other: InputColumns | undefined,
): Issue[] {
  return take.flatMap((taken, index) => {
    const twice = population?.columns?.some(({ name }) => name === takenName(taken));
    const reason = `the population has a column "${takenName(taken)}" already, give another name`;
    return [
      ...(against === 'input' ? missing(scope, other, taken.column, `take.${index}.column`) : []),
      ...(twice ? [configIssue(scope, `take.${index}.as`, reason)] : []),
    ];
  });
}

function missing(scope: CheckScope, input: InputColumns | undefined, name: string, path: string): Issue[] {
  const gone = name !== '' && input?.columns && !input.columns.some((one) => one.name === name);
  return gone ? [configIssue(scope, path, `no column "${name}" arrives`)] : [];
}

function summary(given: unknown): string {
  const { against, table, keys } = read(given);
  const by = keys
    .map(({ column }) => column)
    .filter(Boolean)
    .join(', ')
    .slice(0, 40);
  const where = against === 'input' ? 'the second input' : table.slice(0, 30) || '…';
  return `in ${where}${by === '' ? '' : ` by ${by}`}`;
}

export const definition = defineNode<ReconciliationConfig>({
  type: 'reconciliation',
  label: 'Reconciliation',
  description: 'Finds each record again by its keys, in a table of local data or in a second input.',
  group: 'data',
  icon: 'IconListSearch',
  keywords: ['match', 'lookup', 'identify', 'join', 'find', 'keys', 'enrichment', 'matched', 'ambiguous'],
  config: shape.superRefine(refine),
  defaults,
  form,
  labels: { table: 'Table', keys: 'The same when these are equal', take: 'Columns of the match' },
  inputs: { min: 1, max: 2, join: 'all', rows: 'required' },
  starts: null,
  ports: () => [matchedPort, unmatchedPort, ambiguousPort],
  columns,
  check,
  summary,
});
