/**
 * Calls of a webhook that start a run together. Whether they are due is read from what is stored: the instants at which they
 * came, and what the published version says. So a restart changes nothing, and of several engines the first one takes them.
 */
import type { HookDeclaration } from '../../contract/hook.ts';
import { openRunStates } from '../../contract/run.ts';
import type { Db } from '../db/transaction.ts';
import type { SignalRow } from '../signals/rows.ts';
import type { Host } from './host.ts';
import { findStart, isTaking, startRun } from './startSignalled.ts';

/** What one run takes at most, but always one call. */
const most = { calls: 5_000, events: 10_000, bytes: 8_000_000 };
/** Runs that are started in one round. */
const runsAtOnce = 20;

interface Batch {
  /** Which calls. */
  of: Pick<SignalRow, 'workflow_id' | 'hook'>;
  when: NonNullable<HookDeclaration['batch']>;
}

/** null: each of its calls starts a run, or its path is not there any more. */
export async function findBatch(db: Db, workflowId: string, hook: string): Promise<Batch | null> {
  const of = { workflow_id: workflowId, path: hook };
  const row: { declaration: string } | undefined = await db('hooks').where(of).first('declaration');
  const when = row && (JSON.parse(row.declaration) as HookDeclaration).batch;
  return when ? { of: { workflow_id: workflowId, hook }, when } : null;
}

/** One run after the other, so that what came later of one person is not overtaken. */
export async function deliverBatches(host: Host, diskFloor: number, batch: Batch): Promise<void> {
  for (let started = 0; started < runsAtOnce; started += 1) {
    if (!(await isDue(host, batch))) return;
    const [first, ...behind] = await chooseCalls(host.db, batch);
    const signal: SignalRow | undefined = first && (await host.db('signals').where({ id: first }).first());
    const start = signal ? await findStart(host, signal) : null;
    if (!signal || !start) return;
    // It asks again within the transaction that starts one; this spares that while a run goes on.
    const aside = start.workflow.settings?.concurrency === 'parallel';
    if (await (aside ? isTaking(host.db, batch.of) : isRunning(host.db, batch.of.workflow_id))) return;
    if (!(await startRun(host, diskFloor, { signal, behind }, start))) return;
  }
}

async function isDue({ db, clock }: Host, { of, when }: Batch): Promise<boolean> {
  const waiting: { events?: number | string | null; oldest?: string | null } | undefined = await db('signals')
    .where({ ...of, state: 'queued' })
    .sum({ events: 'events' })
    .min({ oldest: 'received_at' })
    .first();
  if (!waiting?.oldest) return false;
  const waited = clock.now().getTime() - Date.parse(waiting.oldest);
  return Number(waiting.events) >= when.events || waited >= when.wait;
}

/** Ids, the oldest first. */
async function chooseCalls(db: Db, { of }: Batch): Promise<string[]> {
  const calls: Pick<SignalRow, 'id' | 'events' | 'bytes'>[] = await db('signals')
    .where({ ...of, state: 'queued' })
    .orderBy('id')
    .limit(most.calls)
    .select('id', 'events', 'bytes');
  let [events, bytes] = [0, 0];
  const beyond = calls.findIndex((call, index) => {
    events += call.events;
    bytes += call.bytes;
    return index > 0 && (events > most.events || bytes > most.bytes);
  });
  return (beyond === -1 ? calls : calls.slice(0, beyond)).map(({ id }) => id);
}

async function isRunning(db: Db, workflowId: string): Promise<boolean> {
  const active: { id: string } | undefined = await db('runs')
    .where({ workflow_id: workflowId })
    .whereNull('parent_run')
    .whereIn('state', openRunStates)
    .first('id');
  return active !== undefined;
}
