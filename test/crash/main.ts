/**
 * `npm run test:crash -- --cases N [--seed N]`: runs the contacts workflow over and over, and kills its engine or the web
 * process (kill -9) at random instants of each run. After each: the run ends, the counts and the local tables are exactly
 * what a plain script computes, and nothing is doubled. Ends with `N passed, N failed`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { asSet, contactsWorkflow, expectedContacts, splitByEmail } from '../harness/contacts.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';
import { childrenOf } from '../harness/processes.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    seed: { type: 'string' },
    contacts: { type: 'string', default: '6000' },
  },
});
const cases = Number(values.cases);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));

/** mulberry32: the same seed kills at the same instants. */
function randomness(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = randomness(seed);

interface Expected {
  imported: number;
  kept: string[];
  duplicates: string[];
}

/** The product over all its restarts. */
class Victim {
  readonly folder: string;
  readonly #token: string;
  product: Product;
  kills = { engine: 0, web: 0 };

  private constructor(folder: string, product: Product, token: string) {
    this.folder = folder;
    this.product = product;
    this.#token = token;
  }

  static async start(folder: string, org: Organisation): Promise<Victim> {
    const product = await startProduct({ folder });
    const settings = {
      instanceUrl: org.url,
      clientId: org.clientId,
      clientSecret: org.clientSecret,
      apiVersion: '60.0',
    };
    await product.call('createConnection', {
      body: { name: 'demo_salesforce', kind: 'salesforce', label: 'Demo', settings },
    });
    const { secret } = await product.call('createToken', { body: { label: 'crash', role: 'admin' } });
    return new Victim(folder, product, secret);
  }

  async killEngine(): Promise<void> {
    // The engine is its only child: no demo organisation is started by it here.
    const [pid] = await childrenOf(this.product.pid);
    if (pid !== undefined && kill(pid)) this.kills.engine += 1;
  }

  async killWeb(): Promise<void> {
    await this.product.kill();
    this.kills.web += 1;
    this.product = await startProduct({ folder: this.folder, token: this.#token });
  }
}

/** Whether it was there: an engine that an earlier kill hit may be listed until its parent has noticed. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

async function startRun(victim: Victim, name: string): Promise<string> {
  await victim.product.call('createWorkflow', { body: { workflow: contactsWorkflow(name) } });
  return (await victim.product.call('startRun', { params: { workflow: name }, body: { which: 'draft' } })).id;
}

async function runCase(victim: Victim, index: number, duration: number, expected: Expected): Promise<void> {
  const name = `crash_${index}`;
  const run = await startRun(victim, name);
  const count = 1 + Math.floor(random() * 3);
  for (let kill = 0; kill < count; kill += 1) {
    await pause(random() * duration);
    await (random() < 0.6 ? victim.killEngine() : victim.killWeb());
  }
  await verify(victim, name, run, expected);
}

async function verify(victim: Victim, name: string, runId: string, expected: Expected): Promise<void> {
  const run = await victim.product.finished(runId);
  same('state of the run', run.state, 'succeeded');
  const counts = Object.fromEntries(
    run.tasks.flatMap((task) =>
      Object.entries(task.outputs).map(([port, output]) => [`${task.nodeId}.${port}`, output.count]),
    ),
  );
  same('rows imported', counts['changedContacts.success'], expected.imported);
  same('rows kept', counts['onePerEmail.success'], expected.kept.length);
  same('duplicates', counts['onePerEmail.duplicates'], expected.duplicates.length);
  same('rows of the table', await localRows(victim.product, `${name}_contacts`), expected.kept);
  same('rows of the other table', await localRows(victim.product, `${name}_duplicate_contacts`), expected.duplicates);
  same(
    'tasks still running',
    run.tasks.filter((task) => task.state === 'running' || task.state === 'pending').length,
    0,
  );
  const events = await victim.product.call('listEvents', { params: { run: runId }, query: { limit: 5_000 } });
  const ended = events
    .filter((event) => event.type === 'task.succeeded')
    .map((event) => String((event as unknown as { taskId: string }).taskId));
  same('each task succeeded once', ended.length, new Set(ended).size);
}

async function localRows(product: Product, table: string): Promise<string[]> {
  const rows: unknown[][] = [];
  let cursor: string | undefined;
  do {
    const page = await product.call('listLocalRows', { params: { table }, query: { limit: 1_000, cursor } });
    rows.push(...page.rows);
    cursor = page.cursor ?? undefined;
  } while (cursor);
  return asSet(rows);
}

function same(what: string, found: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${String(a).slice(0, 300)} instead of ${String(b).slice(0, 300)}`);
}

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-crash-'));
  const org = await startOrganisation({ seed: 5, contacts: Number(values.contacts) });
  const contacts = await expectedContacts(org);
  const { kept, duplicates } = splitByEmail(contacts);
  const expected = { imported: contacts.length, kept: asSet(kept), duplicates: asSet(duplicates) };
  const victim = await Victim.start(folder, org);
  const failures: string[] = [];
  try {
    const began = performance.now();
    const calm = await startRun(victim, 'calm');
    await verify(victim, 'calm', calm, expected);
    const duration = performance.now() - began;
    console.log(`seed ${seed}; an undisturbed run of ${contacts.length} contacts takes ${Math.round(duration)} ms`);
    for (let index = 0; index < cases; index += 1) {
      await runCase(victim, index, duration, expected).catch((error: unknown) => {
        failures.push(`case ${index}: ${error instanceof Error ? error.message : String(error)}`);
        console.log(failures.at(-1));
      });
      if ((index + 1) % 10 === 0)
        console.log(`${index + 1} cases, ${victim.kills.engine} engines and ${victim.kills.web} web processes killed`);
    }
  } finally {
    await victim.product.stop();
    await org.stop();
    if (failures.length === 0) await rm(folder, { recursive: true, force: true });
  }
  console.log(`${cases - failures.length} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = await main();
