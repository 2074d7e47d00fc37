/** Signals of a workflow: kept when they arrive, listed afterwards. The engine gives them to tasks. */
import type { Reply } from '../../contract/api.ts';
import type { ErrorReply } from '../../contract/errors.ts';
import { UserError } from '../../contract/errors.ts';
import type { NodeCatalog } from '../../contract/node.ts';
import { parsedConfig } from '../../contract/node.ts';
import type { ReceivedCall, ReceivedSignal, SignalDeclaration } from '../../contract/signal.ts';
import type { Json } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { NewId } from '../db/ids.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { freeEvents } from './eventIds.ts';
import { forgetOld } from './forget.ts';
import type { SignalRow } from './rows.ts';

/** Signals of one workflow that nothing has taken yet; more where one run takes many of them. */
const mostQueued = 1_000;
const mostBatched = 100_000;
/** Calls of a batch that are read at once. */
const readAtOnce = 20;
/** Bytes of JSON that the parameters of one signal may be. */
const mostBytes = 64_000;

/** What a workflow says of a signal of that name; null: it has no node for it. */
export function findDeclared(workflow: Workflow, catalog: NodeCatalog, name: string): SignalDeclaration | null {
  return findReached(workflow, catalog, name)?.declared ?? null;
}

/** The node of a published version at which a signal that no task waits for starts a run; null: it has none. */
export function findStarted(workflow: Workflow, catalog: NodeCatalog, name: string): string | null {
  const reached = findReached(workflow, catalog, name);
  if (reached?.declared.unexpected !== 'start') return null;
  return workflow.transitions.some(({ to }) => to === reached.nodeId) ? null : reached.nodeId;
}

function findReached(
  workflow: Workflow,
  catalog: NodeCatalog,
  name: string,
): { nodeId: string; declared: SignalDeclaration } | null {
  for (const node of workflow.nodes) {
    const definition = catalog.get(node.type);
    const declared = definition?.signal?.(parsedConfig(definition, node));
    if (declared?.name === name) return { nodeId: node.id, declared };
  }
  return null;
}

export interface NewSignal {
  workflowId: string;
  name: string;
  parameters: Record<string, Json>;
  complete: boolean;
  by: string;
  at: Date;
  /** Of a webhook; left out, the engine looks what it is for when nothing waits for it. */
  call?: Pick<SignalRow, 'start_node' | 'hook' | 'payload' | 'signature' | 'event_id'> &
    Partial<Pick<SignalRow, 'events' | 'bytes' | 'known'>>;
  /** It starts a run together with others. */
  batched?: boolean;
}

const noCall = { start_node: null, hook: null, payload: null, signature: null, event_id: null };
const oneEvent = { events: 1, bytes: 0, known: null, batch: null };

/** Throws UserError SIGNALS_FULL or SIGNAL_TOO_LARGE. When the transaction is committed, the signal is not lost any more. */
export async function keepSignal(tx: Tx, newId: NewId, signal: NewSignal): Promise<string> {
  const parameters = JSON.stringify(signal.parameters);
  if (Buffer.byteLength(parameters) > mostBytes) throw new UserError('SIGNAL_TOO_LARGE', { most: mostBytes / 1_000 });
  await forgetOld(tx, signal.at, { workflow_id: signal.workflowId });
  const count = await countQueued(tx, signal.workflowId);
  if (count >= (signal.batched ? mostBatched : mostQueued)) throw new UserError('SIGNALS_FULL', { count, seconds: 60 });
  const id = newId();
  const row: SignalRow = {
    id,
    workflow_id: signal.workflowId,
    name: signal.name,
    parameters,
    complete: signal.complete,
    by: signal.by,
    received_at: signal.at.toISOString(),
    state: 'queued',
    run_id: null,
    task_id: null,
    taken_at: null,
    error: null,
    ...oneEvent,
    ...(signal.call ?? noCall),
  };
  await tx('signals').insert(row);
  return id;
}

async function countQueued(db: Db, workflowId: string): Promise<number> {
  const row: { count?: number | string } | undefined = await db('signals')
    .where({ workflow_id: workflowId, state: 'queued' })
    .count({ count: '*' })
    .first();
  return Number(row?.count ?? 0);
}

/** Lets a signal that could not start a run be delivered anew. Throws UserError NOT_FOUND. */
export async function retrySignal(tx: Tx, workflowId: string, id: string): Promise<void> {
  const failed = await tx('signals')
    .where({ id, workflow_id: workflowId, state: 'failed' })
    .update({ state: 'queued', error: null });
  if (failed === 0) throw new UserError('NOT_FOUND', { what: `A signal ${id} that failed` });
}

/** Whether a task of the workflow waits for a signal of that name at this moment. */
export async function isAwaited(db: Db, workflowId: string, name: string): Promise<boolean> {
  const task: { id: string } | undefined = await db('tasks')
    .join('runs', 'runs.id', 'tasks.run_id')
    .where({ 'runs.workflow_id': workflowId, 'tasks.state': 'waiting', 'tasks.signal': name })
    .whereNull('runs.ending')
    .first('tasks.id');
  return task !== undefined;
}

/** What a task was given. Throws UserError SIGNAL_LOST: without it, the task would do something else. */
export async function readSignal(db: Db, id: string): Promise<ReceivedSignal> {
  const row: SignalRow | undefined = await db('signals').where({ id }).first();
  if (!row) throw new UserError('SIGNAL_LOST');
  return {
    id: row.id,
    parameters: JSON.parse(row.parameters) as Record<string, Json>,
    complete: Boolean(row.complete),
    by: row.by,
    at: row.received_at,
    calls: () => (row.batch === null ? readOne(row) : readBatch(db, row.id)),
    freeEvents: async (at, events) => {
      const of = { workflow_id: row.workflow_id, path: row.hook ?? '' };
      if (events.length > 0) await inTransaction(db, (tx) => freeEvents(tx, of, at, events));
    },
  };
}

async function* readOne(row: SignalRow): AsyncGenerator<ReceivedCall> {
  yield toCall(row);
}

async function* readBatch(db: Db, batch: string): AsyncGenerator<ReceivedCall> {
  for (let last = ''; ; ) {
    const rows: SignalRow[] = await db('signals')
      .where({ batch })
      .andWhere('id', '>', last)
      .orderBy('id')
      .limit(readAtOnce);
    for (const row of rows) yield toCall(row);
    last = rows.at(-1)?.id ?? last;
    if (rows.length < readAtOnce) return;
  }
}

const toCall = ({ received_at: at, payload, known }: SignalRow): ReceivedCall => ({
  at,
  payload: payload === null ? null : (JSON.parse(payload) as Json),
  known: known === null ? [] : (JSON.parse(known) as number[]),
});

const mostListed = 200;

/** Newest first, without their parameters: those may be personal. */
export async function listSignals(db: Db, workflowId: string): Promise<Reply<'listSignals'>> {
  const rows: SignalRow[] = await db('signals')
    .where({ workflow_id: workflowId })
    .orderBy('id', 'desc')
    .limit(mostListed);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    state: row.state,
    by: row.by,
    receivedAt: row.received_at,
    takenAt: row.taken_at,
    runId: row.run_id,
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorReply),
  }));
}
