/**
 * `npm run test:crash -- --cases N [--seed N] [--database sqlite|postgres]`: runs workflows over and over, and kills parts
 * of the product (kill -9) at random instants of each run. After each: the run ends, nothing is lost, nothing is doubled,
 * and no task holds a lease. Ends with `N passed, N failed`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startOrganisation } from '../harness/organisation.ts';
import { randomness } from '../harness/random.ts';
import type { CrashCase } from './cases.ts';
import { crashCases, verifyEnd } from './cases.ts';
import type { Victim } from './victim.ts';
import { startFolderVictim } from './victim.ts';
import { startWorkersVictim } from './workers.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    seed: { type: 'string' },
    contacts: { type: 'string', default: '6000' },
    database: { type: 'string', default: 'sqlite' },
  },
});
const cases = Number(values.cases);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
/** The same seed kills at the same instants. */
const random = randomness(seed);

async function startRun(victim: Victim, kind: CrashCase, name: string): Promise<string> {
  await victim.product.call('createWorkflow', { body: { workflow: kind.workflow(name) } });
  return (await victim.product.call('startRun', { params: { workflow: name }, body: { which: 'draft' } })).id;
}

async function verify(victim: Victim, kind: CrashCase, name: string, runId: string): Promise<void> {
  const run = await victim.product.finished(runId);
  await verifyEnd(victim.product, run);
  await kind.verify(victim.product, name, run);
}

/** Milliseconds that the run takes when nobody disturbs it. */
async function runCalmly(victim: Victim, kind: CrashCase, name: string): Promise<number> {
  const began = performance.now();
  await verify(victim, kind, name, await startRun(victim, kind, name));
  return performance.now() - began;
}

async function runDisturbed(victim: Victim, kind: CrashCase, name: string, duration: number): Promise<void> {
  const run = await startRun(victim, kind, name);
  const count = 1 + Math.floor(random() * 3);
  for (let strike = 0; strike < count; strike += 1) {
    await pause(random() * duration);
    await victim.strike(random());
  }
  await verify(victim, kind, name, run);
}

const killed = ({ kills }: Victim): string =>
  Object.entries(kills)
    .map(([part, count]) => `${count} ${part}`)
    .join(', ');

async function runAll(victim: Victim, kinds: readonly CrashCase[]): Promise<string[]> {
  const failures: string[] = [];
  const calm: { kind: CrashCase; duration: number }[] = [];
  for (const [index, kind] of kinds.entries()) {
    const duration = await runCalmly(victim, kind, `calm_${index}`);
    console.log(`undisturbed, ${kind.title} takes ${Math.round(duration)} ms`);
    calm.push({ kind, duration });
  }
  for (let index = 0; index < cases; index += 1) {
    const chosen = calm[index % calm.length];
    if (!chosen) break;
    await runDisturbed(victim, chosen.kind, `crash_${index}`, chosen.duration).catch((error: unknown) => {
      failures.push(`case ${index}: ${error instanceof Error ? error.message : String(error)}`);
      console.log(failures.at(-1));
    });
    if ((index + 1) % 10 === 0) console.log(`${index + 1} cases; killed so far: ${killed(victim)}`);
  }
  return failures;
}

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-crash-'));
  const org = await startOrganisation({ seed: 5, contacts: Number(values.contacts) });
  const start = values.database === 'postgres' ? startWorkersVictim : startFolderVictim;
  const victim = await start(folder, org);
  let failures: string[] = [];
  console.log(`seed ${seed}`);
  try {
    failures = await runAll(victim, await crashCases(org));
  } finally {
    await victim.stop();
    await org.stop();
    if (failures.length === 0) await rm(folder, { recursive: true, force: true });
  }
  console.log(`${cases - failures.length} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = await main();
