/** The paths under which published workflows can be called, and the calls. */
import { UserError } from '../../contract/errors.ts';
import type { HookDeclaration } from '../../contract/hook.ts';
import { payloadParameters, readEvents, readName } from '../../contract/hook.ts';
import type { NodeCatalog } from '../../contract/node.ts';
import { parsedConfig } from '../../contract/node.ts';
import type { RunState } from '../../contract/run.ts';
import { readParameters } from '../../contract/signal.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { NewId } from '../db/ids.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { forgetEvents, rememberEvents } from './eventIds.ts';
import { forgottenBefore } from './forget.ts';
import type { SignalRow } from './rows.ts';
import { keepSignal } from './signals.ts';

export interface HookRow {
  path: string;
  workflow_id: string;
  node_id: string;
  declaration: string;
}

type KnownHook = HookRow & { declared: HookDeclaration };

/** Events of one call, where they are looked for. */
const mostEvents = 10_000;
const minute = 60_000;
/** Levels of what is sent: one event that no run can read would keep back all that is taken with it. */
const mostDeep = 100;

/** In the transaction that publishes, unpublishes (null) or deletes (null) a workflow. Throws UserError HOOK_TAKEN. */
export async function syncHooks(
  tx: Tx,
  catalog: NodeCatalog,
  workflowId: string,
  published: Workflow | null,
): Promise<void> {
  await tx('hooks').where({ workflow_id: workflowId }).delete();
  for (const node of published?.nodes ?? []) {
    const definition = catalog.get(node.type);
    const declared = definition?.hook?.(parsedConfig(definition, node));
    if (!declared || node.execution === 'disabled') continue;
    const row: HookRow = {
      path: declared.path,
      workflow_id: workflowId,
      node_id: node.id,
      declaration: JSON.stringify(declared),
    };
    const inserted: unknown[] = await tx('hooks').insert(row).onConflict('path').ignore().returning('path');
    if (inserted.length === 0) throw new UserError('HOOK_TAKEN', { path: declared.path });
  }
}

/** Throws UserError NOT_FOUND. */
export async function findHook(db: Db, path: string): Promise<KnownHook> {
  const row: HookRow | undefined = await db('hooks').where({ path }).first();
  if (!row) throw new UserError('NOT_FOUND', { what: `The webhook "${path}"` });
  return { ...row, declared: JSON.parse(row.declaration) as HookDeclaration };
}

export interface HookCall {
  /** The JSON that was sent, as text. */
  body: string;
  signature: string;
  /** What the sender calls it; null: it did not say. */
  eventId: string | null;
  at: Date;
  /** Calls of its path that are taken in one minute; left out: however many. */
  mostPerMinute?: number;
}

export interface KeptCall {
  /** null: it brought nothing that was not known, so there is nothing to be kept. */
  id: string | null;
  state: 'queued' | 'known';
  /** Events, where their ids are asked for: those that were taken, and those that came before. */
  taken?: number;
  known?: number;
}

/**
 * Stores a call; one that is known already is stored once, and so are its events. Throws UserError HOOK_SIGNATURE,
 * HOOK_ID_USED, INVALID_INPUT, SIGNAL_PARAMETER, HOOK_TOO_MANY, HOOK_BUSY, SIGNALS_FULL or SIGNAL_TOO_LARGE.
 */
export async function keepCall(tx: Tx, newId: NewId, hook: KnownHook, call: HookCall): Promise<KeptCall> {
  const { declared, path, node_id, workflow_id } = hook;
  // Taking the row lets two calls of the same message see each other.
  await tx('hooks').where({ path }).update({ node_id });
  const id = await findKnown(tx, hook, call);
  const payload = parseBody(call.body);
  const events = readEvents(payload, declared.records ?? '') ?? [];
  if (id !== null) return { id, state: 'known', ...countsOf(declared, events, events.length) };
  const parameters = readParameters(declared.parameters, payloadParameters(declared, payload));
  await refuseFlood(tx, path, call);
  const known = await findKnownEvents(tx, hook, call.at, events);
  const counts = countsOf(declared, events, known.length);
  if (known.length > 0 && known.length === events.length) return { id: null, state: 'known', ...counts };
  const { signature, eventId, body, at } = call;
  const stored = {
    ...{ start_node: node_id, hook: path, payload: body, signature, event_id: eventId },
    ...{ events: events.length - known.length, bytes: Buffer.byteLength(body) },
    known: known.length === 0 ? null : JSON.stringify(known),
  };
  const signal = { workflowId: workflow_id, name: path, parameters, complete: true, by: path, at, call: stored };
  return {
    id: await keepSignal(tx, newId, { ...signal, batched: Boolean(declared.batch) }),
    state: 'queued',
    ...counts,
  };
}

