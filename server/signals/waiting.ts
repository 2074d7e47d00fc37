/** Events of webhooks that are not through: no run has taken them yet, or the one that has goes on, or it did not succeed. */
import type { Knex } from 'knex';
import type { HookDeclaration } from '../../contract/hook.ts';
import type { RunState } from '../../contract/run.ts';
import { openRunStates } from '../../contract/run.ts';
import type { Db } from '../db/transaction.ts';
import type { HookRow } from './hooks.ts';
import { leftRunStates } from './stuck.ts';

export interface Waiting {
  workflow_id: string;
  path: string;
  /** null: the path is not published any more. */
  declared: HookDeclaration | null;
  /** The node of its path: that which is published, else that which was when they came. */
  node: string;
  calls: number;
  events: number;
  /** When the oldest came (ISO). */
  oldest: string | null;
  /** The run that has taken the oldest. */
  run: string | null;
  /** Of `events`: taken by a run that did not succeed. */
  left: number;
  /** The last of these runs. */
  leftRun: string | null;
  /** Of `events`: none could be started for them. */
  failed: number;
  /** Of `events`: no run has taken them. */
  queued: number;
}

/** 0 where nothing waits. */
export const secondsWaited = ({ oldest }: Waiting, now: Date): number =>
  oldest === null ? 0 : Math.max(0, Math.floor((now.getTime() - Date.parse(oldest)) / 1_000));

interface Count {
  workflow_id: string;
  hook: string;
  node: string | null;
  calls: number | string;
  events: number | string;
  oldest: string;
  /** Of signals that no run has. */
  state?: 'queued' | 'failed';
  run?: string;
  run_state?: RunState;
}

/** By path; one at which nothing waits as well, as long as it is published. `of` left out: those of every workflow. */
export async function listWaiting(db: Db, of: { workflow_id?: string } = {}): Promise<Waiting[]> {
  const rows: HookRow[] = await db('hooks').where(of).orderBy('path');
  const found = new Map(rows.map((row) => [keyOf(row.workflow_id, row.path), nothing(row)]));
  for (const count of [...(await countTaken(db, of)), ...(await countStored(db, of))]) {
    const { workflow_id, hook: path, node } = count;
    const key = keyOf(workflow_id, path);
    found.set(key, add(found.get(key) ?? { ...blank, workflow_id, path, node: node ?? '' }, count));
  }
  return [...found.values()];
}

const keyOf = (workflowId: string, path: string): string => `${workflowId}/${path}`;
const blank = {
  ...{ declared: null, calls: 0, events: 0, oldest: null, run: null },
  ...{ left: 0, leftRun: null, failed: 0, queued: 0 },
};

const nothing = ({ workflow_id, path, node_id, declaration }: HookRow): Waiting => ({
  ...blank,
  workflow_id,
  path,
  node: node_id,
  declared: JSON.parse(declaration) as HookDeclaration,
});

function add(waiting: Waiting, count: Count): Waiting {
  const { oldest, run = null, state, run_state } = count;
  const [calls, events] = [Number(count.calls), Number(count.events)];
  const older = waiting.oldest === null || oldest < waiting.oldest;
  const left = run !== null && run_state !== undefined && leftRunStates.includes(run_state);
  const later = left && (waiting.leftRun === null || run > waiting.leftRun);
  return {
    ...waiting,
    calls: waiting.calls + calls,
    events: waiting.events + events,
    ...(older ? { oldest, run } : {}),
    left: waiting.left + (left ? events : 0),
    leftRun: later ? run : waiting.leftRun,
    failed: waiting.failed + (state === 'failed' ? events : 0),
    queued: waiting.queued + (state === 'queued' ? events : 0),
  };
}

/** What waits for a run, and what could not start one. */
async function countStored(db: Db, of: { workflow_id?: string }): Promise<Count[]> {
  return db('signals')
    .where(of)
    .whereNotNull('hook')
    .whereIn('state', ['queued', 'failed'])
    .groupBy('workflow_id', 'hook', 'state')
    .select('workflow_id', 'hook', 'state')
    .count({ calls: '*' })
    .sum({ events: 'events' })
    .min({ oldest: 'received_at' })
    .max({ node: 'start_node' });
}

async function countTaken(db: Db, { workflow_id }: { workflow_id?: string }): Promise<Count[]> {
  const query: Knex.QueryBuilder = db('runs')
    .join('signals', 'signals.run_id', 'runs.id')
    .whereIn('runs.state', [...openRunStates, ...leftRunStates])
    .where({ 'signals.state': 'taken' })
    .whereNotNull('signals.hook')
    .groupBy('signals.workflow_id', 'signals.hook', 'runs.id', 'runs.state')
    .select({ workflow_id: 'signals.workflow_id', hook: 'signals.hook', run: 'runs.id', run_state: 'runs.state' })
    .count({ calls: '*' })
    .sum({ events: 'signals.events' })
    .min({ oldest: 'signals.received_at' })
    .max({ node: 'signals.start_node' });
  return workflow_id === undefined ? query : query.where({ 'signals.workflow_id': workflow_id });
}
