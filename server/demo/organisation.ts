import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
const announcedSchema = z.looseObject({
  ready: z.literal(true),
  url: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
});
type Announced = z.output<typeof announcedSchema>;
const patienceMs = 30_000;

/** A program of the demo, and the connector that speaks to it. */
interface DemoProgram {
  /** Of the program, in the folder of demos. */
  folder: string;
  kind: string;
  size(contacts: number): string[];
  settings(announced: Announced): Record<string, unknown>;
}

/** All rows of these lie in memory, and nobody looks at more of them. */
const most = (count: number): string => String(Math.min(count, 20_000));

const programs: readonly DemoProgram[] = [
  {
    folder: 'salesforce',
    kind: 'salesforce',
    size: (contacts) => ['--demo-contacts', String(contacts)],
    settings: ({ url, clientId, clientSecret }) => ({ instanceUrl: url, clientId, clientSecret }),
  },
  {
    folder: 'dataverse',
    kind: 'dynamics',
    size: (contacts) => ['--demo-contacts', most(contacts)],
    settings: ({ url, tenant, clientId, clientSecret }) => ({
      environmentUrl: url,
      tenant,
      clientId,
      clientSecret,
      cloud: 'own',
      authority: url,
    }),
  },
  {
    folder: 'marketing-cloud',
    kind: 'marketing-cloud',
    size: (contacts) => ['--demo-subscribers', most(contacts)],
    settings: ({ url, clientId, clientSecret }) => ({ subdomain: url, clientId, clientSecret }),
  },
];

/** Starts every organisation. Those already started are stopped when a later one fails. */
export async function startOrganisations(config: Config): Promise<DemoOrganisation[]> {
  const started: DemoOrganisation[] = [];
  try {
    for (const program of programs) started.push(await start(program, config));
    return started;
  } catch (error) {
    await Promise.all(started.map((organisation) => organisation.stop()));
    throw error;
  }
}

const programOf = (folder: string): string => fileURLToPath(new URL(`${folder}/main.ts`, demoFolder));

async function start({ folder, kind, size, settings }: DemoProgram, config: Config): Promise<DemoOrganisation> {
  const data = ['--demo-seed', String(config.demoSeed), ...size(config.demoContacts)];
  const child = spawn(process.execPath, [programOf(folder), '--port', '0', '--exit-with-parent', ...data], {
    // It ends when this pipe closes, so also when we are killed.
    stdio: ['pipe', 'pipe', 'inherit'],
    env: outsideEnvironment(),
  });
  const said = await announced(folder, child);
  return {
    kind,
    connection: `demo_${kind.replaceAll('-', '_')}`,
    settings: settings(said),
    stop: () => stop(child),
  };
}

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
