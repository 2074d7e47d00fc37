import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import { never } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import { declaredColumns, fitDeclared } from '../kit/declared.ts';
import { passedRows } from '../kit/rows.ts';
import type { CalledRun, NodeContext, NodeResult, NodeRun } from '../kit/run.ts';
import type { SubWorkflowConfig } from './definition.ts';

/** Calls, waits, and is woken by the end of the run that it has called. Woken before, it waits on. */
export const run: NodeRun<SubWorkflowConfig> = async (context) => {
  const { called, config } = context;
  if (!called) return call(context);
  if (!called.over) return { waitUntil: never, reason: `Waits for ${config.workflow}`, memory: true };
  if (called.state === 'failed' || called.state === 'stopped' || called.state === 'in doubt') throw failure(called);
  return takeBack(context, called);
};

async function call(context: NodeContext<SubWorkflowConfig>): Promise<NodeResult> {
  const { config, vars } = context;
  const parameters: Record<string, Json> = {};
  for (const { name, value } of config.parameters) parameters[name] = (await context.evaluate(value)).value;
  return {
    waitUntil: never,
    reason: `Waits for ${config.workflow}`,
    memory: true,
    call: {
      workflow: config.workflow,
      vars: { ...(config.passVars ? vars : {}), ...parameters },
      table: config.passRows ? passedRows(context) : null,
    },
  };
}

function failure({ run, workflow, state, error }: CalledRun): UserError {
  const reason = error ? error.message : `it ended as ${state}`;
  return new UserError('SUBWORKFLOW_FAILED', { workflow, run, reason });
}

async function takeBack(context: NodeContext<SubWorkflowConfig>, called: CalledRun): Promise<NodeResult> {
  const { config, node } = context;
  const returned = await called.returned(config.end === '' ? null : config.end);
  context.log('info', `${called.workflow} ended: ${called.state}`);
  if (config.takeVars) Object.assign(context.vars, returned?.vars);
  if (!config.takeRows) return { ports: { success: null } };
  if (!returned?.table)
    throw new UserError('SUBWORKFLOW_NO_ROWS', { node: node.label, workflow: called.workflow, run: called.run });
  return { ports: { success: await declaredRows(context, returned.table) } };
}

async function declaredRows(context: NodeContext<SubWorkflowConfig>, table: TableRef): Promise<TableRef> {
  const declared = declaredColumns(context.config.columns);
  return declared.length === 0 ? table : context.table(fitDeclared(table, declared));
}
