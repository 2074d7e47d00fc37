import { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import { filterOperators } from '../../contract/filter.ts';
import type { CheckScope, InputColumns, Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { branchNameSchema, branchPorts, refineBranches } from '../kit/branches.ts';
import { columnIssues, passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { complementPort, rejectPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import { form } from './form.ts';

const subsetSchema = z.strictObject({
  name: branchNameSchema,
  /** What records it takes: those whose column compares so, those for which JavaScript says true, or every one. */
  kind: z.enum(['column', 'expression', 'all']).default('column'),
  column: z.string().max(255).default(''),
  operator: z.enum(filterOperators).default('eq'),
  /** JavaScript, evaluated once. */
  value: z.string().max(10_000).default(''),
  /** JavaScript per record. */
  expression: z.string().max(10_000).default(''),
  limit: z.enum(['none', 'count', 'percent']).default('none'),
  size: z.number().default(100),
  pick: z.enum(['first', 'random', 'highest', 'lowest']).default('first'),
  by: z.string().max(255).default(''),
});
export type Subset = z.output<typeof subsetSchema>;

const shape = z.strictObject({
  subsets: z.array(subsetSchema).max(50),
  overlap: z.boolean().default(false),
  complement: z.boolean().default(true),
});
export type SplitConfig = z.output<typeof shape>;

const defaults: SplitConfig = { subsets: [], overlap: false, complement: true };
const read = tolerant(shape, defaults);

export const usesValue = ({ kind, operator }: Subset): boolean =>
  kind === 'column' && operator !== 'isEmpty' && operator !== 'isNotEmpty';
export const ranks = ({ limit, pick }: Subset): boolean =>
  limit !== 'none' && (pick === 'highest' || pick === 'lowest');

function ports(given: unknown): Port[] {
  const { subsets, complement } = read(given);
  const reserved = [complementPort.name, rejectPort.name];
  const names = subsets.map((subset) => subset.name).filter((name) => !reserved.includes(name));
  return [
    ...branchPorts(names),
    ...(complement ? [complementPort] : []),
    ...(subsets.some((subset) => subset.kind === 'expression') ? [rejectPort] : []),
  ];
}

function columns(given: unknown, inputs: InputColumns[]): Record<string, Column[] | null> {
  const passed = passedColumns(inputs);
  return Object.fromEntries(
    ports(given).map(({ name }) => [name, passed && (name === rejectPort.name ? withRejectColumns(passed) : passed)]),
  );
}

function refine({ subsets }: SplitConfig, ctx: z.RefinementCtx): void {
  if (subsets.length === 0) ctx.addIssue({ code: 'custom', path: ['subsets'], message: 'add a subset' });
  const names = subsets.map((subset) => subset.name);
  refineBranches(names, 'subsets', [complementPort.name, rejectPort.name], ctx);
  subsets.forEach((subset, index) => {
    for (const [setting, message] of subsetProblems(subset))
      ctx.addIssue({ code: 'custom', path: ['subsets', index, setting], message });
  });
}

function subsetProblems(subset: Subset): [keyof Subset, string][] {
  const problems: [keyof Subset, string][] = [];
  if (subset.kind === 'column' && subset.column === '') problems.push(['column', 'choose a column']);
  if (usesValue(subset) && subset.value.trim() === '') problems.push(['value', 'write a value, text in quotes']);
  if (subset.kind === 'expression' && subset.expression.trim() === '')
    problems.push(['expression', 'write an expression']);
  if (ranks(subset) && subset.by === '') problems.push(['by', 'choose a column']);
  const { limit, size } = subset;
  if (limit === 'count' && !(Number.isInteger(size) && size >= 1))
    problems.push(['size', 'give a whole number from 1']);
  if (limit === 'percent' && !(size > 0 && size <= 100)) problems.push(['size', 'give a number up to 100']);
  return problems;
}

const check = ({ subsets }: SplitConfig, scope: CheckScope): Issue[] =>
  subsets.flatMap((subset, index) => [
    ...(subset.kind === 'column' ? columnIssues(scope, subset.column, `subsets.${index}.column`) : []),
    ...(ranks(subset) ? columnIssues(scope, subset.by, `subsets.${index}.by`) : []),
  ]);

export const definition = defineNode<SplitConfig>({
  type: 'split',
  label: 'Split',
  description: 'Parts the records into subsets, each with an output of its own.',
  group: 'data',
  icon: 'IconArrowsSplit',
  keywords: ['subset', 'segment', 'filter', 'sample', 'random', 'limit', 'complement', 'cells'],
  config: shape.superRefine(refine),
  defaults,
  form,
  inputs: { min: 1, max: null, join: 'each', rows: 'required' },
  starts: null,
  ports,
  columns,
  check,
  summary: (config) =>
    ports(config)
      .map((port) => port.label)
      .join(' · ')
      .slice(0, 80) || 'no subset yet',
});
