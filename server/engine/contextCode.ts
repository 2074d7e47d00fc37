/** Code of users as a node sees it: templates, expressions, scripts. The sandbox answers with values; here they become errors with codes. */
import type { ErrorCode, ErrorDetails } from '../../contract/errors.ts';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';
import { toCell } from '../../contract/types.ts';
import type { NodeContext, TableWriter } from '../../nodes/kit/run.ts';
import type { SandboxContext, SandboxEffects, SandboxFailure, SandboxLog } from '../../sandbox/types.ts';
import { readRunOptions } from '../options/options.ts';
import type { Attempt } from './attempt.ts';
import type { WriterColumns } from './contextTables.ts';
import { readVars } from './host.ts';

type CodePart = Pick<NodeContext, 'option' | 'optionSetBy' | 'render' | 'evaluate' | 'script'>;
export type CodeEffects = { options: Record<string, string>; instanceVars: Record<string, Json> };

export function codeContext(attempt: Attempt, columnsOf: WriterColumns): CodePart {
  const { host, task, signal } = attempt;
  return {
    async option(name) {
      signal.throwIfAborted();
      return (await readOptions(attempt))[name] ?? null;
    },
    async optionSetBy(name) {
      signal.throwIfAborted();
      return findSetter(attempt, name);
    },
    async render(template) {
      signal.throwIfAborted();
      if (!template.includes('<%')) return template;
      const result = await host.sandbox.render({ template, context: await sandboxContext(attempt), signal });
      passLogs(attempt, result.logs);
      if (!result.ok) throw codeError(attempt, 'TEMPLATE_FAILED', { template: shorten(template) }, result);
      return result.value;
    },
    async evaluate(expression) {
      signal.throwIfAborted();
      const result = await host.sandbox.evaluate({ expression, context: await sandboxContext(attempt), signal });
      passLogs(attempt, result.logs);
      if (!result.ok) throw codeError(attempt, 'EXPRESSION_FAILED', { expression: shorten(expression) }, result);
      return { value: result.value as Json, isDate: result.isDate === true, isUndefined: result.isUndefined === true };
    },
    async script({ source, input = null, output }) {
      signal.throwIfAborted();
      return runScript(attempt, {
        source,
        ...(input ? { input: recordsOf(attempt, input) } : {}),
        ...(output ? { emit: emitInto(output, columnsOf.get(output) ?? []) } : {}),
      });
    },
  };

  function recordsOf({ host: { stores } }: Attempt, table: TableRef): ScriptParts['input'] {
    const batches = stores.run(task.run_id).read(table, { signal })[Symbol.asyncIterator]();
    return {
      columns: table.columns.map((column) => column.name),
      next: async () => {
        const step = await batches.next();
        return step.done ? null : step.value.rows;
      },
    };
  }
}

interface ScriptParts {
  source: string;
  input?: { columns: string[]; next(): Promise<Cell[][] | null> };
  emit?: { columns: string[]; write(rows: unknown[][]): Promise<void> };
}

/** Runs a script; what it set is seen by the rest of the attempt and becomes true with its commit. */
export async function runScript(attempt: Attempt, parts: ScriptParts): Promise<CodeEffects> {
  const { host, signal } = attempt;
  const result = await host.sandbox.runScript({
    ...parts,
    context: await sandboxContext(attempt),
    signal,
    onLog: (logs) => passLogs(attempt, logs),
  });
  if (!result.ok) throw codeError(attempt, 'SCRIPT_FAILED', {}, result);
  return takeEffects(attempt, result.value);
}

function emitInto(output: TableWriter, columns: readonly Column[]): ScriptParts['emit'] {
  return {
    columns: columns.map((column) => column.name),
    write: (rows) => output.append(rows.map((row) => columns.map((column, index) => emittedCell(column, row[index])))),
  };
}

function emittedCell(column: Column, value: unknown): Cell {
  const cell = toCell(column.type, value);
  if (!cell.ok) throw new UserError('TYPE_MISMATCH', { column: column.name, reason: cell.reason });
  return cell.value;
}

/** Everything a script may see. */
export async function sandboxContext(attempt: Attempt): Promise<SandboxContext> {
  const { flow, node, task, host, run, vars } = attempt;
  const { internalName, label } = flow.workflow;
  return {
    vars,
    instance: { vars: { ...readVars(run.instance_vars), ...attempt.ownInstanceVars }, internalName, label },
    activityName: node.name,
    activity: { name: node.name, label: node.label },
    task: { id: task.id, attempt: task.attempt, vars: attempt.taskVars },
    event: Object.assign({}, ...attempt.inputs.map((input) => input.vars)),
    options: await readOptions(attempt),
    now: host.clock.now().toISOString(),
    timeZone: attempt.timeZone,
  };
}

async function readOptions({ host, task, ownOptions }: Attempt): Promise<Record<string, string>> {
  return { ...(await readRunOptions(host.db, task.run_id)), ...ownOptions };
}

/** What was pending in this run, or set by its scripts, is this run's. */
async function findSetter(attempt: Attempt, name: string): Promise<string | null> {
  const { host, task } = attempt;
  const now = (await readOptions(attempt))[name];
  if (now === undefined) return null;
  const last: { run_id: string | null; new: string | null } | undefined = await host
    .db('option_changes')
    .where({ name })
    .orderBy('id', 'desc')
    .first('run_id', 'new');
  return last?.new === now ? last.run_id : task.run_id;
}

/** Takes over what a script did to variables and options. */
export function takeEffects(attempt: Attempt, effects: SandboxEffects): CodeEffects {
  for (const name of Object.keys(attempt.vars)) delete attempt.vars[name];
  Object.assign(attempt.vars, effects.vars);
  if (effects.taskVars) attempt.taskVars = effects.taskVars as Record<string, Json>;
  const options = Object.fromEntries(Object.entries(effects.options).map(([name, value]) => [name, optionText(value)]));
  const instanceVars = effects.instanceVars as Record<string, Json>;
  Object.assign(attempt.ownOptions, options);
  Object.assign(attempt.ownInstanceVars, instanceVars);
  return { options, instanceVars };
}

function optionText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/**
 * The error for a script that failed. A script that was stopped has not failed: the reason of the stop is thrown. A thread
 * that was lost is nobody's mistake: it is thrown as what it is, and the retry policy decides.
 */
export function codeError(
  attempt: Attempt,
  code: Extract<ErrorCode, 'TEMPLATE_FAILED' | 'EXPRESSION_FAILED' | 'SCRIPT_FAILED'>,
  details: ErrorDetails,
  failure: SandboxFailure,
): unknown {
  if (attempt.signal.aborted) return attempt.signal.reason;
  const reason = failure.message.replace(/\.$/, '');
  if (failure.reason === 'lost') return new Error(`The sandbox was lost: ${reason}`);
  const where = placeText(failure.line);
  if (code === 'SCRIPT_FAILED' && failure.reason === 'syntax')
    return new UserError('CODE_SYNTAX', { what: 'the script', where, reason });
  return new UserError(code, { ...details, where, reason });
}

/** Stands behind "failed" in messages. */
export function placeText(line: number | undefined): string {
  return line === undefined ? '' : ` in line ${line}`;
}

export function passLogs({ report }: Attempt, logs: readonly SandboxLog[] = []): void {
  for (const { level, message } of logs) report.log(level, message);
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
