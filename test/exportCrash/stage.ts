/**
 * Where cases are played: the product as people start it, its engine in a process of its own, an organisation in another. On
 * PostgreSQL a second engine works beside the first, and takes over what that one has lost.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../contract/types.ts';
import { systemClock } from '../../server/db/clock.ts';
import type { EngineProcess } from '../../server/engine/supervise.ts';
import { superviseEngine } from '../../server/engine/supervise.ts';
import { createLog } from '../../server/log.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';
import { childrenOf } from '../harness/processes.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';
import type { ClockFile } from './clockFile.ts';
import { makeClockFile } from './clockFile.ts';

export interface Stage extends AsyncDisposable {
  product: Product;
  org: Organisation;
  clock: ClockFile;
  /** Of an admin of the product. */
  token: string;
  /** Pids of those that live. */
  engines(): Promise<number[]>;
  /** Requests that the organisation has got so far. */
  requests(): Promise<number>;
  /** Writes JSON where the engine finds it. Gives the path. */
  put(name: string, content: Json): Promise<string>;
}

/** The name of the connection to the organisation. */
export const connection = 'demo';

const engineProgram = new URL('./engineProgram.ts', import.meta.url);
const serveProgram = new URL('./serveProgram.ts', import.meta.url);

/** `databaseUrl`: that of an empty PostgreSQL database; left out: SQLite in a folder. */
export async function openStage(databaseUrl?: string): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'syncline-export-crash-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const clock = makeClockFile(join(folder, 'clock'));
  const env = { ...clock.env, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
  const starting = startOrganisation({ seed: 4, contacts: 20, clock: '2026-07-01T12:00:00Z' });
  opened.defer(async () => (await starting).stop());
  const product = await startProduct({ folder, program: serveProgram, env });
  opened.defer(() => product.stop());
  const org = await starting;
  const token = await prepare(product, org);
  const second = databaseUrl === undefined ? null : startEngine({ ...env, SYNCLINE_DATA: folder });
  opened.defer(async () => second?.stop());
  await second?.ready;
  const own = opened.move();
  return {
    product,
    org,
    clock,
    token,
    async engines() {
      const pid = second?.pid();
      return [...(await childrenOf(product.pid)), ...(pid === undefined ? [] : [pid])];
    },
    async requests() {
      const state = await fetch(`${org.url}/__demo/state`);
      return ((await state.json()) as { requests: number }).requests;
    },
    async put(name, content) {
      const path = join(folder, name);
      await writeFile(path, JSON.stringify(content));
      return path;
    },
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}

async function prepare(product: Product, org: Organisation): Promise<string> {
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret, apiVersion: '60.0' };
  await product.call('createConnection', {
    body: { name: connection, kind: 'salesforce', label: 'Demo', settings },
  });
  return (await product.call('createToken', { body: { label: 'crash', role: 'admin' } })).secret;
}

function startEngine(environment: Record<string, string>): EngineProcess {
  return superviseEngine({
    environment: { ...(process.env as Record<string, string>), ...environment },
    clock: systemClock,
    log: createLog('silent'),
    program: engineProgram,
    onEvents: () => undefined,
  });
}
