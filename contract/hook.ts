/** Webhooks: signed calls from outside that start runs, each its own or many together. */
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
  /** Where the events stand in what is sent; empty: it is the event, or the list of them. */
  records?: PayloadPath;
  /** Where its id stands in an event: the same that came before under the same id is left out. Empty: none is asked for. */
  eventId?: PayloadPath;
  /** null: each call starts a run. Else one takes all calls that wait: when so many events do, or the oldest so long (milliseconds). */
  batch?: { events: number; wait: number } | null;
  /** Minutes that an event may wait until an alarm is raised; null: for ever. */
  lateAfter?: number | null;
}

/** undefined where there is nothing. An empty path is the value itself. */
export const readPayload = (payload: unknown, path: PayloadPath): unknown =>
  path === '' ? payload : readPath(payload, path);

/** Values for the parameters, as `readParameters` takes them. */
export function payloadParameters({ parameters }: HookDeclaration, payload: unknown): Record<string, unknown> {
  return Object.fromEntries(parameters.map(({ name, from }) => [name, readPayload(payload, from || name)]));
}

/** The events of one call: those of the list, or the one object. null: there are none where they should stand. */
export function readEvents(payload: unknown, path: PayloadPath): unknown[] | null {
  const found = readPayload(payload, path);
  if (Array.isArray(found)) return found;
  return found !== null && typeof found === 'object' ? [found] : null;
}

/** What stands at the place of the id, or of the type, of an event, as text; null: no text and no number, or an empty one. */
export function readName(event: unknown, path: PayloadPath): string | null {
  const found = readPayload(event, path);
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' && found !== '' ? found : null;
}
