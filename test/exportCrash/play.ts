/** Cases, one after the other, each by a seed of its own, with which it can be played again alone. */
import { createDatabase, dropDatabase } from '../harness/database.ts';
import type { CrashCase, Strike, Troubles } from './draw.ts';
import { drawCase } from './draw.ts';
import type { Stage } from './stage.ts';
import { openStage } from './stage.ts';
import type { Shown } from './trial.ts';
import { runCase } from './trial.ts';

const databases = ['sqlite', 'postgres'] as const;
type Database = (typeof databases)[number];

export interface Wish {
  cases: number;
  /** Of the first case; each further one has the next number. */
  seed: number;
  /** Most rows of an export. */
  rows: number;
  /** `both`: a case with an even seed on SQLite, one with an odd seed on PostgreSQL. */
  database: Database | 'both';
  /** Progress for people. */
  say(text: string): void;
}

export interface Played {
  failures: string[];
  /** Attempts beside the first ones. */
  again: number;
  met: Record<Strike['kind'], number>;
  outcomes: Record<string, number>;
}

/** The rows of so many cases lie on a disk and in an organisation at once. */
const casesPerStage = 10;

export async function playCases(wish: Wish): Promise<Played> {
  const played: Played = { failures: [], again: 0, met: { kill: 0, sleep: 0 }, outcomes: {} };
  const seeds = Array.from({ length: wish.cases }, (_, index) => wish.seed + index);
  for (const database of databases) {
    const own = seeds.filter((seed) => database === (wish.database === 'both' ? databases[seed % 2] : wish.database));
    while (own.length > 0) await playOnStage(database, wish, own, played);
  }
  return played;
}

/** Takes seeds until the stage is used up; one on which a case failed is not used again. */
async function playOnStage(database: Database, wish: Wish, seeds: number[], played: Played): Promise<void> {
  const url = database === 'postgres' ? await createDatabase() : undefined;
  await using cleared = new AsyncDisposableStack();
  if (url !== undefined) cleared.defer(() => dropDatabase(url));
  const stage = cleared.use(await openStage(url));
  for (let count = 0; count < casesPerStage; count += 1) {
    const seed = seeds.shift();
    if (seed === undefined || !(await playOne(stage, wish, seed, played))) return;
  }
}

async function playOne(stage: Stage, { rows, say }: Wish, seed: number, played: Played): Promise<boolean> {
  const crash = drawCase(seed, rows);
  const began = performance.now();
  const tell = (result: string): void =>
    say(`seed ${seed}: ${describe(crash)}: ${result} (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
  try {
    const shown = await runCase(stage, `case_${seed}`, crash);
    add(played, shown);
    tell(`${shown.attempts} attempts, ${JSON.stringify(shown.outcomes)}`);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    played.failures.push(`seed ${seed}: ${message}; ${JSON.stringify(crash)}`);
    tell(`FAILED: ${message}`);
    return false;
  }
}

function add(played: Played, { attempts, met, outcomes }: Shown): void {
  played.again += attempts - 1;
  played.met.kill += met.kill;
  played.met.sleep += met.sleep;
  for (const [what, count] of Object.entries(outcomes)) played.outcomes[what] = (played.outcomes[what] ?? 0) + count;
}

function describe({ kind, batches, rows, undo, ...own }: CrashCase): string {
  const named = ({ faults, strikes }: Troubles): string =>
    [...faults, ...strikes].map((one) => one.kind).join(', ') || 'nothing goes wrong';
  const undone = undo === null ? '' : `; undone: ${named(undo)}`;
  return `${kind}, batches ${batches}, ${rows} rows, ${named(own)}${undone}`;
}
