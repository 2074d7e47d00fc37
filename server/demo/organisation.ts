import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { outsideEnvironment } from '../config.ts';

/** A demo organisation that runs beside us, in a process of its own. */
export interface DemoOrganisation {
  /** The kind of connector that speaks to it. */
  kind: string;
  /** The connection that leads to it. */
  connection: string;
  /** What its connection has to say. */
  settings: Record<string, unknown>;
  stop(): Promise<void>;
}

const demoFolder = new URL('../../demo/', import.meta.url);
/** What the program prints when it can be asked: its address, and what one signs in with. */
const announcedSchema = z.looseObject({ ready: z.literal(true), url: z.string() });
type Announced = z.output<typeof announcedSchema>;
const patienceMs = 30_000;

/** The file `connection.json` beside a program: how large it is made, and what a connection to it has to say. */
const programSchema = z.strictObject({
  /** The kind of connector that speaks to it. */
  kind: z.string(),
  /** The option that takes the number of people. */
  size: z.string(),
  /** Most of them, where all lie in memory. */
  most: z.number().optional(),
  /** Names in braces stand for what the program announces. */
  settings: z.record(z.string(), z.string()),
});
type DemoProgram = z.output<typeof programSchema> & { folder: string };

function listPrograms(): DemoProgram[] {
  const described = readdirSync(demoFolder).filter((name) => existsSync(fileOf(name, 'connection.json')));
  return described.map((folder) => ({
    ...programSchema.parse(JSON.parse(readFileSync(fileOf(folder, 'connection.json'), 'utf8'))),
    folder,
  }));
}

const fileOf = (folder: string, name: string): string => fileURLToPath(new URL(`${folder}/${name}`, demoFolder));

/** Starts every organisation. Those already started are stopped when a later one fails. */
export async function startOrganisations(config: Config): Promise<DemoOrganisation[]> {
  const started: DemoOrganisation[] = [];
  try {
    for (const program of listPrograms()) started.push(await start(program, config));
    return started;
  } catch (error) {
    await Promise.all(started.map((organisation) => organisation.stop()));
    throw error;
  }
}

async function start({ folder, kind, size, most, settings }: DemoProgram, config: Config): Promise<DemoOrganisation> {
  const count = String(Math.min(config.demoContacts, most ?? config.demoContacts));
  const data = ['--demo-seed', String(config.demoSeed), size, count];
  const child = spawn(process.execPath, [fileOf(folder, 'main.ts'), '--port', '0', '--exit-with-parent', ...data], {
    // It ends when this pipe closes, so also when we are killed.
    stdio: ['pipe', 'pipe', 'inherit'],
    env: outsideEnvironment(),
  });
  const said = await announced(folder, child);
  return {
    kind,
    connection: `demo_${kind.replaceAll('-', '_')}`,
    settings: Object.fromEntries(Object.entries(settings).map(([name, text]) => [name, filled(text, said)])),
    stop: () => stop(child),
  };
}

const filled = (text: string, said: Announced): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(said[name]));

/** Reads the line that an organisation prints when it can be asked. */
async function announced(kind: string, child: ChildProcess): Promise<Announced> {
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
