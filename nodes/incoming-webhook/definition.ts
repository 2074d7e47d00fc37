import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import type { CheckScope, Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { declaredColumns } from '../kit/declared.ts';
import { bareSuccessPort, rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import type { WebhookConfig } from './config.ts';
import { batchWait, defaults, read, refine, shape } from './config.ts';
import { form } from './form.ts';

/** A record that does not fit, as it was sent. */
export const recordColumn: Column = { name: 'record', label: 'Record', type: 'json', personal: true };

/** All of an event is as personal as anything in it. */
export function eventColumns({ columns }: WebhookConfig): Column[] {
  const whole = new Set(columns.filter(({ value }) => value === 'event').map(({ name }) => name));
  return declaredColumns(columns).map((column) => (whole.has(column.name) ? { ...column, personal: true } : column));
}

const ports = (config: unknown): Port[] =>
  read(config).columns.length > 0 ? [successPort, rejectPort] : [bareSuccessPort];

function check({ connection }: WebhookConfig, scope: CheckScope): Issue[] {
  const place = { nodeId: scope.node.id, path: 'connection' };
  const found = scope.connections?.find((one) => one.name === connection);
  if (!scope.connections || connection === '') return [];
  if (!found) return [makeIssue('CONNECTION_MISSING', { name: connection }, place)];
  const fits = found.capabilities.includes('hook');
  return fits ? [] : [makeIssue('CONNECTION_KIND', { name: connection, kind: found.kind }, place)];
}

export const definition = defineNode<WebhookConfig>({
  type: 'incoming-webhook',
  label: 'Webhook',
  description: 'Signed calls from outside start runs here, with what was sent as variables and records.',
  group: 'sources',
  icon: 'IconWebhook',
  keywords: ['http', 'api', 'trigger', 'event', 'callback', 'post', 'json', 'schema', 'batch', 'hmac'],
  config: shape.superRefine(refine),
  defaults,
  form,
  inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
  starts: 'manual',
  ports,
  columns: (config): Record<string, Column[] | null> => {
    const webhook = read(config);
    if (webhook.columns.length === 0) return { success: [] };
    return { success: eventColumns(webhook), reject: withRejectColumns([recordColumn]) };
  },
  check,
  hook: (config) => {
    const { path, connection, parameters, records, eventId, lateAfter, ...rest } = read(config);
    const batch = rest.starts === 'batch' ? { events: rest.batchEvents, wait: batchWait(rest) } : null;
    return { path, connection, parameters, records, eventId, batch, lateAfter: lateAfter || null };
  },
  summary: (config) => `POST /hooks/${read(config).path || '…'}`,
});
