/** Alarms: states that somebody has to know of, and who hears of them. */
import { z } from 'zod';

export const recipientSchema = z.strictObject({
  /** A connection that can send mail, or post to a webhook. */
  connection: z.string().min(1).max(64),
  /** E-mail addresses; a webhook needs none. */
  to: z.array(z.string().regex(/^[^\s@<>,;]+@[^\s@<>,;]+$/, 'write an e-mail address')).max(50),
});
export type Recipient = z.infer<typeof recipientSchema>;

/**
 * failed: a run failed. rejects: too many rows of a node were rejected. cursor: an import date was not moved. node: a node
 * said so. schedule: a start is late, or was refused. waits: a run waits too long. signal: a signal or a webhook could not
 * start a run. events: an event of a webhook waits too long. delivery: messages cannot be sent.
 */
export const alarmKinds = [
  'failed',
  'rejects',
  'cursor',
  'node',
  'schedule',
  'waits',
  'signal',
  'events',
  'delivery',
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

/** What a webhook is sent, as JSON. */
export interface AlarmBody {
  /** Of the message: a receiver that has it already drops it. */
  id: string;
  change: 'raised' | 'cleared' | 'test';
  kind: AlarmKind | 'test';
  severity: 'warning' | 'error';
  /** Internal name; '' where it belongs to none. */
  workflow: string;
  /** Id of the node; '' where it belongs to none. */
  node: string;
  message: string;
  runId: string | null;
  /** ISO. */
  at: string;
}
