import { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import type { CheckScope, InputColumns, Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { columnIssues, configIssue, freshName, passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { rejectPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import { form } from './form.ts';

const shape = z.strictObject({
  key: z.array(z.string().max(255)).max(20).default([]),
  compare: z.enum(['all', 'chosen']).default('all'),
  columns: z.array(z.string().max(255)).max(1_500).default([]),
  /** When a row counts as sent: as soon as a node behind has delivered it, or when it leaves here. */
  sent: z.enum(['delivered', 'leaving']).default('delivered'),
  /** Id of the node whose delivery counts; empty: any that is behind. */
  deliveredBy: z.string().max(64).default(''),
  gone: z.boolean().default(false),
  /** Whether what is new and what has changed leave by one output or by one each, as nodes drawn before there was a choice do. */
  outputs: z.enum(['together', 'apart']).default('apart'),
});
export type ChangeDetectionConfig = z.output<typeof shape>;

const defaults: ChangeDetectionConfig = {
  key: [],
  compare: 'all',
  columns: [],
  sent: 'delivered',
  deliveredBy: '',
  gone: false,
  outputs: 'apart',
};
const read = tolerant(shape, defaults);

const duePort: Port = { name: 'due', label: 'New or changed', kind: 'success', rows: true };
const newPort: Port = { name: 'new', label: 'New', kind: 'success', rows: true };
const changedPort: Port = { name: 'changed', label: 'Changed', kind: 'branch', rows: true };
const unchangedPort: Port = { name: 'unchanged', label: 'Unchanged', kind: 'branch', rows: true };
const gonePort: Port = { name: 'gone', label: 'Gone', kind: 'branch', rows: true };

function ports(given: unknown): Port[] {
  const { gone, outputs } = read(given);
  const due = outputs === 'together' ? [duePort] : [newPort, changedPort];
  return [...due, unchangedPort, ...(gone ? [gonePort] : []), rejectPort];
}

/**
 * Of a row that is gone the key is known, and the id of its record, if it was delivered by a node that told it. A key column
 * that does not arrive is no column.
 */
export function goneColumns(arriving: readonly Column[], key: readonly string[]): Column[] {
  const known = [...new Set(key)].flatMap((name) => arriving.find((own) => own.name === name) ?? []);
  const name = freshName(
    'recordId',
    known.map((own) => own.name),
  );
  return [...known, { name, label: 'Record id', type: 'text', identifying: true }];
}

function columns(given: unknown, inputs: InputColumns[]): Record<string, Column[] | null> {
  const { key, gone, outputs } = read(given);
  const passed = passedColumns(inputs);
  return {
    ...(outputs === 'together' ? { due: passed } : { new: passed, changed: passed }),
    unchanged: passed,
    ...(gone ? { gone: passed && goneColumns(passed, key) } : {}),
    reject: passed && withRejectColumns(passed),
  };
}

function refine(config: ChangeDetectionConfig, ctx: z.RefinementCtx): void {
  const problem = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  if (config.key.length === 0) problem(['key'], 'choose the columns that tell which row is which');
  const twice = config.key.findIndex((name, index) => config.key.indexOf(name) < index);
  if (twice >= 0) problem(['key', twice], 'this column is chosen already');
  if (config.compare === 'chosen' && config.columns.length === 0)
    problem(['columns'], 'choose the columns that are compared');
}

const nobody =
  'no node behind delivers rows, so that none ever counts as sent: draw a transition to an export, or let rows count when they leave';

/** A port that is forgotten while the other leads on looks like a run in which all went well. */
function forgotten(scope: CheckScope): Issue[] {
  const drawn = scope.drawn?.() ?? [];
  const due = [newPort, changedPort];
  const left = due.find(({ name }) => !drawn.includes(name));
  const led = due.find(({ name }) => drawn.includes(name));
  if (!left || !led) return [];
  const reason = `${left.label} leads nowhere, so that those rows are not sent: let both leave together, or draw it on too`;
  return [configIssue(scope, 'ports', reason, 'warning')];
}

function check(
  { key, compare, columns, sent, deliveredBy, outputs }: ChangeDetectionConfig,
  scope: CheckScope,
): Issue[] {
  const deliverers = sent === 'delivered' ? (scope.deliverers?.() ?? null) : null;
  return [
    ...(outputs === 'apart' ? forgotten(scope) : []),
    ...(deliverers?.length === 0 ? [configIssue(scope, 'sent', nobody, 'warning')] : []),
    ...(deliverers?.length && deliveredBy !== '' && !deliverers.includes(deliveredBy)
      ? [configIssue(scope, 'deliveredBy', 'that node is not behind this one, or delivers nothing: choose another one')]
      : []),
    ...key.flatMap((name, index) => columnIssues(scope, name, `key.${index}`)),
    ...(compare === 'chosen' ? columns.flatMap((name, index) => columnIssues(scope, name, `columns.${index}`)) : []),
  ];
}

function summary(given: unknown): string {
  const { key, sent } = read(given);
  const by = key.filter(Boolean).join(', ').slice(0, 50);
  return `by ${by || '…'} · ${sent === 'delivered' ? 'sent when delivered' : 'sent when they leave'}`;
}

export const definition = defineNode<ChangeDetectionConfig>({
  type: 'change-detection',
  label: 'Change detection',
  description: 'Lets pass what is new or has changed since it was last sent, and names what is gone.',
  group: 'data',
  icon: 'IconArrowsDiff',
  keywords: ['delta', 'only what changed', 'new', 'changed', 'unchanged', 'gone', 'incremental', 'diff', 'sent'],
  config: shape.superRefine(refine),
  defaults,
  initial: { outputs: 'together' },
  form,
  inputs: { min: 1, max: null, join: 'each', rows: 'required' },
  starts: null,
  ports,
  columns,
  check,
  summary,
});
