import { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import type { CheckScope, Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { columnIssues, passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { normalisations } from '../kit/keys.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import { form } from './form.ts';
import { keptColumnOf } from './keptColumn.ts';

const keySchema = z.strictObject({
  kind: z.enum(['column', 'expression']).default('column'),
  column: z.string().max(255).default(''),
  normalise: z.enum(normalisations).default('none'),
  expression: z.string().max(10_000).default(''),
});
export type DeduplicationKey = z.output<typeof keySchema>;

const shape = z.strictObject({
  keys: z.array(keySchema).max(20),
  emptyKeys: z.enum(['keep', 'compare', 'complement']).default('keep'),
  keep: z.number().default(1),
  method: z.enum(['mostRecent', 'oldest', 'first', 'last', 'nonEmpty', 'expression']).default('first'),
  by: z.string().max(255).default(''),
  filled: z.array(z.string().max(255)).max(1_000).default([]),
  expression: z.string().max(10_000).default(''),
  direction: z.enum(['ascending', 'descending']).default('descending'),
  complement: z.boolean().default(false),
  /** Column of the kept record that stands beside each duplicate; empty: none. */
  keptColumn: z.string().max(255).default(''),
});
export type DeduplicationConfig = z.output<typeof shape>;

const defaults: DeduplicationConfig = {
  keys: [],
  emptyKeys: 'keep',
  keep: 1,
  method: 'first',
  by: '',
  filled: [],
  expression: '',
  direction: 'descending',
  complement: false,
  keptColumn: '',
};
const read = tolerant(shape, defaults);

const duplicatesPort: Port = { name: 'duplicates', label: 'Duplicates', kind: 'branch', rows: true };
const byDate = (config: DeduplicationConfig): boolean => config.method === 'mostRecent' || config.method === 'oldest';

/** Expressions can fail for a record, so a node that has some has a reject port. */
export function expressionsOf(config: DeduplicationConfig): string[] {
  const keys = config.keys.flatMap((key) => (key.kind === 'expression' ? [key.expression] : []));
  return config.method === 'expression' ? [...keys, config.expression] : keys;
}

function ports(given: unknown): Port[] {
  const config = read(given);
  return [
    successPort,
    ...(config.complement ? [duplicatesPort] : []),
    ...(expressionsOf(config).length > 0 ? [rejectPort] : []),
  ];
}

function refine(config: DeduplicationConfig, ctx: z.RefinementCtx): void {
  const problem = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  if (config.keys.length === 0) problem(['keys'], 'choose what makes two records the same');
  config.keys.forEach((key, index) => {
    const text = key.kind === 'column' ? key.column : key.expression.trim();
    const wanted = key.kind === 'column' ? 'choose a column' : 'write an expression';
    if (text === '') problem(['keys', index, key.kind], wanted);
  });
  if (!Number.isInteger(config.keep) || config.keep < 1) problem(['keep'], 'keep at least one, a whole number');
  if (byDate(config) && config.by === '') problem(['by'], 'choose the column that tells which is newer');
  if (config.method === 'expression' && config.expression.trim() === '') problem(['expression'], 'write an expression');
}

function check(config: DeduplicationConfig, scope: CheckScope): Issue[] {
  const keys = config.keys.flatMap((key, index) =>
    key.kind === 'column' ? columnIssues(scope, key.column, `keys.${index}.column`) : [],
  );
  const by = byDate(config) ? columnIssues(scope, config.by, 'by') : [];
  const filled =
    config.method === 'nonEmpty'
      ? config.filled.flatMap((column, index) => columnIssues(scope, column, `filled.${index}`))
      : [];
  const shown = config.complement ? columnIssues(scope, config.keptColumn, 'keptColumn') : [];
  return [...keys, ...by, ...filled, ...shown];
}

function columns(given: unknown, inputs: Parameters<typeof passedColumns>[0]) {
  const passed = passedColumns(inputs);
  const kept = passed && keptColumnOf(passed, read(given).keptColumn);
  const byPort = new Map<Port, Column[] | null>([
    [rejectPort, passed && withRejectColumns(passed)],
    [duplicatesPort, passed && (kept ? [...passed, kept] : passed)],
  ]);
  return Object.fromEntries(ports(given).map((port) => [port.name, byPort.get(port) ?? passed]));
}

const methodWords: Record<DeduplicationConfig['method'], string> = {
  mostRecent: 'most recent',
  oldest: 'oldest',
  first: 'first',
  last: 'last',
  nonEmpty: 'most complete',
  expression: 'best by expression',
};

function summary(given: unknown): string {
  const config = read(given);
  const keys = config.keys
    .map((key) => (key.kind === 'column' ? key.column : 'expression'))
    .filter((key) => key !== '');
  const count = config.keep === 1 ? '' : `${config.keep} `;
  return [`keeps ${count}${methodWords[config.method]}`, keys.join(', ').slice(0, 60)].filter(Boolean).join(' · ');
}

export const definition = defineNode<DeduplicationConfig>({
  type: 'deduplication',
  label: 'Deduplication',
  description: 'Keeps one record, or a few, of all that are the same.',
  group: 'data',
  icon: 'IconCopyMinus',
  keywords: ['dedupe', 'duplicates', 'unique', 'distinct', 'doubles to keep', 'complement', 'most recent'],
  config: shape.superRefine(refine),
  defaults,
  form,
  inputs: { min: 1, max: null, join: 'each', rows: 'required' },
  starts: null,
  ports,
  columns,
  check,
  summary,
});
