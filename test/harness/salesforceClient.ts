/** A demo organisation with a client of this connector, and what its tests do to it. */

import { open } from '../../connectors/salesforce/client.ts';
import type { SalesforceSettings } from '../../connectors/salesforce/definition.ts';
import { definition } from '../../connectors/salesforce/definition.ts';
import type { ConnectorHost, CrmClient, ReadPage, ReadPosition, ReadQuery } from '../../contract/connector.ts';
import type { RetryLater, UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import type { SalesforceOptions } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';

export type Demo = Awaited<ReturnType<typeof openDemo>>;

export async function openDemo(options: SalesforceOptions = {}) {
  const org = await startSalesforce({ seed: 3, clock: '2026-07-01T12:00:00Z', ...options });
  const settings = {
    ...definition.defaults,
    instanceUrl: org.url,
    clientId: org.clientId,
    clientSecret: org.clientSecret,
  };
  const connect = (more: Partial<ConnectorHost<SalesforceSettings>> = {}): Promise<CrmClient> =>
    open({
      settings,
      connectionName: 'demo',
      clock: { now: () => new Date() },
      log: () => undefined,
      signal: new AbortController().signal,
      ...more,
    });
  return { ...org, connect, control: <T = unknown>(path: string, body: unknown) => control<T>(org.url, path, body) };
}

/** What a person of the organisation does: records, clock, faults. */
async function control<T>(url: string, path: string, body: unknown): Promise<T> {
  const response = await fetch(`${url}/__demo/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

export async function drain(pages: AsyncIterable<ReadPage>, take = Number.POSITIVE_INFINITY): Promise<ReadPage[]> {
  const read: ReadPage[] = [];
  for await (const page of pages) {
    read.push(page);
    if (read.length >= take) break;
  }
  return read;
}

export const rowsOf = (pages: readonly ReadPage[]): Cell[][] => pages.flatMap((page) => page.rows);

export async function readRows(
  client: CrmClient,
  query: ReadQuery,
  position: ReadPosition | null = null,
): Promise<Cell[][]> {
  return rowsOf(await drain(client.read(query, position)));
}

/** The error that the action ends with. */
export async function failure(action: Promise<unknown>): Promise<UserError | RetryLater> {
  return action.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: UserError | RetryLater) => error,
  );
}
