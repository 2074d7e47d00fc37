/** What tests of replicas need: an organisation behind a proxy that can show other fields, and targets read from outside. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { open } from '../../connectors/database/client.ts';
import { definition } from '../../connectors/database/definition.ts';
import type { DatabaseClient } from '../../contract/connector.ts';
import type { DatabaseTable } from '../../contract/database.ts';
import type { Cell } from '../../contract/types.ts';
import type { TestEngine } from './engine.ts';

export type Rewrite = (path: string, body: string) => string;

export interface OrganisationProxy {
  url: string;
  /** Changes what the organisation answers; null: nothing. */
  rewrite: Rewrite | null;
  close(): Promise<void>;
}

/** The organisation at another address, its answers perhaps changed. */
export async function startProxy(url: () => string): Promise<OrganisationProxy> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const path = request.url ?? '';
      const headers = Object.fromEntries(
        ['authorization', 'content-type', 'accept', 'sforce-query-options'].flatMap((name) => {
          const value = request.headers[name];
          return typeof value === 'string' ? [[name, value]] : [];
        }),
      );
      const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
      const answer = await fetch(url() + path, { method: request.method ?? 'GET', headers, body: body ?? null });
      const text = (await answer.text()).replaceAll(url(), proxy.url);
      for (const name of ['content-type', 'date', 'sforce-limit-info', 'sforce-locator', 'sforce-numberofrecords']) {
        const value = answer.headers.get(name);
        if (value !== null) response.setHeader(name, value);
      }
      response.statusCode = answer.status;
      response.end(proxy.rewrite?.(path, text) ?? text);
    })().catch((error: Error) => response.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: OrganisationProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rewrite: null,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** A target as a test sees it, by other means than the node's. */
export interface SeenTarget {
  rows(table: string): Promise<Record<string, Cell>[]>;
  tables(): Promise<string[]>;
  /** Somebody writes into the table beside the node. */
  put(table: string, rows: Record<string, Cell>[]): Promise<void>;
  remove(table: string, ids: string[]): Promise<void>;
}

export function seenLocal(engine: TestEngine): SeenTarget {
  const write = async (table: string, operation: 'upsert' | 'delete', rows: Record<string, Cell>[]): Promise<void> => {
    const known = await engine.local.table(table);
    const columns = (known?.columns ?? []).filter(({ name }) => name in (rows[0] ?? {}));
    const cells = rows.map((row) => columns.map(({ name }) => row[name] ?? null));
    const config = { table, operation, key: [{ kind: 'column', column: 'Id', expression: '', destination: 'Id' }] };
    const run = await engine
      .flow({ write: { type: 'update-data', config } }, ['input -> write'])
      .withRows('input', columns, cells)
      .finished();
    if (run.state !== 'succeeded') throw new Error(run.describe());
  };
  return {
    rows: (table) => engine.localRows(table),
    tables: async () => (await engine.local.tables()).map(({ name }) => name).filter((name) => !name.startsWith('_')),
    put: (table, rows) => write(table, 'upsert', rows),
    remove: (table, ids) =>
      write(
        table,
        'delete',
        ids.map((Id) => ({ Id })),
      ),
  };
}

export async function seenDatabase(
  engine: TestEngine,
  settings: Record<string, unknown>,
  columnsOf: (table: string) => Promise<DatabaseTable['columns']>,
): Promise<SeenTarget & { client: DatabaseClient }> {
  const client = await open({
    settings: definition.settings.parse({ ...definition.defaults, ...settings }) as never,
    connectionName: 'seen',
    clock: engine.clock,
    log: () => undefined,
    signal: new AbortController().signal,
    folder: join(engine.parts.folder, 'files'),
  });
  const tableOf = async (name: string): Promise<DatabaseTable> => {
    const columns = await columnsOf(name);
    return { name, columns, key: columns[0]?.name === 'ct_position' ? 'ct_position' : 'Id' };
  };
  return {
    client,
    async rows(name) {
      const table = await tableOf(name);
      const rows: Record<string, Cell>[] = [];
      for await (const page of client.pages(table))
        for (const row of page)
          rows.push(Object.fromEntries(table.columns.map((column, place) => [column.name, row[place] ?? null])));
      return rows;
    },
    tables: async () => (await client.tables()).filter((name) => name !== 'syncline_replicas'),
    async put(name, rows) {
      const table = await tableOf(name);
      const columns = table.columns.filter((column) => column.name in (rows[0] ?? {}));
      const cells = rows.map((row) => columns.map((column) => row[column.name] ?? null));
      await client.write([{ operation: 'upsert', table: { ...table, columns }, rows: cells }]);
    },
    async remove(name, ids) {
      await client.write([{ operation: 'delete', table: await tableOf(name), keys: ids }]);
    },
  };
}
