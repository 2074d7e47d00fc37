import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { outsideEnvironment } from '../config.ts';

/** A demo organisation that runs beside us, in a process of its own. */
export interface DemoOrganisation {
  /** The kind of connector that speaks to it: the name of its folder. */
  kind: string;
  /** The connection that leads to it. */
  connection: string;
  /** What its connection has to say. */
  settings: Record<string, unknown>;
  stop(): Promise<void>;
}

const demoFolder = new URL('../../demo/', import.meta.url);
const announcedSchema = z.looseObject({
  ready: z.literal(true),
  url: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
});
const patienceMs = 30_000;

/** Starts every organisation that has a folder. Those already started are stopped when a later one fails. */
export async function startOrganisations(config: Config): Promise<DemoOrganisation[]> {
  const started: DemoOrganisation[] = [];
  try {
    for (const kind of listKinds()) started.push(await start(kind, config));
    return started;
  } catch (error) {
    await Promise.all(started.map((organisation) => organisation.stop()));
    throw error;
  }
}

const programOf = (kind: string): string => fileURLToPath(new URL(`${kind}/main.ts`, demoFolder));

function listKinds(): string[] {
  return readdirSync(demoFolder).filter((name) => existsSync(programOf(name)));
}

async function start(kind: string, config: Config): Promise<DemoOrganisation> {
  const data = ['--demo-seed', String(config.demoSeed), '--demo-contacts', String(config.demoContacts)];
  const child = spawn(process.execPath, [programOf(kind), '--port', '0', '--exit-with-parent', ...data], {
    // It ends when this pipe closes, so also when we are killed.
    stdio: ['pipe', 'pipe', 'inherit'],
    env: outsideEnvironment(),
  });
  const { url, clientId, clientSecret } = await announced(kind, child);
  return {
    kind,
    connection: `demo_${kind.replaceAll('-', '_')}`,
    settings: { instanceUrl: url, clientId, clientSecret },
    stop: () => stop(child),
  };
}

/** Reads the line that an organisation prints when it can be asked. */
async function announced(kind: string, child: ChildProcess): Promise<z.output<typeof announcedSchema>> {
  if (!child.stdout) throw new Error('The output of a demo organisation is not read.');
  const lines = createInterface({ input: child.stdout });
  const failed = (reason: string): Error => new Error(`The demo organisation ${kind} did not start: ${reason}.`);
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const ended = once(child, 'exit', { signal }).then(([code]) => Promise.reject(failed(`it ended with ${code}`)));
    const [line] = await Promise.race([once(lines, 'line', { signal }), ended]);
    return announcedSchema.parse(JSON.parse(String(line)));
  } catch (cause) {
    child.kill();
    throw cause instanceof Error && cause.message.startsWith('The demo') ? cause : failed(String(cause));
  } finally {
    child.stdout.resume();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  child.kill('SIGTERM');
  await ended;
}
