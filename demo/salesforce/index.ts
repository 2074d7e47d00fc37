import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jobsOf } from './bulk/jobs.ts';
import { type SalesforceOptions, withDefaults } from './options.ts';
import { Org } from './org.ts';
import { createServer } from './server.ts';

export type { SalesforceOptions } from './options.ts';

/** A demo organisation that answers. */
export interface Salesforce {
  url: string;
  clientId: string;
  clientSecret: string;
  /** Who can sign in by name; where an API asks for the password, the security token follows it. */
  username: string;
  password: string;
  securityToken: string;
  org: Org;
  close(): Promise<void>;
}

/** Starts a demo Salesforce organisation; resolves when it answers. Throws when the port is taken. */
export async function startSalesforce(options: SalesforceOptions = {}): Promise<Salesforce> {
  const settings = withDefaults(options);
  const org = new Org(settings);
  const server = createServer(org);
  await listen(server, settings.port, settings.host);
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return {
    url: `http://${host}:${port}`,
    clientId: org.clientId,
    clientSecret: org.clientSecret,
    username: org.people.usernameOf(org.userId),
    password: org.people.password,
    securityToken: org.people.securityToken,
    org,
    close: () => {
      jobsOf(org).close();
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
