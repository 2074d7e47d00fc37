/**
 * Sends the messages of alarms. A message is written with the change of state that it tells of, so none is lost; it is sent
 * at least once. It is sent twice only when this process ends (or its lease does) between the receiver's acceptance and the
 * mark here: e-mails then carry the same Message-ID, webhooks the same id.
 */
import type { AlarmBody } from '../../contract/alarm.ts';
import type { ConnectorClient } from '../../contract/connector.ts';
import { clientAs } from '../../contract/connector.ts';
import { RetryLater, toErrorReply, UserError } from '../../contract/errors.ts';
import type { Json } from '../../contract/types.ts';
import type { Clock } from '../db/clock.ts';
import { nowText } from '../db/clock.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { toMail } from './mail.ts';
import { clearAlarm, raiseAlarm } from './raise.ts';
import type { MessageRow } from './rows.ts';

export interface Sender {
  db: Db;
  clock: Clock;
  /** A client for one piece of work; it is closed behind it. Throws UserError CONNECTION_MISSING or CONNECTION_KIND. */
  withClient<T>(connection: string, work: (client: ConnectorClient) => Promise<T>): Promise<T>;
}

const messagesAtOnce = 20;
/** Milliseconds: longer than any client takes; then its sender counts as lost. */
const lease = 180_000;
const firstPause = 60_000;
const longestPause = 3_600_000;
/** The pauses between them make about ten hours. */
const mostAttempts = 15;

/** Sends what is due. Gives how many messages were taken over by their receivers. */
export async function sendDue(sender: Sender): Promise<number> {
  const now = nowText(sender.clock);
  const due: MessageRow[] = await sender
    .db('alarm_messages')
    .whereIn('state', ['due', 'sending'])
    .where('due', '<=', now)
    .orderBy(['due', 'created_at', 'id'])
    .limit(messagesAtOnce);
  let sent = 0;
  for (const message of due) if (await sendOne(sender, message)) sent += 1;
  return sent;
}

async function sendOne(sender: Sender, message: MessageRow): Promise<boolean> {
  const attempts = message.attempts + 1;
  const claim = { state: 'sending', attempts, due: nowText(sender.clock, lease) };
  const { id, state, due } = message;
  if ((await sender.db('alarm_messages').where({ id, state, due }).update(claim)) === 0) return false;
  try {
    await deliver(
      sender,
      message.connection,
      JSON.parse(message.to) as string[],
      JSON.parse(message.body) as AlarmBody,
    );
  } catch (error) {
    await noteFailure(sender, { ...message, attempts }, error);
    return false;
  }
  await inTransaction(sender.db, async (tx) => {
    const at = nowText(sender.clock);
    await tx('alarm_messages').where({ id, attempts }).update({ state: 'sent', sent_at: at, error: null });
    await clearAlarm(tx, at, deliveryOf(message.connection), 'Messages can be sent again.', null);
  });
  return true;
}

/** Rejects with UserError or RetryLater. */
export async function deliver(
  sender: Sender,
  connection: string,
  to: readonly string[],
  body: AlarmBody,
): Promise<void> {
  await sender.withClient(connection, async (client) => {
    if (client.capability === 'webhook') return client.post({ id: body.id, body: body as unknown as Json });
    const mail = clientAs(client, 'mail', connection);
    if (to.length === 0) throw new UserError('ALARM_NO_ADDRESS', { connection });
    return mail.send(toMail(body, to));
  });
}

async function noteFailure(sender: Sender, message: MessageRow, error: unknown): Promise<void> {
  const { id, attempts, connection } = message;
  const { message: what, action } = toErrorReply(error, id);
  const reason = `${what} ${action}`;
  const pause = Math.min(firstPause * 2 ** (attempts - 1), longestPause);
  const after = error instanceof RetryLater ? Math.max(error.after ?? 0, pause) : pause;
  const next = attempts >= mostAttempts ? { state: 'failed' } : { state: 'due', due: nowText(sender.clock, after) };
  await inTransaction(sender.db, async (tx: Tx) => {
    const at = nowText(sender.clock);
    await tx('alarm_messages')
      .where({ id, attempts })
      .update({ ...next, error: reason });
    const text = `Messages cannot be sent by the connection "${connection}": ${reason}`;
    await raiseAlarm(tx, at, { ...deliveryOf(connection), severity: 'error', message: text, runId: null });
  });
}

/** The alarm that messages cannot be sent; the name of the connection stands for a node. */
const deliveryOf = (connection: string) => ({ kind: 'delivery', workflow: '', node: connection }) as const;
