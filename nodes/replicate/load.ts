/** Reading everything of an object: once, page by page, going on where an earlier attempt or run was. */
import type { ReadPosition } from '../../contract/connector.ts';
import type { TableRef } from '../../contract/relation.ts';
import { column, scan } from '../../contract/relation.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';
import { countText } from '../kit/rows.ts';
import type { TableWriter } from '../kit/run.ts';
import { keyOnly, pageIds, type Replica } from './replica.ts';
import type { ReplicaState } from './state.ts';

/** Where the replica stands when all is done: committed with the note that the object is through. */
export type Outcome = Partial<ReplicaState>;

const idColumn: Column = { name: 'id', label: 'id', type: 'text' };

/** Every record is written; rows of records that are gone stay. `again`: from the first record, whatever was begun. */
export async function load(replica: Replica, again: boolean): Promise<Outcome> {
  const { client } = replica.scope;
  const fresh = !replica.state.loaded && replica.state.load === null && replica.counts.inserted === 0;
  const begun = again ? null : replica.state.load;
  const current = begun ?? { startedAt: await client.serverNow(), position: null };
  if (!begun) await replica.move({ load: current, ...(await firstMark(replica)) });
  else if (begun.position !== null) replica.log('info', 'goes on with the load where it was.');
  const position = client.resumes(replica.query) ? current.position : null;
  for await (const page of client.read(replica.query, position))
    await replica.putPage(page, { load: { ...current, position: page.position } }, fresh);
  return loaded(replica, current.startedAt, replica.state.deletedUntil ?? current.startedAt);
}

/** Where deletions are known by a mark, from before the first record is read: what is deleted meanwhile is told the next time. */
async function firstMark({ scope, state, details }: Replica): Promise<Outcome> {
  const { client } = scope;
  if (!client.deletionsByMark || state.deletedMark !== undefined || !details.tracksDeletions) return {};
  const now = await client.serverNow();
  const { mark } = await client.deleted(details.name, now, now, null);
  return mark === undefined ? {} : { deletedMark: mark };
}

/** Every record is written, and rows of records that are gone go. It begins anew with each run: who was seen is not kept longer. */
export async function sweep(replica: Replica): Promise<Outcome> {
  const { client, context } = replica.scope;
  const seen = await context.writer({ columns: [idColumn], name: `seen ${replica.details.name}`, resume: true });
  const startedAt = await startOf(replica, seen);
  const position = client.resumes(replica.query) ? positionOf(seen) : null;
  for await (const page of client.read(replica.query, position)) {
    await replica.putPage(page, { load: { startedAt, position: null } });
    // Behind the rows: who is seen here is never taken for gone, and a page that is read twice does no harm.
    await seen.append(
      pageIds(replica, page).map((id) => [id]),
      { position: { startedAt, after: page.position } },
    );
  }
  await removeUnseen(replica, await seen.finish(), startedAt);
  return loaded(replica, startedAt, startedAt);
}

const positionOf = ({ position }: TableWriter): ReadPosition =>
  ((position as Begun | null)?.after ?? null) as ReadPosition;
type Begun = { startedAt: string; after: Json };

async function startOf(replica: Replica, seen: TableWriter): Promise<string> {
  const begun = seen.position as Begun | null;
  if (begun) return begun.startedAt;
  const startedAt = await replica.scope.client.serverNow();
  await seen.append([], { position: { startedAt, after: null } });
  await replica.move({ load: { startedAt, position: null } });
  return startedAt;
}

/** Ids of the table that are not among those of the CRM. */
async function removeUnseen(replica: Replica, seen: TableRef, since: string): Promise<void> {
  const { context } = replica.scope;
  const there = await listTable(replica, `keys ${replica.details.name}`, [idColumn], (row) => row);
  const unseen = await context.table({
    op: 'join',
    kind: 'anti',
    left: scan(there),
    right: scan(seen),
    on: [{ left: column('id', 'left'), right: column('id', 'right') }],
  });
  for await (const { rows } of context.read(unseen))
    await replica.remove(
      rows.map(([id]) => String(id)),
      () => since,
    );
}

/** What the target holds, as a work table: of each row what `give` makes of it. */
export async function listTable(
  replica: Replica,
  name: string,
  columns: Column[],
  give: (row: Cell[]) => Cell[],
): Promise<TableRef> {
  const { context, target } = replica.scope;
  const writer = await context.writer({ columns, name });
  const table = columns.length === 1 ? keyOnly(replica.table) : replica.table;
  for await (const page of target.pages(table)) {
    context.signal.throwIfAborted();
    await writer.append(page.map(give));
  }
  return writer.finish();
}

export function loaded(replica: Replica, startedAt: string, deletedUntil: string): Outcome {
  const changedUntil = new Date(Date.parse(startedAt) - replica.scope.context.config.lag * 1_000).toISOString();
  return { load: null, window: null, loaded: true, changedUntil, deletedUntil };
}

/** For the log: only what there is something of. */
export function describeCounts(replica: Replica): string {
  const { counts } = replica;
  const parts = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? `${countText(count)} ${name}` : []));
  return parts.length > 0 ? parts.join(', ') : 'nothing to do';
}
