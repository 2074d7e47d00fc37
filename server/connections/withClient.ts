import type { ConnectorClient } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Clock } from '../db/clock.ts';
import type { Catalog } from '../engine/catalog.ts';
import type { Log } from '../log.ts';
import type { LoadedConnection } from './loader.ts';

export interface ClientHost {
  /** Kind and settings, secrets in clear. Throws UserError CONNECTION_MISSING. */
  loadConnection(name: string): Promise<LoadedConnection>;
  connectors: Catalog['connectors'];
  clock: Clock;
  log: Log;
  /** Of the instance: what clients may keep files in. */
  filesFolder: string;
}

const callTimeoutMs = 60_000;

/** Opens a client for one piece of work and closes it, however the work ends. Throws UserError CONNECTION_KIND. */
export async function withClient<T>(
  { loadConnection, connectors, clock, log, filesFolder }: ClientHost,
  name: string,
  work: (client: ConnectorClient) => Promise<T>,
): Promise<T> {
  const { kind, settings, services } = await loadConnection(name);
  const connector = connectors.get(kind);
  if (!connector) throw new UserError('CONNECTION_KIND', { name, kind });
  const signal = AbortSignal.timeout(callTimeoutMs);
  await using opened = new AsyncDisposableStack();
  const served = services?.(signal);
  if (served) opened.defer(() => served.close());
  const client = await connector.open({
    settings,
    ...served?.host,
    connectionName: name,
    clock,
    folder: filesFolder,
    signal,
    log: (level, message, extra) => log[level === 'warning' ? 'warn' : level]({ connection: name, ...extra }, message),
  });
  opened.defer(() => client.close());
  return await work(client);
}
