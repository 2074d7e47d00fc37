import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DataverseOptions, withDefaults } from './options.ts';
import { Org } from './org.ts';
import { createServer } from './server.ts';

export type { DataverseOptions } from './options.ts';

/** A demo organisation that answers. */
export interface Dataverse {
  /** The environment's address; the identity service answers there too. */
  url: string;
  tenant: string;
  clientId: string;
  clientSecret: string;
  org: Org;
  close(): Promise<void>;
}

/** Starts a demo Dataverse organisation; resolves when it answers. Throws when the port is taken. */
export async function startDataverse(options: DataverseOptions = {}): Promise<Dataverse> {
  const settings = withDefaults(options);
  const org = new Org(settings);
  const server = createServer(org);
  await listen(server, settings.port, settings.host);
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  const { clientId, clientSecret } = org.app;
  return { url: `http://${host}:${port}`, tenant: org.tenant, clientId, clientSecret, org, close: () => close(server) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
