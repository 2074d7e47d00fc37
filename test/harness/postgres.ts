/** A PostgreSQL of its own for a test: made in a second, killed as a machine would, gone afterwards whatever happens to the test. */
import type { ChildProcess } from 'node:child_process';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgres } from '../../scripts/postgres.mjs';
import { childrenOf } from './processes.ts';

export interface Postgres {
  /** Of its empty database `postgres`; the owner may create others. */
  url: string;
  /** kill -9 of the server with all its processes: what was not synced is as lost as when a machine dies. */
  kill(): Promise<void>;
  /** After a kill: the same data at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface PostgresOptions {
  /** Off by default, for speed; a test that kills the server turns it on, else what survives says nothing. */
  fsync?: boolean;
  /** It does not keep the process from ending, and ends with it: nobody has to stop it. */
  shared?: boolean;
}

/** It refuses to run as root. This user exists on every system. */
const servant = 'nobody';
export type Identity = { uid?: number; gid?: number };

export async function startPostgres({ fsync = false, shared = false }: PostgresOptions = {}): Promise<Postgres> {
  const bin = findPostgres();
  if (!bin) throw new Error('There is no PostgreSQL: install it, or set POSTGRES_BIN to the folder with its initdb.');
  const identity = identify();
  const folder = await mkdtemp(join(tmpdir(), 'syncline-postgres-'));
  if (identity.uid !== undefined && identity.gid !== undefined) await chown(folder, identity.uid, identity.gid);
  const watchdog = watch(folder, identity, { pidFile: 'data/postmaster.pid', signal: 'QUIT' });
  const data = join(folder, 'data');
  const initialise = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(join(bin, 'initdb'), initialise, { ...identity, cwd: folder });
  const port = await findFreePort();
  const settings = [`port=${port}`, ...(fsync ? [] : hastySettings), ...fixedSettings];
  const begin = () =>
    startServer(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
      ...identity,
      cwd: folder,
    });
  let server = await begin();
  if (shared) for (const child of [server, watchdog]) release(child);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    kill: () => killServer(server),
    async start() {
      server = await begin();
    },
    async stop() {
      // Its own "immediate" way to end: nothing in the folder is needed any more.
      await end(server, 'SIGQUIT');
      watchdog.stdin?.end();
      if (watchdog.exitCode === null) await once(watchdog, 'exit');
    },
  };
}

/** For a server whose data nobody needs once it has ended, however that comes. */
const hastySettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off'];

const fixedSettings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'log_min_messages=log',
  'log_statement=none',
];

export function identify(): Identity {
  if (process.getuid?.() !== 0) return {};
  const ask = (what: string) => Number(execFileSync('id', [what, servant], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g') };
}

/** Its stdin closes with this process, however that ends; then it ends the server and takes the folder away. */
export function watch(
  folder: string,
  identity: Identity,
  { pidFile, signal }: { pidFile: string; signal: 'QUIT' | 'TERM' },
): ChildProcess {
  const script = `cat >/dev/null
    pid=$(head -n 1 ${pidFile} 2>/dev/null) && kill -${signal} "$pid" 2>/dev/null
    while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    cd / && rm -rf "$1"`;
  return spawn('/bin/sh', ['-c', script, 'watchdog', folder], {
    ...identity,
    cwd: folder,
    // A group of its own: Ctrl-C on the terminal must not end it before it has tidied up.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

/**
 * Below those that systems give to whoever asks for any port, and to connections: so that nobody gets it by chance before the
 * server listens, which may take seconds.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 30_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}

/** Resolves when the server has said `ready` on its stderr. */
export async function startServer(
  program: string,
  args: readonly string[],
  options: Identity & { cwd: string },
  ready = 'database system is ready to accept connections',
): Promise<ChildProcess> {
  const server = spawn(program, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const listening = Promise.withResolvers<void>();
  server.stderr?.on('data', (chunk: Buffer) => {
    // Afterwards it is only read, so that the server never waits for a full pipe.
    if (said.length < 100_000) said += chunk;
    if (said.includes(ready)) listening.resolve();
  });
  const ended = once(server, 'exit').then(() => Promise.reject(new Error(`${program} did not start:\n${said}`)));
  // Whoever stops it waits for its end; here that end was only of interest before it was ready.
  ended.catch(() => undefined);
  await Promise.race([listening.promise, ended]);
  return server;
}

function release(child: ChildProcess): void {
  child.unref();
  for (const pipe of child.stdio) if (pipe instanceof Socket) pipe.unref();
}

async function killServer(server: ChildProcess): Promise<void> {
  if (server.pid === undefined) return;
  const workers = await childrenOf(server.pid);
  await end(server, 'SIGKILL');
  for (const pid of workers) killIfThere(pid);
  while (workers.some(isThere)) await new Promise((resolve) => setImmediate(resolve));
}

export async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill(signal);
  await once(server, 'exit');
}

const isThere = (pid: number): boolean => signalled(pid, 0);
const killIfThere = (pid: number): boolean => signalled(pid, 'SIGKILL');

function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
