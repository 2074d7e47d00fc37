/** Cases, one after the other, each by a seed of its own, with which it can be played again alone. */
import { createDatabase, dropDatabase } from '../harness/database.ts';
import type { Strike } from './drawing.ts';
import type { Way } from './files/draw.ts';
import { describeFileCase, drawFileCase } from './files/draw.ts';
import { openCloud } from './files/remote.ts';
import type { SharedServers } from './files/servers.ts';
import { shareServers } from './files/servers.ts';
import { runFileCase } from './files/trial.ts';
import { dataverse } from './records/dataverse.ts';
import { describeCase, drawCase } from './records/draw.ts';
import type { CrmKind } from './records/remote.ts';
import { salesforce } from './records/salesforce.ts';
import { runCase } from './records/trial.ts';
import { openStage } from './stage.ts';
import type { Shown } from './struck.ts';

const databases = ['sqlite', 'postgres'] as const;
type Database = (typeof databases)[number];

/** Where cases of one target are played. */
interface Playground extends AsyncDisposable {
  draw(seed: number, mostRows: number): DrawnCase;
}

interface DrawnCase {
  /** For people. */
  text: string;
  drawn: object;
  /** `name`: no other case of the playground has it. Throws an Error that says what is not as it should be. */
  run(name: string): Promise<Shown>;
}

/** `databaseUrl`: that of an empty PostgreSQL database; left out: SQLite. */
type OpenPlayground = (shared: SharedServers, databaseUrl?: string) => Promise<Playground>;

/** By what `--target` names. */
export const targets: Record<string, OpenPlayground> = {
  salesforce: (_, url) => openRecords(salesforce, url),
  dataverse: (_, url) => openRecords(dataverse, url),
  'marketing-cloud': (shared, url) => openFiles(['rest', 'sftp', 's3'], shared, url),
  files: (shared, url) => openFiles(['sftp', 's3'], shared, url),
  sftp: (shared, url) => openFiles(['sftp'], shared, url),
  s3: (shared, url) => openFiles(['s3'], shared, url),
  rest: (shared, url) => openFiles(['rest'], shared, url),
};

async function openFiles(ways: readonly Way[], shared: SharedServers, databaseUrl?: string): Promise<Playground> {
  const store = ways.includes('s3') ? await shared.s3() : undefined;
  const stage = await openStage(() => openCloud(ways.includes('sftp'), store), databaseUrl);
  return {
    draw(seed, mostRows) {
      const drawn = drawFileCase(ways, seed, mostRows);
      return { text: describeFileCase(drawn), drawn, run: (name) => runFileCase(stage, name, drawn) };
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

async function openRecords(crm: CrmKind, databaseUrl?: string): Promise<Playground> {
  const stage = await openStage(crm.open, databaseUrl);
  return {
    draw(seed, mostRows) {
      const drawn = drawCase(crm, seed, mostRows);
      return { text: describeCase(drawn), drawn, run: (name) => runCase(crm, stage, name, drawn) };
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

export interface Wish {
  /** One of `targets`. */
  target: string;
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
  await using shared = shareServers();
  const seeds = Array.from({ length: wish.cases }, (_, index) => wish.seed + index);
  for (const database of databases) {
    const own = seeds.filter((seed) => database === (wish.database === 'both' ? databases[seed % 2] : wish.database));
    while (own.length > 0) await playOnStage(database, wish, own, { played, shared });
  }
  return played;
}

/** Takes seeds until the stage is used up; one on which a case failed is not used again. */
async function playOnStage(
  database: Database,
  wish: Wish,
  seeds: number[],
  { played, shared }: { played: Played; shared: SharedServers },
): Promise<void> {
  const open = targets[wish.target];
  if (open === undefined) throw new Error(`there is no target ${wish.target}`);
  const url = database === 'postgres' ? await createDatabase() : undefined;
  await using cleared = new AsyncDisposableStack();
  if (url !== undefined) cleared.defer(() => dropDatabase(url));
  const playground = cleared.use(await open(shared, url));
  for (let count = 0; count < casesPerStage; count += 1) {
    const seed = seeds.shift();
    if (seed === undefined || !(await playOne(playground, wish, seed, played))) return;
  }
}

async function playOne(playground: Playground, { rows, say }: Wish, seed: number, played: Played): Promise<boolean> {
  const { text, drawn, run } = playground.draw(seed, rows);
  const began = performance.now();
  const tell = (result: string): void =>
    say(`seed ${seed}: ${text}: ${result} (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
  try {
    const shown = await run(`case_${seed}`);
    add(played, shown);
    tell(`${shown.attempts} attempts, ${JSON.stringify(shown.outcomes)}`);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    played.failures.push(`seed ${seed}: ${message}; ${JSON.stringify(drawn)}`);
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
