/** A run to its end, while things go wrong. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Reply } from '../../contract/api.ts';
import { isFinal } from '../../contract/run.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import type { Troubles } from './drawing.ts';
import type { Stage } from './stage.ts';
import type { Met } from './strikes.ts';
import { longTime, strikeAll } from './strikes.ts';

export type RunReply = Reply<'getRun'>;

/** What a case has shown beside that it went well. */
export interface Shown {
  attempts: number;
  met: Met;
  /** Rows by what became of them. */
  outcomes: Record<string, number>;
}

export interface Struck {
  run: RunReply;
  task: RunReply['tasks'][number];
  met: Met;
}

/** The node that sends rows out. */
export const sendingNode = 'send';

/** `start` gives the run; called when all is ready to go wrong. */
export async function runStruck(
  stage: Stage,
  { faults, strikes }: Troubles,
  start: () => Promise<{ id: string }>,
): Promise<Struck> {
  const over = new AbortController();
  for (const fault of faults) await stage.remote.control('faults', fault);
  const { id } = await start();
  const striking = strikeAll(stage, strikes, over.signal);
  try {
    const run = await passTime(stage, id);
    over.abort();
    const task = run.tasks.find(isSending);
    if (!task) throw new Error(`the run ended as ${run.state} before its export`);
    return { run, task, met: await striking };
  } finally {
    over.abort();
    await striking;
    await stage.remote.clearFaults();
  }
}

/** Milliseconds of the machine after which a case hangs. */
const patience = 300_000;

/** The end of the run, with time passing whenever its node waits. */
export async function passTime({ product, clock }: Stage, id: string): Promise<RunReply> {
  const began = performance.now();
  for (let passed = 0; ; ) {
    const run = await product.call('getRun', { params: { run: id } });
    if (isFinal(run.state)) return run;
    const task = run.tasks.find(isSending);
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

const isSending = ({ nodeId }: RunReply['tasks'][number]): boolean => nodeId === sendingNode;

/** The rows of a file, and what they go through: nodes by id, and arrows such as `input -> send` or `detect.new -> due`. */
export function drawFlow(
  name: string,
  nodes: Record<string, Pick<WorkflowNode, 'type'> & { config: object; retry?: WorkflowNode['retry'] }>,
  arrows: readonly string[],
): Workflow {
  return {
    formatVersion: 1,
    internalName: name,
    label: name,
    nodes: Object.entries(nodes).map(([id, { config, ...node }]) => ({
      ...{ id, name: id, label: id, x: 0, y: 0, config: config as WorkflowNode['config'] },
      ...node,
    })),
    transitions: arrows.map((arrow, index) => {
      const [from = '', to = ''] = arrow.split(' -> ');
      const [node = '', port = 'success'] = from.split('.');
      return { id: `arrow_${index}`, from: node, port, to };
    }),
  };
}

/** Of a node that things go wrong for. */
export const oftenAgain = { attempts: 12, delay: 0, maxDelay: 0 };
