/** Webhooks: signed calls from outside that each start a run. */
import { readPath } from './form.ts';
import type { SignalParameter } from './signal.ts';

/** Where a value stands in the JSON that was sent: names and places with full stops between them, as `order.lines.0.price`. */
export type PayloadPath = string;

export interface HookDeclaration {
  /** Calls come to `/hooks/‹path›`; unique in an instance. */
  path: string;
  /** The connection whose secret signs them. */
  connection: string;
  /** They become variables; `from` is empty where the name says where the value stands. */
  parameters: (SignalParameter & { from: PayloadPath })[];
}

/** undefined where there is nothing. An empty path is the value itself. */
export const readPayload = (payload: unknown, path: PayloadPath): unknown =>
  path === '' ? payload : readPath(payload, path);

/** Values for the parameters, as `readParameters` takes them. */
export function payloadParameters({ parameters }: HookDeclaration, payload: unknown): Record<string, unknown> {
  return Object.fromEntries(parameters.map(({ name, from }) => [name, readPayload(payload, from || name)]));
}
