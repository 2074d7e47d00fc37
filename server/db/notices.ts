/** Hears on PostgreSQL what other processes have written. It carries no data: what counts is read in the tables. */
import { Client } from 'pg';
import type { Clock } from './clock.ts';
import { waitFor } from './clock.ts';
import { readPostgresAddress } from './postgres.ts';

export type Notice =
  /** A task was made that can be claimed at once. */
  | { type: 'task' }
  /** Something else may be due, or has to be stopped. Also said whenever notices may have been missed. */
  | { type: 'look' }
  /** Events were added to a run. */
  | { type: 'run'; runId: string };

export interface ListenOptions {
  clock: Clock;
  onNotice(notice: Notice): void;
  /** The connection was lost, or cannot be made; it is tried again until it is. */
  onError(error: unknown): void;
}

export interface Listening {
  close(): Promise<void>;
}

const retryPause = 1_000;

/** Listens until it is closed, on a connection of its own. Without it everything is found by looking, only later. */
export function listenForNotices(place: string, options: ListenOptions): Listening {
  const stopping = new AbortController();
  const listening = keepListening(place, options, stopping.signal);
  return {
    async close() {
      stopping.abort();
      await listening;
    },
  };
}

async function keepListening(place: string, options: ListenOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await listenOnce(place, options, signal);
    } catch (error) {
      options.onError(error);
      await waitFor(options.clock, retryPause, signal);
    }
  }
}

async function listenOnce(place: string, { onNotice }: ListenOptions, signal: AbortSignal): Promise<void> {
  const { url, schema } = readPostgresAddress(place);
  const client = new Client({ connectionString: url, application_name: 'syncline notices', keepAlive: true });
  const ended = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('end', () => reject(new Error('The connection that listens for notices was closed.')));
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // While it connects nobody waits for its end.
  ended.catch(() => undefined);
  client.on('notification', ({ payload = '' }) => onNotice(readNotice(payload)));
  try {
    await client.connect();
    await client.query(`listen ${client.escapeIdentifier(schema)}`);
    onNotice({ type: 'look' });
    await ended;
  } finally {
    client.removeAllListeners('end');
    await client.end();
  }
}

function readNotice(payload: string): Notice {
  const [type, runId] = payload.split(' ');
  if (type === 'run' && runId !== undefined) return { type, runId };
  // What a newer program says is at least a reason to look.
  return { type: type === 'task' ? 'task' : 'look' };
}
