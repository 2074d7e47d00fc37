/** Whether the organisation is what the rows are said to have become, and each of them became what it was planned to become. */
import type { Reply } from '../../contract/api.ts';
import type { Cell } from '../../contract/types.ts';
import type { CrashCase } from './draw.ts';
import type { ArrivingRow, Contact } from './input.ts';
import { readRecords } from './input.ts';
import type { Stage } from './stage.ts';

export interface Facts {
  name: string;
  crash: CrashCase;
  before: readonly Contact[];
  rows: readonly ArrivingRow[];
}

/** The node that exports. */
export const exportNode = 'send';

/** A row behind a port of the export. */
type Left = Record<string, Cell>;

/** What the organisation says when it refuses a record although nothing is wrong with it; only such faults lead to it. */
const refusing = ['lock-row', 'fail-job', 'abort-job', 'status', 'reset-before', 'reset-after', 'reset-mid-body'];

/** Gives how many rows came to each end. Throws an Error that says what is not as it should be. */
export async function verify(stage: Stage, run: Reply<'getRun'>, facts: Facts): Promise<Record<string, number>> {
  const [done = [], rejected = [], doubtful = []] = await Promise.all(
    ['success', 'reject', 'doubt'].map((port) => rowsOf(stage, run, port)),
  );
  accountFor(facts, [...done, ...rejected, ...doubtful], run);
  if (doubtful.length > 0)
    throw new Error(
      `${doubtful.length} rows are in doubt although the organisation could have been asked: ${doubtful[0]?.errorMessage}`,
    );
  for (const row of done) asPlanned(facts, row, String(row.outcome));
  for (const row of rejected) asRefused(facts, row);
  await compare(stage, facts, done);
  return Object.fromEntries(
    [...Map.groupBy([...done, ...rejected], (row) => String(row.errorCode ?? row.outcome))].map(([what, all]) => [
      what,
      all.length,
    ]),
  );
}

async function rowsOf({ product, token }: Stage, run: Reply<'getRun'>, port: string): Promise<Left[]> {
  const task = run.tasks.find(({ nodeId, outputs }) => nodeId === exportNode && port in outputs);
  if (!task) return [];
  const response = await fetch(`${product.url}/api/runs/${run.id}/tasks/${task.id}/${port}/rows.json`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`the rows behind ${port} cannot be read: ${await response.text()}`);
  return (await response.json()) as Left[];
}

/** Each row that came has left, by one exit. */
function accountFor({ rows }: Facts, left: readonly Left[], run: Reply<'getRun'>): void {
  const places = new Set(left.map(({ row }) => Number(row)));
  if (left.length === rows.length && places.size === rows.length) return;
  const tasks = run.tasks.map((task) => `${task.nodeId} ${task.state} ${task.error?.message ?? ''}`.trim());
  throw new Error(
    `${rows.length} rows came, ${left.length} left, ${places.size} of them others: ${run.state} (${tasks.join(', ')})`,
  );
}

function asPlanned({ rows }: Facts, row: Left, outcome: string): void {
  const wanted = rows[Number(row.row)]?.expected;
  if (outcome !== wanted) throw new Error(`row ${row.row} is ${outcome} in place of ${wanted}`);
}

function asRefused(facts: Facts, row: Left): void {
  const { rows, crash } = facts;
  if (rows[Number(row.row)]?.expected === 'NO_MATCH') asPlanned(facts, row, String(row.errorCode));
  else if (!crash.faults.some(({ kind }) => refusing.includes(kind)))
    throw new Error(`row ${row.row} is rejected, and nothing was in its way: ${row.errorCode} ${row.errorMessage}`);
}

async function compare({ org }: Stage, { name, crash, before }: Facts, done: readonly Left[]): Promise<void> {
  const there = new Map(before.map((record) => [record.id, record]));
  for (const row of done) {
    const id = String(row.recordId);
    if (row.outcome === 'created' && there.has(id)) throw new Error(`the record ${id} was created twice`);
    if (row.outcome === 'deleted') there.delete(id);
    else there.set(id, written(crash, row, there.get(id)));
  }
  const wanted = [...there.values()].map(textOf).sort();
  const found = (await readRecords(org, name)).map(textOf).sort();
  const at = wanted.findIndex((text, index) => text !== found[index]);
  if (at >= 0 || wanted.length !== found.length)
    throw new Error(
      `${found.length} records in place of ${wanted.length}; ${found[Math.max(0, at)]} in place of ${wanted[Math.max(0, at)]}`,
    );
}

/** The record as the row wanted it. */
function written({ kind }: CrashCase, row: Left, old: Contact | undefined): Contact {
  const own = { id: String(row.recordId), title: row.title as string };
  if (kind.startsWith('update')) return { ...(old as Contact), ...own };
  const key = kind === 'automatic' ? (old?.key ?? null) : kind === 'insert' ? null : (row.key as string);
  return { ...own, key, last: row.last as string, department: row.department as string };
}

const textOf = ({ id, key, last, title, department }: Contact): string =>
  JSON.stringify([id, key, last, title, department]);
