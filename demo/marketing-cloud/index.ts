import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HOME } from './accounts.ts';
import { type MarketingCloudOptions, withDefaults } from './options.ts';
import { Org } from './org.ts';
import { createServer } from './server.ts';

export type { MarketingCloudOptions } from './options.ts';

/** A demo organisation that answers; auth, REST and SOAP at one address. */
export interface MarketingCloud {
  url: string;
  clientId: string;
  clientSecret: string;
  /** The business unit in which the package is installed. */
  accountId: number;
  org: Org;
  close(): Promise<void>;
}

/** Starts a demo Marketing Cloud organisation; resolves when it answers. Throws when the port is taken. */
export async function startMarketingCloud(options: MarketingCloudOptions = {}): Promise<MarketingCloud> {
  const settings = withDefaults(options);
  const org = new Org(settings);
  const server = createServer(org);
  await listen(server, settings.port, settings.host);
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return {
    url: `http://${host}:${port}`,
    clientId: org.package.clientId,
    clientSecret: org.package.clientSecret,
    accountId: HOME.id,
    org,
    close: () => {
      org.close();
      return close(server);
    },
  };
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
