/** A signal as stored. JSON columns are text; booleans are 0 and 1 on SQLite. */
export interface SignalRow {
  id: string;
  workflow_id: string;
  name: string;
  parameters: string;
  complete: boolean | number;
  by: string;
  received_at: string;
  state: 'queued' | 'taken' | 'failed' | 'dismissed';
  start_node: string | null;
  run_id: string | null;
  task_id: string | null;
  taken_at: string | null;
  error: string | null;
  hook: string | null;
  payload: string | null;
  signature: string | null;
  event_id: string | null;
  events: number;
  bytes: number;
  known: string | null;
  batch: string | null;
}
