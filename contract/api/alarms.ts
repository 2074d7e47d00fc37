/** Endpoints of alarms. */
import { z } from 'zod';
import { alarmKinds, recipientSchema } from '../alarm.ts';
import { type Endpoint, iso } from './endpoint.ts';

const alarmSchema = z.object({
  id: z.number(),
  kind: z.enum(alarmKinds),
  workflow: z.string(),
  workflowLabel: z.string(),
  node: z.string(),
  /** null: it is about no node, or the node is gone. */ nodeLabel: z.string().nullable(),
  state: z.enum(['raised', 'cleared']),
  severity: z.enum(['warning', 'error']),
  /** When the state began. */ since: iso,
  message: z.string(),
  /** How often it was noticed since it was raised. */ times: z.number(),
  runId: z.string().nullable(),
  acknowledgedAt: iso.nullable(),
  acknowledgedBy: z.string().nullable(),
  messages: z.array(
    z.object({
      id: z.string(),
      connection: z.string(),
      to: z.array(z.string()),
      state: z.enum(['due', 'sending', 'sent', 'failed']),
      attempts: z.number(),
      nextAt: iso.nullable(),
      error: z.string().nullable(),
      createdAt: iso,
      sentAt: iso.nullable(),
    }),
  ),
});

export const alarmsEndpoints = {
  listAlarms: {
    method: 'GET',
    path: '/alarms',
    role: 'viewer',
    summary: 'Alarms with their last messages: those that are raised first',
    query: z.object({ workflow: z.string().optional(), state: z.enum(['raised', 'cleared']).optional() }),
    reply: z.array(alarmSchema),
  },
  acknowledgeAlarm: {
    method: 'POST',
    path: '/alarms/:alarm/acknowledge',
    role: 'operator',
    summary: 'Say that somebody looks after it; it stays raised until it is over',
    reply: alarmSchema,
  },
  getAlarmRecipients: {
    method: 'GET',
    path: '/alarm-recipients',
    role: 'viewer',
    summary: 'Who hears of alarms where a workflow names nobody',
    reply: z.array(recipientSchema),
  },
  setAlarmRecipients: {
    method: 'PUT',
    path: '/alarm-recipients',
    role: 'admin',
    summary: 'Set who hears of alarms where a workflow names nobody',
    body: z.object({ recipients: z.array(recipientSchema).max(20) }),
    reply: z.array(recipientSchema),
  },
  testAlarm: {
    method: 'POST',
    path: '/alarm-recipients/test',
    role: 'operator',
    summary: 'Send a test message now and say what came of it',
    body: recipientSchema,
    reply: z.object({ ok: z.boolean(), message: z.string() }),
  },
} as const satisfies Record<string, Endpoint>;
