/**
 * One case: what the plan says is what the organisation shows afterwards, and nothing else in it has changed. Undone, it is as it
 * was before, save the records that the undo names.
 */
import { expect } from 'vitest';
import { isFinal } from '../../contract/run.ts';
import type { Cell } from '../../contract/types.ts';
import type { exportTests } from '../harness/exports.ts';
import type { Run } from '../harness/flow.ts';
import type { RunView } from '../harness/runView.ts';
import type { PlanCase } from './cases.ts';
import { shown } from './fields.ts';
import { columns, rowsOf, settingsOf } from './input.ts';
import type { Client, Values } from './world.ts';
import { makeRecords, nothing, readAccounts, readContacts, withValues } from './world.ts';

type Tests = Awaited<ReturnType<typeof exportTests>>;
type Row = Record<string, Cell>;

/** Gives a word for each row: what was planned for it, why it was refused, or what its undo came to. */
export async function playCase(tests: Tests, name: string, plan: PlanCase): Promise<string[]> {
  const org = tests.org();
  const ids = await makeRecords(org, name, plan);
  const accounts = await readAccounts(org, name);
  const before = await readContacts(org, 'Id != null');
  const { now } = (await org.control('clock', { advanceSeconds: 60 })) as { now: string };
  const flow = tests.flow(columns, rowsOf(name, plan, ids), settingsOf(plan)).named(name);
  const started = await flow.started();
  const { planned, run } = await approve(tests, started);
  const left = await rowsLeft(run);
  expect(left.all.map(numberOf).sort()).toEqual(plan.rows.map((_, index) => String(index)).sort());

  const expected = new Map(before);
  const touched = new Set<string>();
  for (const row of planned.filter((one) => left.done.has(numberOf(one)))) {
    const done = left.done.get(numberOf(row)) ?? {};
    const id = String(done.recordId);
    sameAsPlanned(row, done, before);
    if (row.action === 'delete') expected.delete(id);
    if (row.action === 'unchanged' || row.action === 'delete') continue;
    touched.add(id);
    expected.set(id, withValues(before.get(id) ?? nothing, row.values as Values, accounts));
  }
  const after = await readContacts(org, 'Id != null');
  expect(asObject(after)).toEqual(asObject(expected));
  expect([...(await changedSince(org, now))].sort()).toEqual([...touched].sort());
  const words = [...planned.map((row) => String(row.action)), ...left.rejected.map((row) => String(row.errorCode))];
  const written = [...left.done.values()].filter(({ outcome }) => outcome !== 'unchanged');
  if (written.length === 0) return words;
  const undone = await undo(tests, started, written.length);
  const refused = new Set(undone.rejected.map((row) => String(row.recordId)));
  expect(asObject(await readContacts(org, 'Id != null'))).toEqual(asObject(withRefused({ before, after }, refused)));
  return [...words, ...undone.words];
}

/** As it was before, but for the records that the undo has left as they were. */
function withRefused(
  { before, after }: Record<'before' | 'after', ReadonlyMap<string, Values>>,
  refused: ReadonlySet<string>,
): Map<string, Values> {
  const records = new Map(before);
  for (const id of refused) {
    const left = after.get(id);
    if (left) records.set(id, left);
    else records.delete(id);
  }
  return records;
}

async function undo(tests: Tests, exported: Run, written: number): Promise<{ rejected: Row[]; words: string[] }> {
  const { run } = await approve(tests, await tests.undo(await tests.kept(exported)));
  const { done, rejected, all } = await rowsLeft(run, '_row');
  expect(all).toHaveLength(written);
  // Behind what became of the record in the export.
  const said = [...done.values()].map((row) => `undo ${row._outcome}`);
  return { rejected, words: [...said, ...rejected.map(({ errorCode }) => `undo ${errorCode}`)] };
}

const numberOf = (row: Row): string => String(row.row);
const asObject = (records: ReadonlyMap<string, Values>): Record<string, Values> =>
  Object.fromEntries([...records].sort(([one], [other]) => (one < other ? -1 : 1)));

/** What was planned, read before the answer: yes. Where nobody is asked, what stays as it is was the plan. */
async function approve({ engine }: Tests, run: Run): Promise<{ planned: Row[]; run: RunView }> {
  const asked = await engine.watch(
    async () => {
      const now = await run.now();
      return now.state === 'waiting for approval' || isFinal(now.state) ? now : null;
    },
    () => 'The export neither asks nor ends',
  );
  if (asked.state === 'failed') throw new Error(asked.describe());
  const port = isFinal(asked.state) ? 'send.success' : 'send.plan';
  const rows = asked.output(port) ? await asked.rows(port) : [];
  if (isFinal(asked.state))
    return { run: asked, planned: rows.map((row) => ({ ...row, action: 'unchanged', values: {}, before: {} })) };
  await run.decide('send', true);
  return { planned: rows, run: await run.finished() };
}

/** `by`: the column that tells rows apart. */
async function rowsLeft(run: RunView, by = 'row'): Promise<{ done: Map<string, Row>; rejected: Row[]; all: Row[] }> {
  const of = async (port: string): Promise<Row[]> => (run.output(`send.${port}`) ? run.rows(`send.${port}`) : []);
  const [done, rejected, doubt] = await Promise.all([of('success'), of('reject'), of('doubt')]);
  expect(doubt).toEqual([]);
  return { done: new Map(done.map((row) => [String(row[by]), row])), rejected, all: [...done, ...rejected] };
}

const outcomes: Record<string, string> = {
  create: 'created',
  upsert: 'created',
  update: 'updated',
  delete: 'deleted',
  unchanged: 'unchanged',
};

/** Nobody comes between: what was planned is what became of it, and the old values are those that were there. */
function sameAsPlanned(row: Row, done: Row, before: ReadonlyMap<string, Values>): void {
  expect(done.outcome).toBe(outcomes[String(row.action)]);
  if (row.recordId !== null) expect(done.recordId).toBe(row.recordId);
  expect(before.has(String(done.recordId))).toBe(done.outcome !== 'created');
  if (row.action !== 'update') return;
  for (const [field, value] of Object.entries((row.before ?? {}) as Values))
    expect([field, shown(field, value)]).toEqual([field, before.get(String(done.recordId))?.[field]]);
}

async function changedSince(org: Client, instant: string): Promise<Set<string>> {
  const at = new Date(instant).toISOString();
  const others = await org.query(`SELECT Id FROM Account WHERE SystemModstamp >= ${at}`);
  expect(others).toEqual([]);
  return new Set((await readContacts(org, `SystemModstamp >= ${at}`)).keys());
}
