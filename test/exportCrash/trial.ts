/** One case: rows are exported while things go wrong, and then the organisation is compared with what each row is said to have become. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Reply } from '../../contract/api.ts';
import { isFinal } from '../../contract/run.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { defaults } from '../../nodes/crm-connector/config.ts';
import type { CrashCase, Strike, Troubles } from './draw.ts';
import { columns, makeRecords, makeRows, settingsOf } from './input.ts';
import type { Stage } from './stage.ts';
import { connection } from './stage.ts';
import { longTime, strikeAll } from './strikes.ts';
import { exportNode, verify, verifyUndo } from './verify.ts';

type RunReply = Reply<'getRun'>;

/** What a case has shown beside that it went well. */
export interface Shown {
  attempts: number;
  met: Record<Strike['kind'], number>;
  /** Rows by what became of them. */
  outcomes: Record<string, number>;
}

/** Throws an Error that says what is not as it should be. */
export async function runCase(stage: Stage, name: string, crash: CrashCase): Promise<Shown> {
  const { org, product } = stage;
  const before = await makeRecords(org, name, crash);
  const rows = makeRows(name, crash, before);
  const cells = rows.map(({ row }, index) => [String(index), row.id, row.key, row.last, row.title, row.department]);
  const workflow = drawExport(name, await stage.put(`${name}.json`, cells), crash);
  await product.call('createWorkflow', { body: { workflow } });
  const params = { workflow: name };
  const exported = await runStruck(stage, crash, () => product.call('startRun', { params, body: { which: 'draft' } }));
  const facts = { name, crash, before, rows };
  const verified = await verify(stage, exported.run, facts);
  const shown = { attempts: exported.task.attempt, met: exported.met, outcomes: verified.outcomes };
  if (crash.undo === null || verified.written === 0) return shown;
  const of = { export: exported.task.id };
  const undone = await runStruck(stage, crash.undo, () =>
    product.call('undoExport', { params: of, body: { rows: null } }),
  );
  return addUndo(shown, undone, await verifyUndo(stage, undone.run, facts, verified));
}

function addUndo(shown: Shown, { met, task }: Struck, undone: Record<string, number>): Shown {
  return {
    // One waits for the answer.
    attempts: shown.attempts + task.attempt - 2,
    met: { kill: shown.met.kill + met.kill, sleep: shown.met.sleep + met.sleep },
    outcomes: {
      ...shown.outcomes,
      ...Object.fromEntries(Object.entries(undone).map(([what, count]) => [`undo ${what}`, count])),
    },
  };
}

interface Struck {
  run: RunReply;
  task: RunReply['tasks'][number];
  met: Shown['met'];
}

async function runStruck(
  stage: Stage,
  { faults, strikes }: Troubles,
  start: () => Promise<{ id: string }>,
): Promise<Struck> {
  const over = new AbortController();
  for (const fault of faults) await stage.org.control('faults', fault);
  const { id } = await start();
  const striking = strikeAll(stage, strikes, over.signal);
  try {
    const run = await passTime(stage, id);
    over.abort();
    const task = run.tasks.find(isExport);
    if (!task) throw new Error(`the run ended as ${run.state} before its export`);
    return { run, task, met: await striking };
  } finally {
    over.abort();
    await striking;
    await stage.org.clearFaults();
  }
}

/** Milliseconds of the machine after which a case hangs. */
const patience = 300_000;

/** The end of the run, with time passing whenever its node waits. */
async function passTime({ product, clock }: Stage, id: string): Promise<RunReply> {
  const began = performance.now();
  for (let passed = 0; ; ) {
    const run = await product.call('getRun', { params: { run: id } });
    if (isFinal(run.state)) return run;
    const task = run.tasks.find(isExport);
    if (task?.state === 'waiting' && task.attempt > passed) {
      passed = task.attempt;
      if (!task.asks) clock.step(longTime);
      else await product.call('decideTask', { params: { run: id, task: task.id }, body: { approved: true } });
    }
    if (performance.now() - began > patience)
      throw new Error(`it does not end: ${run.state}, ${task?.state} in attempt ${task?.attempt}`);
    await pause(20);
  }
}

const isExport = ({ nodeId }: RunReply['tasks'][number]): boolean => nodeId === exportNode;

function drawExport(name: string, file: string, crash: CrashCase): Workflow {
  const node = (id: string, type: string, config: object, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
    ...{ id, type, name: id, label: id, x: 0, y: 0, config: config as WorkflowNode['config'] },
    ...more,
  });
  const config = { ...defaults, connection, object: 'Contact', ...settingsOf(crash) };
  return {
    formatVersion: 1,
    internalName: name,
    label: name,
    nodes: [
      node('input', 'rows-of-file', { file, columns: [...columns] }),
      node(exportNode, 'crm-connector', config, { retry: { attempts: 12, delay: 0, maxDelay: 0 } }),
    ],
    transitions: [{ id: 'arrow', from: 'input', port: 'success', to: exportNode }],
  };
}
