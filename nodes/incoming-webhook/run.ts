import { UserError } from '../../contract/errors.ts';
import { readEvents, readName } from '../../contract/hook.ts';
import type { NamedEvent, ReceivedSignal } from '../../contract/signal.ts';
import type { Cell } from '../../contract/types.ts';
import { toCell } from '../../contract/types.ts';
import type { RejectReason } from '../kit/rejects.ts';
import { ownReason, rejectCells, withRejectColumns } from '../kit/rejects.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, NodeOutcome, NodeRun, TableWriter } from '../kit/run.ts';
import type { WebhookConfig } from './config.ts';
import { takesEvents } from './config.ts';
import { eventColumns, recordColumn } from './definition.ts';
import type { Arrival } from './judge.ts';
import { Judge } from './judge.ts';

const batch = 1_000;

/** Started by hand there is no call: it goes on without records, with nothing but what variables are left out. */
export const run: NodeRun<WebhookConfig> = async (context) => {
  const { config, received } = context;
  if (received) Object.assign(context.vars, received.parameters);
  else context.log('info', 'Started without a call: no records');
  if (config.columns.length === 0) return { ports: { success: null } };
  const intake = await openIntake(context);
  try {
    if (received) await takeCalls(context, received, intake);
  } finally {
    intake.judge.close();
  }
  return finish(context, intake);
};

interface Intake {
  success: TableWriter;
  reject: TableWriter;
  judge: Judge;
  /** Events that came before. */
  known: number;
}

async function openIntake({ config, ...context }: NodeContext<WebhookConfig>): Promise<Intake> {
  const success = await context.writer({ columns: eventColumns(config), name: 'success' });
  const reject = await context.writer({ columns: withRejectColumns([recordColumn]), name: 'reject' });
  return { success, reject, judge: new Judge(config), known: 0 };
}

async function takeCalls(context: NodeContext<WebhookConfig>, received: ReceivedSignal, intake: Intake): Promise<void> {
  let waiting: Arrival[] = [];
  let position = 0;
  for await (const { at, payload, known } of received.calls()) {
    const leftOut = new Set(known);
    intake.known += leftOut.size;
    const events = readEvents(payload, context.config.records);
    if (events === null) await rejectCall(context.config, payload, intake);
    for (const [place, event] of (events ?? []).entries()) {
      if (leftOut.has(place)) continue;
      position += 1;
      waiting.push({ event, at, position });
      if (waiting.length < batch) continue;
      context.signal.throwIfAborted();
      await write(context, received, waiting, intake);
      waiting = [];
    }
  }
  context.signal.throwIfAborted();
  await write(context, received, waiting, intake);
}

/** Without events of its own a call may be wrong as a whole; of many calls one keeps no other back. Throws UserError HOOK_RECORDS. */
async function rejectCall(config: WebhookConfig, payload: unknown, { reject }: Intake): Promise<void> {
  if (!takesEvents(config)) throw new UserError('HOOK_RECORDS', { path: config.records });
  await reject.append([rejected(ownReason('HOOK_RECORDS', { path: config.records }), payload)]);
}

async function write(
  { config }: NodeContext<WebhookConfig>,
  received: ReceivedSignal,
  arrivals: readonly Arrival[],
  { judge, success, reject }: Intake,
): Promise<void> {
  const rows = await judge.read(arrivals);
  await success.append(rows.flatMap((row) => ('cells' in row ? [row.cells] : [])));
  await reject.append(rows.flatMap((row) => ('cells' in row ? [] : [rejected(row.reason, row.event)])));
  if (config.eventId === '') return;
  const misfits = arrivals.filter((_, index) => 'reason' in (rows[index] ?? {}));
  for (const [at, events] of eventsByCall(config.eventId, misfits)) await received.freeEvents(at, events);
}

/** What was rejected may fit when it comes again: once the schema is corrected. */
function eventsByCall(eventId: string, arrivals: readonly Arrival[]): Map<string, NamedEvent[]> {
  const events = new Map<string, NamedEvent[]>();
  for (const { event, at } of arrivals) {
    const id = readName(event, eventId);
    if (id === null) continue;
    const own = events.get(at);
    if (own) own.push({ id, event });
    else events.set(at, [{ id, event }]);
  }
  return events;
}

function rejected(reason: RejectReason, event: unknown): Cell[] {
  const kept = toCell('json', event);
  return [...rejectCells(reason), kept.ok ? kept.value : null];
}

async function finish(context: NodeContext<WebhookConfig>, { success, reject, known }: Intake): Promise<NodeOutcome> {
  const before = known > 0 ? `, ${countText(known)} left out that came before` : '';
  context.log('info', `${countText(success.count)} records, ${countText(reject.count)} rejected${before}`);
  return { ports: { success: await success.finish(), reject: await reject.finish() } };
}
