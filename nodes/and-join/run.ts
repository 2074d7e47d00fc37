import { UserError } from '../../contract/errors.ts';
import type { Json } from '../../contract/types.ts';
import { canonicalJson } from '../../contract/types.ts';
import type { Conflict } from '../kit/joins.ts';
import { describeConflict, findConflicts, requirePrimary, warnOfConflicts } from '../kit/joins.ts';
import type { NodeContext, NodeInput, NodeRun } from '../kit/run.ts';
import type { AndJoinConfig } from './definition.ts';

export const run: NodeRun<AndJoinConfig> = async (context) => {
  const primary = choosePrimary(context);
  return { ports: { success: primary.table }, vars: mergeVars(context, primary) };
};

/** Throws UserError PRIMARY_MISSING: rows that were chosen are never replaced by others. */
function choosePrimary(context: NodeContext<AndJoinConfig>): NodeInput {
  const { config, inputs } = context;
  const first = config.primary === '' ? inputs[0] : undefined;
  return first ?? requirePrimary(context, config.primary);
}

/** The engine has merged them already, those of later transitions winning; what an initialization script has set since stays. */
function mergeVars(context: NodeContext<AndJoinConfig>, primary: NodeInput): Record<string, Json> {
  const { config, inputs, vars, node } = context;
  const conflicts = findConflicts(inputs);
  if (config.conflicts === 'fail' && conflicts.length > 0)
    throw new UserError('VARIABLE_CONFLICT', {
      node: node.label,
      variables: conflicts.map(describeConflict).join('; '),
    });
  if (config.conflicts !== 'primary') {
    warnOfConflicts(context);
    return vars;
  }
  const merged = { ...vars };
  for (const conflict of conflicts) {
    context.log('warning', `Different values of a variable, the primary set counts · ${describeConflict(conflict)}`);
    if (conflict.name in primary.vars && isMerged(conflict, vars))
      merged[conflict.name] = primary.vars[conflict.name] ?? null;
  }
  return merged;
}

const isMerged = ({ name, values }: Conflict, vars: Record<string, Json>): boolean =>
  canonicalJson(vars[name] ?? null) === canonicalJson(values.at(-1)?.value ?? null);
