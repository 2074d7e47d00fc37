import type { Reply } from '../../contract/api.ts';
import type { Json } from '../../contract/types.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Actor } from './actor.ts';
import { actorText } from './actor.ts';

/** Who changes something, and when: what every audited function needs. */
export interface Change {
  tx: Tx;
  actor: Actor;
  now: Date;
}

export type AuditAction =
  | `user.${'create' | 'update' | 'delete' | 'password' | 'sign-in' | 'sign-out' | 'link'}`
  | `token.${'create' | 'delete'}`
  | `workflow.${'create' | 'save' | 'delete' | 'copy' | 'publish' | 'unpublish'}`
  | `run.${'start' | 'stop' | 'kill' | 'wake' | 'decide' | 'pause' | 'resume' | 'restart' | 'retry'}`
  | `rows.${'open' | 'download' | 'follow'}`
  | `export.${'open' | 'download' | 'undo' | 'requeue' | 'dismiss' | 'doubt'}`
  | 'signal.send'
  | 'signal.retry'
  | `events.${'retry' | 'dismiss'}`
  | `option.${'set' | 'move' | 'copy' | 'delete'}`
  | 'run.purge'
  | `alarm.${'acknowledge' | 'recipients' | 'test'}`
  | 'instance.confirm'
  | `connection.${'create' | 'update' | 'delete' | 'verify' | 'preview' | 'signIn' | 'certificate'}`
  | `local-table.${'open' | 'delete'}`
  | 'sent.forget';

/**
 * One row of the trail, in the transaction of the change itself. `subject` is a kind and a name, for example
 * `workflow:contacts`. Secrets never come here: callers say that one was set, not what it is.
 */
export async function audited(
  { tx, actor, now }: Change,
  action: AuditAction,
  subject: string,
  before: Json = null,
  after: Json = null,
): Promise<void> {
  await tx('audit').insert({
    at: now.toISOString(),
    by: actorText(actor),
    action,
    subject,
    old: before === null ? null : JSON.stringify(before),
    new: after === null ? null : JSON.stringify(after),
  });
}

interface AuditRow {
  id: number;
  at: string;
  by: string;
  action: string;
  subject: string;
  old: string | null;
  new: string | null;
}

/** Newest first. `before` is the id of the last entry of the page before. */
export async function listAudit(
  db: Db,
  query: { before?: number | undefined; limit?: number | undefined; subject?: string | undefined },
): Promise<Reply<'listAudit'>> {
  const rows = db<AuditRow>('audit')
    .orderBy('id', 'desc')
    .limit(query.limit ?? 100);
  if (query.before !== undefined) rows.where('id', '<', query.before);
  if (query.subject !== undefined) rows.where('subject', query.subject);
  return (await rows).map((row) => ({ ...row, old: readJson(row.old), new: readJson(row.new) }));
}

function readJson(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
