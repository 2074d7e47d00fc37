import type { SalesforceSettings } from '../definition.ts';

/** Every request of the connector goes through one of these, those for signing in too. Rejects as `fetch` does. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** How requests of a connection leave. */
export function createSend(_settings: SalesforceSettings): Send {
  return fetch;
}
