import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { UserError } from '../../contract/errors.ts';

export interface Listening {
  /** The port that was taken: another than asked for when that was 0. */
  port: number;
  /** Takes no further request, waits for those under way, then cuts what is left. A second call waits for the first. */
  close(): Promise<void>;
}

const patienceMs = 5_000;

/** Throws UserError PORT_TAKEN, or CONFIG_INVALID for an address that this machine does not have. */
export async function listen(app: Express, place: { host: string; port: number }): Promise<Listening> {
  const server = createServer({ requestTimeout: 120_000, headersTimeout: 20_000, keepAliveTimeout: 65_000 }, app);
  await begin(server, place);
  const { port } = server.address() as AddressInfo;
  let ended: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ended ??= end(server);
    return ended;
  };
  return { port, close };
}

function begin(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function explain(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE') return new UserError('PORT_TAKEN', { host, port }, { cause: error });
  const reasons: Record<string, string> = {
    EACCES: `port ${port} needs more rights than this process has`,
    EADDRNOTAVAIL: 'this machine does not have the address',
    ENOTFOUND: 'the name is not known',
  };
  const reason = reasons[String(code)];
  return reason ? new UserError('CONFIG_INVALID', { field: `${host}:${port}`, reason }, { cause: error }) : error;
}

function end(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
    server.close((error) => {
      clearTimeout(cut);
      return error ? reject(error) : resolve();
    });
    server.closeIdleConnections();
  });
}
