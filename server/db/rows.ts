/** The rows of the control store that the engine reads and writes, as the database gives them. JSON columns are text; booleans are 0 and 1 on SQLite. */
import type { PortKind } from '../../contract/node.ts';
import type { RunState, TaskState } from '../../contract/run.ts';

export interface RunRow {
  id: string;
  workflow_id: string | null;
  workflow_name: string;
  workflow_label: string;
  version: number | null;
  state: RunState;
  origin: string;
  start_node: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  lock: number;
  last_seq: number;
  rejects: number;
  error: string | null;
  instance_vars: string;
  held: boolean | number;
  ending: 'stop' | 'fail' | 'end' | null;
  ending_at: string | null;
  purged: boolean | number;
  store_gone: boolean | number;
  priority: number;
  after_run: string | null;
  to_node: string | null;
  simulated: boolean | number;
  error_counts: string;
  parent_run: string | null;
  parent_task: string | null;
  depth: number;
}

export interface TaskRow {
  id: string;
  run_id: string;
  node_id: string;
  state: TaskState;
  attempt: number;
  pass: number;
  due: string;
  lease_owner: string | null;
  lease_until: string | null;
  retries: number;
  takeovers: number;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  duration_ms: number | null;
  rows_in: number;
  vars: string;
  vars_out: string | null;
  task_vars: string;
  memory: string | null;
  signal: string | null;
  signal_id: string | null;
  call_run: string | null;
  asks: string | null;
  decision: string | null;
  given: string | null;
  scheduled_for: string | null;
  progress: string | null;
  log_lines: number;
  error: string | null;
}

export interface ArrivalRow {
  id: number;
  run_id: string;
  transition_id: string;
  from_task: string;
  to_node: string;
  table_ref: string | null;
  count: number | null;
  vars: string;
  state: 'waiting' | 'taken' | 'dropped';
  task_id: string | null;
  from_run: string | null;
}

export interface OutputRow {
  task_id: string;
  port: string;
  run_id: string;
  kind: PortKind;
  count: number | null;
  table_ref: string | null;
  kept: boolean | number;
}

export interface EventRow {
  run_id: string;
  seq: number;
  at: string;
  type: string;
  task_id: string | null;
  body: string;
}

export interface PendingEffectRow {
  id: number;
  run_id: string;
  task_id: string;
  effect: string;
}

export interface ScheduleRow {
  workflow_id: string;
  node_id: string;
  version: number;
  /** JSON of a `Plan`. */
  plan: string;
  time_zone: string;
  overlap: 'skip' | 'queue' | 'parallel';
  catch_up: 'none' | 'last' | 'all';
  catch_up_hours: number | null;
  late_after: number | null;
  /** Runs started since the plan was last changed. */
  starts: number;
  next_at: string | null;
}

export interface OptionRow {
  name: string;
  value: string;
  is_cursor: boolean | number;
  updated_at: string;
  updated_by: string;
}

export interface OptionChangeRow {
  id: number;
  name: string;
  at: string;
  by: string;
  run_id: string | null;
  old: string | null;
  new: string | null;
}
