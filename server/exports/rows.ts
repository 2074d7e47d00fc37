/** The rows of the control store that are about exports. JSON columns are text; booleans are 0 and 1 on SQLite. */
import type { ExportMark, ExportOutcome, ExportStage } from '../../contract/exports.ts';

export interface ExportRow {
  id: string;
  run_id: string;
  workflow_id: string | null;
  workflow_name: string;
  workflow_label: string;
  version: number | null;
  node_id: string;
  node_label: string;
  connection: string;
  object: string;
  object_label: string;
  operation: string;
  stage: ExportStage;
  counts: string;
  forecast: string | null;
  fields: string;
  remarks: string;
  tables: string;
  open_doubt: number;
  open_rejects: number;
  vars: string;
  instance_vars: string;
  transition_id: string | null;
  undoes: string | null;
  created_at: string;
  updated_at: string;
  run_ended_at: string | null;
  run_file: string | null;
  gone: boolean | number;
}

/** What a record is that a person can say something of. */
export type OpenOutcome = Extract<ExportOutcome, 'rejected' | 'unsent' | 'doubt'>;

export interface MarkRow {
  export_id: string;
  of: OpenOutcome;
  /** 0: all of these that have no mark of their own. */
  row: number;
  mark: ExportMark;
  by: string;
  at: string;
  run_id: string | null;
}

export interface ExportRunRow {
  run_id: string;
  export_id: string;
  purpose: 'undo' | 'requeue';
  rows: string | null;
  tables: string | null;
}
