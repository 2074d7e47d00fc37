/** One case: rows are exported while things go wrong, and then the organisation is compared with what each row is said to have become. */

import type { Cell, Column } from '../../contract/types.ts';
import { defaults } from '../../nodes/crm-connector/config.ts';
import type { ExportConfig } from '../../nodes/crm-connector/exportConfig.ts';
import type { TestEngine } from '../harness/engine.ts';
import type { Watch } from '../harness/interruptions.ts';
import { plainClient } from '../harness/organisation.ts';
import { passTime } from '../harness/passTime.ts';
import type { RunView } from '../harness/runView.ts';
import type { CrashCase } from './draw.ts';
import { kinds } from './draw.ts';

type Client = ReturnType<typeof plainClient>;

const columns: Column[] = ['id', 'key', 'last', 'title', 'department'].map((name) => ({
  name,
  label: name,
  type: 'text',
}));
type Row = Record<'id' | 'key' | 'last' | 'title' | 'department', string | null>;

/** Columns by field. */
type Mapped = Record<string, keyof Row>;

const mapping = (fields: Mapped): ExportConfig['mapping'] =>
  Object.entries(fields).map(([field, column]) => ({
    field,
    label: field,
    type: 'text',
    source: { kind: 'column', column },
    conversion: 'default',
    empty: 'keep',
    onlyIf: '',
  }));

/** What a case has shown beside that it went well. */
export interface Shown {
  attempts: number;
  outcomes: Record<string, number>;
}

/** Longer than a request may be on its way, and than a lease. */
const longTime = 750_000;

export async function runCase(engine: TestEngine, org: Client, name: string, crash: CrashCase): Promise<Shown> {
  await org.clearFaults();
  const before = await makeRecords(org, name, crash);
  const rows = makeRows(name, crash, before);
  const restarts: Promise<void>[] = [];
  const flow = engine
    .flow({ export: { type: 'crm-connector', config: configOf(crash), retry } }, ['input -> export'])
    .withRows(
      'input',
      columns,
      rows.map((row) => columns.map((column) => row[column.name as keyof Row])),
    )
    .named(name)
    .watched('export', watch(engine, crash, restarts));
  for (const fault of crash.faults) await org.control('faults', fault);
  const run = await passTime(engine, await flow.started(), 'export', longTime);
  await Promise.all(restarts);
  await org.clearFaults();
  return verify(run, org, name, { crash, before, rows });
}

const retry = { attempts: 12, delay: 0, maxDelay: 0 };

async function makeRecords(org: Client, name: string, { kind, rows }: CrashCase): Promise<Row[]> {
  const there = kind.startsWith('insert') ? 0 : kind === 'upsert' || kind === 'automatic' ? Math.floor(rows / 2) : rows;
  const values = Array.from({ length: there }, (_, index) => ({
    LastName: `person ${index}`,
    Title: 'old',
    Department: name,
    External_Id__c: keyOf(name, index),
  }));
  if (there > 0)
    await org.control(
      'records',
      values.map((one) => ({ operation: 'create', object: 'Contact', values: one })),
    );
  return readRecords(org, name);
}

const keyOf = (name: string, index: number): string => `${name} ${String(index).padStart(6, '0')}`;

async function readRecords(org: Client, name: string): Promise<Row[]> {
  // With a session of its own: that of before may have ended.
  const found = await plainClient(org).query(
    `SELECT Id, External_Id__c, LastName, Title, Department FROM Contact WHERE Department = '${name}' ORDER BY External_Id__c`,
  );
  return found.map((one) => ({
    id: String(one.Id),
    key: one.External_Id__c as string | null,
    last: one.LastName as string | null,
    title: one.Title as string | null,
    department: one.Department as string | null,
  }));
}

/** Records without a key are equal now and then. */
function makeRows(department: string, { kind, rows }: CrashCase, before: readonly Row[]): Row[] {
  return Array.from({ length: rows }, (_, index): Row => {
    const there = before[index];
    const title = index % 7 === 3 ? (there?.title ?? 'new') : 'new';
    if (there) return { ...there, title };
    const twin = kind === 'insert' || kind === 'automatic' ? Math.floor(index / 2) : index;
    const key = kind === 'insert by key' || kind === 'upsert' ? keyOf(department, index) : null;
    return { id: null, key, last: `person ${twin}`, title, department };
  });
}

function configOf({ kind, batches }: CrashCase): object {
  const { operation, mode, key } = kinds[kind];
  const record: Mapped = { LastName: 'last', Title: 'title', Department: 'department' };
  const byKey: Mapped = key === '' ? {} : { External_Id__c: 'key' };
  const own: Mapped = key === 'Id' ? { Id: 'id' } : byKey;
  const changed: Mapped = kind.startsWith('update') ? { Title: 'title' } : record;
  const fields = operation === 'delete' ? {} : changed;
  return {
    ...defaults,
    operation,
    connection: 'demo',
    object: 'Contact',
    export: {
      ...defaults.export,
      mode,
      key,
      mapping: mapping({ ...own, ...fields }),
      batches,
      // Nobody is there to be asked.
      approval: { ...defaults.export.approval, deletes: null },
    },
  };
}

function watch(engine: TestEngine, { restarts, sleep }: CrashCase, under: Promise<void>[]): Watch {
  let appends = 0;
  return {
    async onCall(call) {
      if (call !== 'append') return;
      appends += 1;
      if (appends === sleep) engine.clock.step(longTime);
      if (restarts.includes(appends)) under.push(engine.restart());
    },
  };
}

interface Facts {
  crash: CrashCase;
  before: readonly Row[];
  rows: readonly Row[];
}

/** Throws an Error that says what is not as it should be. */
async function verify(run: RunView, org: Client, name: string, { crash, before, rows }: Facts): Promise<Shown> {
  const done = await rowsOf(run, 'success');
  const others = (await Promise.all(['reject', 'doubt'].map((port) => rowsOf(run, port)))).flat();
  if (done.length + others.length !== rows.length)
    throw new Error(`${rows.length} rows came, ${done.length} and ${others.length} left: ${run.describe()}`);
  const there = new Map(before.map((row) => [row.id, row]));
  for (const row of done) {
    const id = String(row.recordId);
    if (row.outcome === 'created' && there.has(id)) throw new Error(`The record ${id} was created twice`);
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
  const outcomes: Record<string, number> = {};
  for (const row of [...done, ...others]) {
    const what = String(row.errorCode ?? row.outcome);
    outcomes[what] = (outcomes[what] ?? 0) + 1;
  }
  return { attempts: run.task('export').attempt, outcomes };
}

async function rowsOf(run: RunView, port: string): Promise<Record<string, Cell>[]> {
  return run.output(`export.${port}`) ? run.rows(`export.${port}`) : [];
}

/** The record as the row wanted it. */
function written({ kind }: CrashCase, row: Record<string, Cell>, old: Row | undefined): Row {
  const own = { id: String(row.recordId), title: row.title as string };
  if (kind.startsWith('update')) return { ...(old as Row), ...own };
  const key = kind === 'automatic' ? (old?.key ?? null) : kind === 'insert' ? null : (row.key as string);
  return { ...own, key, last: row.last as string, department: row.department as string };
}

const textOf = (row: Row): string => JSON.stringify([row.id, row.key, row.last, row.title, row.department]);