const countsOf = ({ eventId }: HookDeclaration, events: readonly unknown[], known: number) =>
  eventId ? { taken: events.length - known, known } : {};

/** Their places. Throws UserError HOOK_TOO_MANY. */
async function findKnownEvents(
  tx: Tx,
  { workflow_id, path, declared }: KnownHook,
  at: Date,
  events: readonly unknown[],
): Promise<number[]> {
  const { eventId } = declared;
  if (!eventId) return [];
  if (events.length > mostEvents) throw new UserError('HOOK_TOO_MANY', { count: events.length, most: mostEvents });
  await forgetEvents(tx, forgottenBefore(at), { workflow_id });
  const named = events.map((event) => {
    const id = readName(event, eventId);
    return id === null ? null : { id, event };
  });
  return rememberEvents(tx, { workflow_id, path }, at, named);
}

/**
 * The id of the same call. A message is taken at one webhook, even if others have the same secret. Another message under the id of
 * an earlier one is never left out in silence: where events have ids it is looked through, else it is refused. Throws UserError
 * HOOK_SIGNATURE or HOOK_ID_USED.
 */
async function findKnown(
  tx: Tx,
  { path: hook, declared }: Pick<KnownHook, 'path' | 'declared'>,
  { signature, eventId, body }: HookCall,
): Promise<string | null> {
  const signed: { id: string; hook: string } | undefined = await tx('signals').where({ signature }).first('id', 'hook');
  if (signed && signed.hook !== hook)
    throw new UserError('HOOK_SIGNATURE', { reason: 'the same was sent to another webhook at that time' });
  if (signed || eventId === null) return signed?.id ?? null;
  const sent: SentCall | undefined = await tx('signals')
    .leftJoin('runs', 'runs.id', 'signals.run_id')
    .where({ 'signals.hook': hook, 'signals.event_id': eventId })
    .first({
      ...{ id: 'signals.id', payload: 'signals.payload', bytes: 'signals.bytes' },
      ...{ state: 'signals.state', run: 'runs.state' },
    });
  if (!sent) return null;
  const other = isOther(sent, body, declared);
  if (!other && !cameToNothing(sent)) return sent.id;
  if (other && !declared.eventId) throw new UserError('HOOK_ID_USED', { id: eventId });
  await tx('signals').where({ id: sent.id }).update({ event_id: null });
  return null;
}

/** What is not held any more may be the same: its events tell, or else its length. */
function isOther({ payload, bytes }: SentCall, body: string, { eventId }: HookDeclaration): boolean {
  if (payload !== null) return payload !== body;
  return Boolean(eventId) || (bytes > 0 && bytes !== Buffer.byteLength(body));
}

/** Its run failed or was stopped, or a person has dismissed it: whoever sends it again means it. */
const cameToNothing = ({ state, run }: SentCall): boolean =>
  state === 'dismissed' || (state === 'taken' && (run === 'failed' || run === 'stopped'));

/** `payload` is null once no run needs it any more; `run` is the state of the run that took it. */
type SentCall = Pick<SignalRow, 'id' | 'payload' | 'bytes' | 'state'> & { run: RunState | null };

function parseBody(body: string): unknown {
  const payload = parseJson(body);
  if (isDeeper(payload, mostDeep))
    throw new UserError('INVALID_INPUT', { reason: `the body is nested deeper than ${mostDeep} levels` });
  return payload;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new UserError('INVALID_INPUT', { reason: 'the body is not JSON' }, { cause: error });
  }
}

/** Level by level: no stack is deep enough for what somebody may send. */
function isDeeper(payload: unknown, most: number): boolean {
  let level = [payload];
  for (let depth = 0; depth <= most; depth += 1) {
    level = level.flatMap((one) => (one !== null && typeof one === 'object' ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** There is room again when the oldest of the minute is a minute old. Throws UserError HOOK_BUSY. */
async function refuseFlood(tx: Tx, hook: string, { at, mostPerMinute: most }: HookCall): Promise<void> {
  if (most === undefined) return;
  const since = new Date(at.getTime() - minute).toISOString();
  const row: { calls?: number | string; oldest?: string | null } | undefined = await tx('signals')
    .where({ hook })
    .andWhere('received_at', '>', since)
    .count({ calls: '*' })
    .min({ oldest: 'received_at' })
    .first();
  if (!row?.oldest || Number(row.calls) < most) return;
  const seconds = Math.max(1, Math.ceil((Date.parse(row.oldest) + minute - at.getTime()) / 1_000));
  throw new UserError('HOOK_BUSY', { most, seconds });
}
