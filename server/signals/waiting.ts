/** Events of webhooks that are not through: no run has taken them yet, or the one that has goes on. */
import type { Knex } from 'knex';
import type { HookDeclaration } from '../../contract/hook.ts';
import { openRunStates } from '../../contract/run.ts';
import type { Db } from '../db/transaction.ts';
import type { HookRow } from './hooks.ts';

export interface Waiting {
  workflow_id: string;
  path: string;
  /** null: the path is not published any more. */
  hook: { node_id: string; declared: HookDeclaration } | null;
  calls: number;
  events: number;
  /** When the oldest came (ISO). */
  oldest: string | null;
  /** The run that has taken the oldest. */
  run: string | null;
}

/** 0 where nothing waits. */
export const secondsWaited = ({ oldest }: Waiting, now: Date): number =>
  oldest === null ? 0 : Math.max(0, Math.floor((now.getTime() - Date.parse(oldest)) / 1_000));

interface Count {
  workflow_id: string;
  hook: string;
  calls: number | string;
  events: number | string;
  oldest: string;
  run?: string;
}

/** By path; one at which nothing waits as well, as long as it is published. `of` left out: those of every workflow. */
export async function listWaiting(db: Db, of: { workflow_id?: string } = {}): Promise<Waiting[]> {
  const rows: HookRow[] = await db('hooks').where(of).orderBy('path');
  const found = new Map(rows.map((row) => [keyOf(row.workflow_id, row.path), nothing(row)]));
  for (const count of [...(await countTaken(db, of)), ...(await countStored(db, of))]) {
    const key = keyOf(count.workflow_id, count.hook);
    found.set(key, add(found.get(key) ?? { ...blank, workflow_id: count.workflow_id, path: count.hook }, count));
  }
  return [...found.values()];
}

const keyOf = (workflowId: string, path: string): string => `${workflowId}/${path}`;
const blank = { hook: null, calls: 0, events: 0, oldest: null, run: null };

const nothing = ({ workflow_id, path, node_id, declaration }: HookRow): Waiting => ({
  ...blank,
  workflow_id,
  path,
  hook: { node_id, declared: JSON.parse(declaration) as HookDeclaration },
});

function add(waiting: Waiting, { calls, events, oldest, run }: Count): Waiting {
  const older = waiting.oldest === null || oldest < waiting.oldest;
  return {
    ...waiting,
    calls: waiting.calls + Number(calls),
    events: waiting.events + Number(events),
    ...(older ? { oldest, run: run ?? null } : {}),
  };
}

/** What waits for a run, and what could not start one. */
async function countStored(db: Db, of: { workflow_id?: string }): Promise<Count[]> {
  return db('signals')
    .where(of)
    .whereNotNull('hook')
    .whereIn('state', ['queued', 'failed'])
    .groupBy('workflow_id', 'hook')
    .select('workflow_id', 'hook')
    .count({ calls: '*' })
    .sum({ events: 'events' })
    .min({ oldest: 'received_at' });
}

async function countTaken(db: Db, { workflow_id }: { workflow_id?: string }): Promise<Count[]> {
  const query: Knex.QueryBuilder = db('runs')
    .join('signals', 'signals.run_id', 'runs.id')
    .whereIn('runs.state', openRunStates)
    .whereNotNull('signals.hook')
    .groupBy('signals.workflow_id', 'signals.hook', 'runs.id')
    .select({ workflow_id: 'signals.workflow_id', hook: 'signals.hook', run: 'runs.id' })
    .count({ calls: '*' })
    .sum({ events: 'signals.events' })
    .min({ oldest: 'signals.received_at' });
  return workflow_id === undefined ? query : query.where({ 'signals.workflow_id': workflow_id });
}
