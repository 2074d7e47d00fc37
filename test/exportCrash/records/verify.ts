/** Whether the organisation is what the rows are said to have become, and each of them became what it was planned to become. */
import type { Fault } from '../drawing.ts';
import type { Left, Stage } from '../stage.ts';
import { rowsBehind } from '../stage.ts';
import type { RunReply } from '../struck.ts';
import { sendingNode } from '../struck.ts';
import type { CrashCase } from './crashCase.ts';
import type { ArrivingRow, Before } from './input.ts';
import { readBeside } from './input.ts';
import type { CrmKind, CrmRemote, Person } from './remote.ts';

interface Facts {
  name: string;
  crash: CrashCase;
  crm: CrmKind;
  before: Before;
  rows: readonly ArrivingRow[];
}

export interface Verified {
  /** Rows by what became of them. */
  outcomes: Record<string, number>;
  /** Rows that were written. */
  written: number;
  /** The records as the export left them. */
  after: readonly Person[];
}

/** Throws an Error that says what is not as it should be. */
export async function verify(stage: Stage<CrmRemote>, run: RunReply, facts: Facts): Promise<Verified> {
  const { done, rejected } = await rowsLeft(stage, run, facts.rows.length, 'row');
  for (const row of done) asPlanned(facts, row, String(row.outcome));
  for (const row of rejected) asRefused(facts, row);
  const after = await stage.remote.read(facts.name);
  compare(after, expectedRecords(facts, done));
  await leftAlone(stage.remote, facts);
  const written = done.filter(({ outcome }) => outcome !== 'unchanged').length;
  return { outcomes: countBy([...done, ...rejected], 'outcome'), written, after };
}

const taken: Record<string, string> = { created: 'deleted', updated: 'updated', deleted: 'undeleted' };

/** The same of its undo: all is as it was before, save what was refused. Gives rows by what became of them. */
export async function verifyUndo(
  stage: Stage<CrmRemote>,
  run: RunReply,
  facts: Facts,
  { written, after }: Verified,
): Promise<Record<string, number>> {
  const { name, crash, crm, before } = facts;
  const { done, rejected } = await rowsLeft(stage, run, written, '_row');
  for (const row of done)
    if (row._outcome !== taken[String(row.outcome)])
      throw new Error(`record ${row.recordId}, which was ${row.outcome}, is ${row._outcome} by the undo`);
  for (const row of rejected) mayBeRefused(crm, crash.undo?.faults ?? [], row);
  const refused = new Set(rejected.map(({ recordId }) => recordId));
  const left = after.filter(({ id }) => refused.has(id));
  compare(await stage.remote.read(name), [...before.records.filter(({ id }) => !refused.has(id)), ...left]);
  await leftAlone(stage.remote, facts);
  return countBy([...done, ...rejected], '_outcome');
}

const countBy = (rows: readonly Left[], outcome: string): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(rows, (row) => String(row.errorCode ?? row[outcome]))].map(([what, all]) => [what, all.length]),
  );

/** Each row that came has left, by one exit, and none by that of doubt; what is kept of the export says the same. */
async function rowsLeft(stage: Stage, run: RunReply, count: number, by: string) {
  const task = run.tasks.find(({ nodeId }) => nodeId === sendingNode);
  if (!task) throw new Error(`the run ended as ${run.state} before its export`);
  const [done = [], rejected = [], doubtful = []] = await Promise.all(
    ['success', 'reject', 'doubt'].map((port) => rowsBehind(stage, run.id, task, port)),
  );
  const all = [...done, ...rejected, ...doubtful];
  const places = new Set(all.map((row) => Number(row[by])));
  if (all.length !== count || places.size !== count)
    throw new Error(
      `${count} rows came, ${all.length} left, ${places.size} of them others: ${run.state}, ${task.state} ${task.error?.message ?? ''}`,
    );
  if (doubtful.length > 0)
    throw new Error(
      `${doubtful.length} rows are in doubt that could have been asked for: ${doubtful[0]?.errorMessage}`,
    );
  await sameAsKept(stage, task.id, countBy(all, by === 'row' ? 'outcome' : '_outcome'));
  return { done, rejected };
}

async function sameAsKept({ product }: Stage, id: string, words: Record<string, number>): Promise<void> {
  const { stage, counts, openDoubt } = await product.call('getExport', { params: { export: id } });
  const input = Object.values(words).reduce((sum, count) => sum + count, 0);
  const kept = Object.values(counts.outcomes).reduce((sum, count) => sum + count, 0);
  const differs = Object.entries(counts.outcomes).some(
    ([what, count]) => what !== 'rejected' && what !== 'unsent' && (words[what] ?? 0) !== count,
  );
  if (stage !== 'settled' || counts.input !== input || kept !== input || openDoubt > 0 || differs)
    throw new Error(`what is kept says otherwise: ${stage} ${JSON.stringify(counts)}; ${JSON.stringify(words)}`);
}

function asPlanned({ rows }: Facts, row: Left, outcome: string): void {
  const wanted = rows[Number(row.row)]?.expected;
  if (outcome !== wanted) throw new Error(`row ${row.row} is ${outcome} in place of ${wanted}`);
}

function asRefused(facts: Facts, row: Left): void {
  const { rows, crash, crm } = facts;
  const isAsked = ['NO_MATCH', 'VALUE_TAKEN'].includes(rows[Number(row.row)]?.expected ?? '');
  if (isAsked) asPlanned(facts, row, String(row.errorCode));
  else mayBeRefused(crm, crash.faults, row);
}

function mayBeRefused({ refusing }: CrmKind, faults: readonly Fault[], row: Left): void {
  if (!faults.some(({ kind }) => refusing.includes(kind)))
    throw new Error(
      `record ${row.recordId} is rejected, and nothing was in its way: ${row.errorCode} ${row.errorMessage}`,
    );
}

function expectedRecords({ crash, before }: Facts, done: readonly Left[]): Person[] {
  const there = new Map(before.records.map((record) => [record.id, record]));
  for (const row of done) {
    const id = String(row.recordId);
    if (row.outcome === 'created' && there.has(id)) throw new Error(`the record ${id} was created twice`);
    if (row.outcome === 'deleted') there.delete(id);
    else there.set(id, written(crash, row, there.get(id)));
  }
  return [...there.values()];
}

async function leftAlone(remote: CrmRemote, { name, before }: Facts): Promise<void> {
  const now = await readBeside(remote, name);
  const at = before.beside.findIndex((text, index) => text !== now[index]);
  if (at >= 0 || now.length !== before.beside.length)
    throw new Error(`a record that nothing was sent of has changed: ${now[Math.max(0, at)]}`);
}

function compare(records: readonly Person[], expected: readonly Person[]): void {
  const [found, wanted] = [records.map(textOf).sort(), expected.map(textOf).sort()];
  const at = wanted.findIndex((text, index) => text !== found[index]);
  if (at >= 0 || wanted.length !== found.length)
    throw new Error(
      `${found.length} records in place of ${wanted.length}; ${found[Math.max(0, at)]} in place of ${wanted[Math.max(0, at)]}`,
    );
}

/** The record as the row wanted it. */
function written({ kind }: CrashCase, row: Left, old: Person | undefined): Person {
  const own = { id: String(row.recordId), title: row.title as string };
  if (kind.startsWith('update')) return { ...(old as Person), ...own };
  const key = kind === 'automatic' ? (old?.key ?? null) : kind === 'insert' ? null : (row.key as string);
  return { ...own, key, last: row.last as string, department: row.department as string };
}

const textOf = ({ id, key, last, title, department }: Person): string =>
  JSON.stringify([id, key, last, title, department]);
