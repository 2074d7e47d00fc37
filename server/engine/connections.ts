/** Clients of outside systems, opened when a node asks for them and closed with its attempt. */
import { UserError } from '../../contract/errors.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import type { ClientServices } from '../connections/loader.ts';
import type { Attempt } from './attempt.ts';

type Connected = Awaited<ReturnType<NodeContext['connect']>>;

interface Opened extends Connected {
  services: ClientServices | undefined;
}

export interface Connections {
  /** One client per name and attempt. Throws UserError CONNECTION_MISSING or CONNECTION_KIND. */
  connect(name: string): Promise<Connected>;
  close(): Promise<void>;
}

export function openConnections(attempt: Attempt): Connections {
  const opened = new Map<string, Promise<Opened>>();
  return {
    async connect(name) {
      attempt.signal.throwIfAborted();
      const known = opened.get(name) ?? open(attempt, name);
      opened.set(name, known);
      const { client, definition } = await known;
      return { client, definition };
    },
    async close() {
      for (const [name, result] of await Promise.all([...opened].map(settle)))
        if (result) await closeClient(attempt, name, result);
    },
  };
}

async function open(attempt: Attempt, name: string): Promise<Opened> {
  const { host, report, signal } = attempt;
  const { kind, settings, services: serve } = await host.loadConnection(name);
  const connector = host.catalog.connectors.get(kind);
  if (!connector) throw new UserError('CONNECTION_KIND', { name, kind });
  const services = serve?.(signal);
  try {
    const client = await connector.open({
      settings,
      ...services?.host,
      connectionName: name,
      clock: { now: () => host.clock.now() },
      folder: host.filesFolder,
      log: (level, message, details) => {
        report.log(level, message);
        if (details) host.log.debug({ connection: name, task: attempt.task.id, ...details }, message);
      },
      signal,
    });
    return { client, definition: connector.definition, services };
  } catch (error) {
    await services?.close();
    throw error;
  }
}

/** One that could not be opened has told the node already. */
async function settle([name, opening]: [string, Promise<Opened>]): Promise<[string, Opened | null]> {
  const [result] = await Promise.allSettled([opening]);
  return [name, result?.status === 'fulfilled' ? result.value : null];
}

/** The task is done either way: a client that cannot be closed is only worth a line. */
async function closeClient({ host, task }: Attempt, name: string, { client, services }: Opened): Promise<void> {
  try {
    await client.close().finally(() => services?.close());
  } catch (error) {
    host.log.warn({ err: error, connection: name, task: task.id }, 'a connection could not be closed');
  }
}
