/** Runs the node of a claimed task once. No transaction is open meanwhile. */
import { UserError } from '../../contract/errors.ts';
import { parsedConfig } from '../../contract/node.ts';
import { plainWords } from '../../contract/plainWords.ts';
import type { Decision, Effect } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import type { NodeContext, NodeResult } from '../../nodes/kit/run.ts';
import { readSignal } from '../signals/signals.ts';
import type { Attempt, Execution } from './attempt.ts';
import { readCalled, takeGiven } from './calls.ts';
import type { Outcome } from './commit.ts';
import type { Connections } from './connections.ts';
import { openConnections } from './connections.ts';
import type { CodeEffects } from './contextCode.ts';
import { codeContext, runScript } from './contextCode.ts';
import { exportContext, takeUndone } from './contextExports.ts';
import { eachRecord } from './contextRecords.ts';
import { sentContext } from './contextSent.ts';
import type { WriterColumns } from './contextTables.ts';
import { tableContext } from './contextTables.ts';
import { errorPolicy } from './errorPolicy.ts';
import { readVars } from './host.ts';
import { listInbound, readInputs } from './inputs.ts';
import { renderTemplates } from './templates.ts';
import { requireSmall } from './variables.ts';

/** Throws whatever the node throws. */
export async function execute(execution: Execution): Promise<Outcome> {
  const attempt = await openAttempt(execution);
  const would = describeWrites(attempt);
  if (would !== null)
    return { kind: 'done', ports: {}, vars: attempt.vars, taskVars: attempt.taskVars, effects: [], would };
  const connections = openConnections(attempt);
  try {
    const init = await runInitScript(attempt);
    const result = await runNode(attempt, connections);
    return toOutcome(attempt, result, init);
  } finally {
    await connections.close();
  }
}

async function openAttempt(execution: Execution): Promise<Attempt> {
  const { host, flow, task } = execution;
  const node = flow.node(task.node_id);
  return {
    ...execution,
    node,
    inputs: await readInputs(execution),
    vars: readVars(task.vars),
    taskVars: readVars(task.task_vars),
    called: await readCalled(execution),
    received: task.signal_id === null ? null : await readSignal(host.db, task.signal_id),
    undoes: await takeUndone(execution),
    timeZone: node.timeZone || flow.workflow.settings?.timeZone || host.timeZone,
    ownOptions: {},
    ownInstanceVars: {},
  };
}

/** Once per task: a task that was waiting goes on with the variables the script has made before. */
async function runInitScript(attempt: Attempt): Promise<CodeEffects> {
  const { node, task } = attempt;
  if (!node.initScript?.trim() || task.memory !== null) return { options: {}, instanceVars: {} };
  return runScript(attempt, { source: node.initScript });
}

/** What a node would do that a simulation leaves out; null if it runs. */
function describeWrites({ run, flow, node, inputs, report }: Attempt): string | null {
  const { definition } = flow.type(node);
  const would = run.simulated ? definition.writesOutside?.(parsedConfig(definition, node)) : null;
  if (would === null || would === undefined) return null;
  const rows = inputs.reduce((sum, input) => sum + (input.table?.count ?? 0), 0);
  report.log('info', `Simulation: this node did not run. With ${rows} rows it would ${would}.`);
  return would;
}

async function runNode(attempt: Attempt, connections: Connections): Promise<NodeResult> {
  attempt.signal.throwIfAborted();
  const { node, flow } = attempt;
  const { definition, run } = flow.type(node);
  const config = definition.config.safeParse({ ...definition.defaults, ...node.config }, { error: plainWords });
  if (config.success) {
    const context = makeContext(attempt, config.data, connections);
    context.config = await renderTemplates(definition.form, config.data, context.render);
    return run(context);
  }
  const issue = config.error.issues[0];
  throw new UserError('CONFIG_INVALID', { field: issue?.path.join('.') || node.label, reason: issue?.message });
}

function makeContext(attempt: Attempt, config: Record<string, unknown>, connections: Connections): NodeContext {
  const { host, flow, node, task, run, report, signal } = attempt;
  const columnsOf: WriterColumns = new WeakMap();
  return {
    config,
    node: { id: node.id, name: node.name, label: node.label, onError: errorPolicy(flow, node) },
    workflow: { internalName: flow.workflow.internalName, label: flow.workflow.label },
    run: { id: task.run_id, startedAt: run.started_at ?? run.created_at },
    task: { id: task.id, attempt: task.attempt, pass: task.pass },
    inputs: attempt.inputs,
    inbound: listInbound(flow, node.id),
    get vars() {
      return attempt.vars;
    },
    set vars(vars) {
      attempt.vars = vars;
    },
    timeZone: attempt.timeZone,
    received: attempt.received,
    called: attempt.called,
    decision: task.decision === null ? null : (JSON.parse(task.decision) as Decision),
    given: () => takeGiven(attempt),
    wake: task.memory === null ? null : { memory: JSON.parse(task.memory) as Json },
    scheduledFor: task.scheduled_for,
    clock: { now: () => host.clock.now() },
    signal,
    log: (level, message) => report.log(level, message),
    progress: (done, total, unit = 'rows', ports = {}) => report.progress({ done, total, unit }, ports),
    connect: (name) => connections.connect(name),
    eachRecord: (request) => eachRecord(attempt, request),
    ...exportContext(attempt),
    ...tableContext(attempt, columnsOf),
    ...sentContext(attempt),
    ...codeContext(attempt, columnsOf),
  };
}

/** Throws when the node returned what no node may: then it is the node that is wrong. */
function toOutcome(attempt: Attempt, result: NodeResult, init: CodeEffects): Outcome {
  const { flow, node } = attempt;
  const known = new Set(flow.ports(node).map((port) => port.name));
  const unknown = Object.keys(result.ports ?? {}).find((port) => !known.has(port));
  if (unknown !== undefined)
    throw new Error(`The node type ${node.type} returned a port "${unknown}" that it does not have.`);
  if ('waitUntil' in result) {
    if (Number.isNaN(Date.parse(result.waitUntil))) throw new Error(`waitUntil is no instant: ${result.waitUntil}`);
    const wait = { ...result, waitUntil: new Date(result.waitUntil).toISOString() };
    return { kind: 'waiting', wait, ...checkedVars(attempt, attempt.vars), effects: initEffects(init) };
  }
  const effects = [...initEffects(init), ...(result.effects ?? [])];
  return { kind: 'done', ports: result.ports, ...checkedVars(attempt, result.vars ?? attempt.vars), effects };
}

function checkedVars(
  { taskVars, run, ownInstanceVars }: Attempt,
  vars: Attempt['vars'],
): Pick<Attempt, 'vars' | 'taskVars'> {
  requireSmall('vars', vars);
  requireSmall('task.vars', taskVars);
  requireSmall('instance.vars', { ...readVars(run.instance_vars), ...ownInstanceVars });
  return { vars, taskVars };
}

function initEffects({ options, instanceVars }: CodeEffects): Effect[] {
  return [
    ...Object.entries(options).map(([name, value]): Effect => ({ type: 'setOption', name, value })),
    ...Object.entries(instanceVars).map(([name, value]): Effect => ({ type: 'setInstanceVar', name, value })),
  ];
}
