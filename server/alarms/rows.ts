import type { AlarmKind } from '../../contract/alarm.ts';

export interface AlarmRow {
  id: number;
  kind: AlarmKind;
  workflow: string;
  node: string;
  state: 'raised' | 'cleared';
  severity: 'warning' | 'error';
  since: string;
  message: string;
  times: number;
  run_id: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
}

export interface MessageRow {
  id: string;
  alarm_id: number;
  connection: string;
  /** JSON: e-mail addresses. */
  to: string;
  /** JSON of an `AlarmBody`. */
  body: string;
  state: 'due' | 'sending' | 'sent' | 'failed';
  attempts: number;
  due: string;
  error: string | null;
  created_at: string;
  sent_at: string | null;
}
