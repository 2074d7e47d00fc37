/** What nodes that wait for all their inputs share: the primary set, and variables that differ. */

import type { Issue } from '../../contract/errors.ts';
import { UserError } from '../../contract/errors.ts';
import type { FormField } from '../../contract/form.ts';
import type { CheckScope, InputColumns } from '../../contract/node.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Json } from '../../contract/types.ts';
import { canonicalJson } from '../../contract/types.ts';
import { configIssue } from './columns.ts';
import type { InboundTransition, NodeContext, NodeInput } from './run.ts';

type Joining = Pick<NodeContext, 'inputs' | 'inbound' | 'node'>;

/** Of a setting that holds the id of the node whose rows come first; empty: the first inbound transition that was drawn. */
export const primaryField = (hint: string): FormField => ({
  kind: 'input',
  name: 'primary',
  label: 'Primary set',
  hint,
  optional: true,
});

export function primaryIssues(primary: string, scope: CheckScope): Issue[] {
  const known = primary === '' || scope.inputs.some((input) => input.fromNode === primary);
  return known ? [] : [configIssue(scope, 'primary', 'no inbound transition comes from there, choose another one')];
}

/** The inputs with the primary set in front. */
export function primaryFirst<Input extends Pick<InputColumns, 'fromNode'>>(
  inputs: readonly Input[],
  primary: string,
): Input[] {
  const chosen = inputs.find((input) => primary === '' || input.fromNode === primary);
  return chosen ? [chosen, ...inputs.filter((input) => input !== chosen)] : [...inputs];
}

/** Throws UserError PRIMARY_MISSING when nothing came along the transition of the primary set. */
export function requirePrimary({ inputs, inbound, node }: Joining, primary: string): NodeInput {
  const wanted = primaryFirst(inbound, primary)[0];
  const arrived = inputs.find((input) => input.transitionId === wanted?.transitionId);
  if (!arrived || (primary !== '' && arrived.fromNode !== primary))
    throw new UserError('PRIMARY_MISSING', { node: node.label, from: wanted?.fromName ?? primary });
  return arrived;
}

/** Inbound transitions along which nothing can come any more. */
export const missingInputs = ({ inputs, inbound }: Pick<Joining, 'inputs' | 'inbound'>): InboundTransition[] =>
  inbound.filter((one) => !inputs.some((input) => input.transitionId === one.transitionId));

/** Throws UserError INPUT_NO_ROWS for an input that brought none. */
export function rowsOf(input: NodeInput, node: NodeContext['node']): TableRef {
  if (!input.table) throw new UserError('INPUT_NO_ROWS', { node: node.label });
  return input.table;
}

export interface Conflict {
  name: string;
  /** Who sent what, in the order of the drawing. */
  values: { from: string; value: Json }[];
}

/** Variables that came with different values. */
export function findConflicts(inputs: readonly NodeInput[]): Conflict[] {
  const names = new Set(inputs.flatMap((input) => Object.keys(input.vars)));
  return [...names].flatMap((name) => {
    const values = inputs.flatMap(({ fromName, vars }) =>
      name in vars ? [{ from: fromName, value: vars[name] ?? null }] : [],
    );
    return new Set(values.map(({ value }) => canonicalJson(value))).size > 1 ? [{ name, values }] : [];
  });
}

/** "total: 1 from first, 2 from second"; long values are cut. */
export function describeConflict({ name, values }: Conflict): string {
  const shown = values.map(({ from, value }) => `${JSON.stringify(value).slice(0, 60)} from ${from}`);
  return `${name}: ${shown.join(', ')}`;
}

/** The engine has merged the variables, those of later transitions winning; this says where that mattered. */
export function warnOfConflicts({ inputs, log }: Pick<NodeContext, 'inputs' | 'log'>): void {
  for (const conflict of findConflicts(inputs))
    log('warning', `Different values of a variable, the last one counts · ${describeConflict(conflict)}`);
}
