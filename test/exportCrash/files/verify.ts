/** Whether a data extension holds what the rows are said to have become, and nothing else has changed. */
import type { Fault } from '../drawing.ts';
import type { Left, Stage } from '../stage.ts';
import { rowsBehind } from '../stage.ts';
import type { Struck } from '../struck.ts';
import type { FileCase } from './draw.ts';
import type { ArrivingRow, Extension, Held } from './input.ts';
import { formOf, isSent } from './input.ts';
import type { CloudRemote, ImportRun } from './remote.ts';

/** What is sent in one run. */
export interface Sending {
  file: FileCase;
  /** Those that arrive at the Change detection. */
  rows: readonly ArrivingRow[];
  /** Those of them that have to leave it. */
  due: readonly ArrivingRow[];
  before: Extension;
}

export interface Arrived {
  /** Which rows are said to be written. */
  arrived: Set<number>;
  /** Rows by what became of them. */
  outcomes: Record<string, number>;
}

interface Seen {
  struck: Struck;
  /** Names of the new files. */
  laid: readonly string[];
  imports: readonly ImportRun[];
  after: Extension;
}

/** Throws an Error that says what is not as it should be. */
export async function verify(stage: Stage<CloudRemote>, sending: Sending, seen: Seen): Promise<Arrived> {
  const { run, task } = seen.struck;
  const detect = run.tasks.find(({ nodeId }) => nodeId === 'detect');
  if (!detect || task.state !== 'succeeded')
    throw new Error(
      `the run ended as ${run.state}: ${task.error?.message}; imports: ${JSON.stringify(seen.imports.map(({ status, problem }) => problem ?? status))}`,
    );
  const [unchanged, done, rejected] = await Promise.all([
    rowsBehind(stage, run.id, detect, 'unchanged'),
    rowsBehind(stage, run.id, task, 'success'),
    rowsBehind(stage, run.id, task, 'reject'),
  ]);
  demandOnce(sending, unchanged, [...done, ...rejected]);
  for (const row of done) asWanted(sending, row, 'written');
  for (const row of rejected) asRefused(sending, row);
  compare(sending, seen.after, done, rejected);
  demandFiles(sending, seen);
  demandImports(sending, seen);
  const words = Map.groupBy([...done, ...rejected], ({ errorCode }) => String(errorCode ?? 'written'));
  return {
    arrived: new Set(done.map(placeOf)),
    outcomes: Object.fromEntries([...words].map(([word, all]) => [word, all.length])),
  };
}

const placeOf = (row: Left): number => Number(row.row);

/** What arrived before as it is does not leave again; all else leaves, by one exit. */
function demandOnce({ rows, due }: Sending, unchanged: readonly Left[], left: readonly Left[]): void {
  const places = new Set(left.map(placeOf));
  const wanted = new Set(due.map(({ cells }) => Number(cells[0])));
  const missing = [...wanted].filter((place) => !places.has(place));
  if (left.length !== due.length || places.size !== due.length || missing.length > 0)
    throw new Error(
      `${due.length} rows were due, ${left.length} left, ${places.size} of them others; missing: ${missing.slice(0, 5)}`,
    );
  if (unchanged.length !== rows.length - due.length)
    throw new Error(`${unchanged.length} rows count as sent in place of ${rows.length - due.length}`);
}

function asWanted({ rows }: Sending, row: Left, outcome: string): void {
  const wanted = rows[placeOf(row)]?.expected;
  if (outcome !== wanted) throw new Error(`row ${row.row} is ${outcome} in place of ${wanted}: ${row.errorMessage}`);
}

/** Rows that are refused or lost although nothing is wrong with them, by the codes that say so. */
const refusing: Record<string, readonly string[]> = {
  'lose-rows': ['NOT_IMPORTED', 'RULE_REFUSED'],
  'refuse-rows': ['NOT_IMPORTED', 'RECORD_BUSY'],
  'fail-work': ['RULE_REFUSED'],
};

function asRefused(sending: Sending, row: Left): void {
  const code = String(row.errorCode);
  const mayBe = sending.file.faults.some(({ kind }: Fault) => refusing[kind]?.includes(code));
  if (!mayBe) asWanted(sending, row, code);
}

/** What was rejected may have arrived by an import that was started again: it is sent once more, which does no harm. */
function compare({ rows, before, file }: Sending, after: Extension, done: readonly Left[], rejected: readonly Left[]) {
  const wanted = new Map(before);
  const arriving = (row: Left): ArrivingRow => rows[placeOf(row)] as ArrivingRow;
  const keyOf = ({ wanted: { ContactKey } }: ArrivingRow): string => formOf(ContactKey);
  if (file.start) for (const row of done) wanted.set(keyOf(arriving(row)), arriving(row).wanted);
  for (const row of rejected.map(arriving)) {
    const held = after.get(keyOf(row));
    if (row.expected === 'written' && held && textOf(held) === textOf(row.wanted)) wanted.set(keyOf(row), held);
  }
  for (const [key, row] of wanted)
    if (textOf(after.get(key)) !== textOf(row)) throw new Error(`${textOf(after.get(key))} in place of ${textOf(row)}`);
  if (after.size !== wanted.size) throw new Error(`${after.size} rows in place of ${wanted.size}`);
}

const textOf = (held: Held | undefined): string =>
  held ? JSON.stringify([held.ContactKey, held.Email, held.Score, held.Note]) : 'nothing';

function demandFiles({ file, due }: Sending, { laid }: Seen): void {
  const wanted = file.way === 'rest' || !due.some(isSent) ? 0 : 1;
  if (laid.length !== wanted) throw new Error(`${laid.length} files in place of ${wanted}: ${laid.join(', ')}`);
}

/** Each file once, unless something went wrong; and never a part of it. */
function demandImports({ file, due }: Sending, { imports }: Seen): void {
  const { way, start, faults, strikes, wire } = file;
  const count = due.filter(isSent).length;
  const wanted = way === 'rest' || !start || count === 0 ? 0 : 1;
  const isCalm = faults.length + strikes.length + wire.length === 0;
  if (isCalm || wanted === 0 ? imports.length !== wanted : imports.length < wanted)
    throw new Error(`${imports.length} imports were started in place of ${wanted}`);
  const part = imports.find(({ status, totals }) => status === 'Completed' && totals.rows !== count);
  if (part) throw new Error(`an import had ${part.totals.rows} of ${count} rows`);
}
