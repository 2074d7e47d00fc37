import { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import type { CheckScope, Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { refineParameters, signalParameterSchema } from '../../contract/signal.ts';
import type { Column } from '../../contract/types.ts';
import { columnTypeSchema, columnTypes } from '../../contract/types.ts';
import { tolerant } from '../kit/config.ts';
import { declaredColumns, refineDeclared } from '../kit/declared.ts';
import { bareSuccessPort, rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';

const from = z.string().max(500).default('');
const columnSchema = z.strictObject({
  name: z.string().max(255).default(''),
  type: columnTypeSchema.default('text'),
  /** Where the value stands in a record; empty: under its name. */
  from,
});
const shape = z.strictObject({
  path: z.string().max(64).default(''),
  connection: z.string().max(64).default(''),
  parameters: z.array(signalParameterSchema.extend({ from })).max(50),
  /** Where the records stand in what was sent; empty: it is the record, or the list of them. */
  records: z.string().max(500).default(''),
  columns: z.array(columnSchema).max(1_000),
});
export type WebhookConfig = z.output<typeof shape>;

const defaults: WebhookConfig = { path: '', connection: '', parameters: [], records: '', columns: [] };
const read = tolerant(shape, defaults);

/** A record that does not fit, as it was sent. */
export const recordColumn: Column = { name: 'record', label: 'Record', type: 'json' };

const ports = (config: unknown): Port[] =>
  read(config).columns.length > 0 ? [successPort, rejectPort] : [bareSuccessPort];

function refine({ path, connection, parameters, columns }: WebhookConfig, ctx: z.RefinementCtx): void {
  const problem = (setting: keyof WebhookConfig, message: string): void =>
    ctx.addIssue({ code: 'custom', path: [setting], message });
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(path)) problem('path', 'use letters, digits, "_" or "-", at most 64');
  if (connection === '') problem('connection', 'choose the connection whose secret signs the calls');
  refineParameters(parameters, 'parameters', ctx);
  refineDeclared(columns, 'columns', ctx);
}

function check({ connection }: WebhookConfig, scope: CheckScope): Issue[] {
  const place = { nodeId: scope.node.id, path: 'connection' };
  const found = scope.connections?.find((one) => one.name === connection);
  if (!scope.connections || connection === '') return [];
  if (!found) return [makeIssue('CONNECTION_MISSING', { name: connection }, place)];
  const fits = found.capabilities.includes('hook');
  return fits ? [] : [makeIssue('CONNECTION_KIND', { name: connection, kind: found.kind }, place)];
}

const typeChoices = columnTypes.map((type) => ({ value: type, label: type }));
const whereHint = 'For example order.lines.0.price. Empty: under its name.';

export const definition = defineNode<WebhookConfig>({
  type: 'incoming-webhook',
  label: 'Webhook',
  description: 'Each signed call from outside starts a run here, with what was sent as variables and records.',
  group: 'sources',
  icon: 'IconWebhook',
  keywords: ['http', 'api', 'trigger', 'event', 'callback', 'post', 'json', 'hmac'],
  config: shape.superRefine(refine),
  defaults,
  form: [
    {
      kind: 'text',
      name: 'path',
      label: 'Path',
      placeholder: 'orders',
      hint: 'Calls come by POST to /hooks/‹path›, once the workflow is published. Who knows it needs the secret, too.',
    },
    {
      kind: 'connection',
      name: 'connection',
      label: 'Secret',
      capability: 'hook',
      hint: 'A connection of the kind Incoming webhook. Its page says how calls are signed.',
    },
    {
      kind: 'list',
      name: 'parameters',
      label: 'Parameters',
      hint: 'Values of what was sent that become variables. A call that lacks a required one is refused.',
      addLabel: 'Add a parameter',
      initial: { name: '', type: 'text', required: false, default: '', from: '' },
      item: [
        { kind: 'text', name: 'name', label: 'Name', placeholder: 'orderCount' },
        { kind: 'choice', name: 'type', label: 'Type', display: 'select', choices: typeChoices },
        { kind: 'text', name: 'from', label: 'Where it stands', hint: whereHint, optional: true },
        { kind: 'switch', name: 'required', label: 'Required', hint: 'A call without it is refused.' },
        {
          kind: 'text',
          name: 'default',
          label: 'If it is left out',
          when: { name: 'required', is: [false] },
          optional: true,
        },
      ],
    },
    {
      kind: 'list',
      name: 'columns',
      label: 'Columns of the records',
      hint: 'None: nothing but variables. A record that does not fit leaves by Reject.',
      addLabel: 'Add a column',
      initial: { name: '', type: 'text', from: '' },
      item: [
        { kind: 'text', name: 'name', label: 'Name', placeholder: 'Email' },
        { kind: 'choice', name: 'type', label: 'Type', display: 'select', choices: typeChoices },
        { kind: 'text', name: 'from', label: 'Where it stands in a record', hint: whereHint, optional: true },
      ],
    },
    {
      kind: 'text',
      name: 'records',
      label: 'Where the records stand',
      placeholder: 'order.lines',
      hint: 'Empty: what is sent is the record itself, or the list of them.',
      optional: true,
    },
  ],
  inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
  starts: 'manual',
  ports,
  columns: (config): Record<string, Column[] | null> => {
    const { columns } = read(config);
    if (columns.length === 0) return { success: [] };
    return { success: declaredColumns(columns), reject: withRejectColumns([recordColumn]) };
  },
  check,
  hook: (config) => {
    const { path, connection, parameters } = read(config);
    return { path, connection, parameters };
  },
  summary: (config) => `POST /hooks/${read(config).path || '…'}`,
});
