/** One attempt while it runs: what its context is made of. */

import type { ReceivedSignal } from '../../contract/signal.ts';
import type { Json } from '../../contract/types.ts';
import type { WorkflowNode } from '../../contract/workflow.ts';
import type { CalledRun, NodeInput, UndoneExport } from '../../nodes/kit/run.ts';
import type { RunRow, TaskRow } from '../db/rows.ts';
import type { Flow } from './flow.ts';
import type { Host } from './host.ts';
import type { Report } from './report.ts';

/** A claimed task and what works on it. */
export interface Execution {
  host: Host;
  flow: Flow;
  task: TaskRow;
  /** As it was when the task was claimed. */
  run: RunRow;
  /** Aborted when the attempt is to end, and for good when it has ended: whatever still runs of it is refused. */
  signal: AbortSignal;
  report: Report;
}

export interface Attempt extends Execution {
  node: WorkflowNode;
  inputs: NodeInput[];
  /** Changed in place by the node and its scripts. */
  vars: Record<string, Json>;
  /** Of this task only; they stay while it waits and when it is tried again. */
  taskVars: Record<string, Json>;
  called: CalledRun | null;
  received: ReceivedSignal | null;
  undoes: UndoneExport | null;
  timeZone: string;
  /** What scripts of this attempt have set and only its commit makes true. */
  ownOptions: Record<string, string>;
  ownInstanceVars: Record<string, Json>;
}
