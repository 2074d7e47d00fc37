/**
 * Where cases are played: the product as people start it, its engine in a process of its own, and the outside systems in others.
 * On PostgreSQL a second engine works beside the first, and takes over what that one has lost.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../contract/types.ts';
import { systemClock } from '../../server/db/clock.ts';
import type { EngineProcess } from '../../server/engine/supervise.ts';
import { superviseEngine } from '../../server/engine/supervise.ts';
import { createLog } from '../../server/log.ts';
import { childrenOf } from '../harness/processes.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';
import type { ClockFile } from './clockFile.ts';
import { makeClockFile } from './clockFile.ts';

/** The outside systems that rows go to. */
export interface Remote extends AsyncDisposable {
  /** By which the product reaches them. */
  connections: readonly { name: string; kind: string; settings: Record<string, Json> }[];
  control(path: string, body: unknown): Promise<unknown>;
  clearFaults(): Promise<unknown>;
  /** Requests that the organisation has got so far. */
  requests(): Promise<number>;
}

export interface Stage<R extends Remote = Remote> extends AsyncDisposable {
  product: Product;
  remote: R;
  clock: ClockFile;
  /** Of an admin of the product. */
  token: string;
  /** Pids of those that live. */
  engines(): Promise<number[]>;
  /** Writes JSON where the engine finds it. Gives the path. */
  put(name: string, content: Json): Promise<string>;
}

const engineProgram = new URL('./engineProgram.ts', import.meta.url);
const serveProgram = new URL('./serveProgram.ts', import.meta.url);

/** `databaseUrl`: that of an empty PostgreSQL database; left out: SQLite in a folder. */
export async function openStage<R extends Remote>(open: () => Promise<R>, databaseUrl?: string): Promise<Stage<R>> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'syncline-export-crash-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const clock = makeClockFile(join(folder, 'clock'));
  const env = { ...clock.env, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
  const opening = open();
  opened.defer(async () => (await opening)[Symbol.asyncDispose]());
  const product = await startProduct({ folder, program: serveProgram, env });
  opened.defer(() => product.stop());
  const remote = await opening;
  const token = await prepare(product, remote);
  const second = databaseUrl === undefined ? null : startEngine({ ...env, SYNCLINE_DATA: folder });
  opened.defer(async () => second?.stop());
  await second?.ready;
  const own = opened.move();
  return {
    product,
    remote,
    clock,
    token,
    async engines() {
      const pid = second?.pid();
      return [...(await childrenOf(product.pid)), ...(pid === undefined ? [] : [pid])];
    },
    async put(name, content) {
      const path = join(folder, name);
      await writeFile(path, JSON.stringify(content));
      return path;
    },
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}

async function prepare(product: Product, { connections }: Remote): Promise<string> {
  for (const connection of connections)
    await product.call('createConnection', { body: { label: connection.name, ...connection } });
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

/** A row behind a port. */
export type Left = Record<string, Json>;

/** The rows that a task has left behind one of its ports. */
export async function rowsBehind(
  { product, token }: Stage,
  run: string,
  task: { id: string; outputs: object },
  port: string,
): Promise<Left[]> {
  if (!(port in task.outputs)) return [];
  const response = await fetch(`${product.url}/api/runs/${run}/tasks/${task.id}/${port}/rows.json`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`the rows behind ${port} cannot be read: ${await response.text()}`);
  return (await response.json()) as Left[];
}
