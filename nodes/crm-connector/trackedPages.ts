/** Pages of change tracking into work tables; an attempt that follows goes on behind the last page. */
import { MarkLost } from '../../contract/changes.ts';
import type { ChangesPage, ReadPage, ReadPosition, ReadQuery, RemoteChanges } from '../../contract/connector.ts';
import type { Json } from '../../contract/types.ts';
import type { TableWriter } from '../kit/run.ts';

/**
 * How records were read: all of them, at first; what changed since a mark; or all of them once more, because the date has no
 * mark that fits, or the CRM has forgotten what was before it.
 */
export type Walked = 'first' | 'since' | 'other' | 'forgotten';

interface Place {
  walked: Walked;
  at: ReadPosition;
}

export interface Walk {
  changes: RemoteChanges;
  query: Pick<ReadQuery, 'object' | 'fields' | 'raw'>;
  /** null: there is none that counts. */
  mark: string | null;
  /** As it begins, and as it turned out to be. */
  walked: Walked;
  /** Ids of deleted records. */
  deleted: TableWriter;
  /** Of the last page. */
  next: string | null;
}

export async function* walkedPages(walk: Walk, position: Json): AsyncGenerator<ReadPage> {
  const place = toPlace(position);
  walk.walked = place?.walked ?? walk.walked;
  try {
    yield* pagesOf(walk, place?.at ?? null);
  } catch (error) {
    if (!(error instanceof MarkLost) || walk.walked !== 'since') throw error;
    walk.walked = error.why;
    yield* pagesOf(walk, null);
  }
}

async function* pagesOf(walk: Walk, position: ReadPosition): AsyncGenerator<ReadPage> {
  const mark = walk.walked === 'since' ? walk.mark : null;
  for await (const page of walk.changes.read(walk.query, mark, position)) {
    const place: Place = { walked: walk.walked, at: page.position };
    await keepDeleted(walk.deleted, page);
    walk.next = page.mark;
    yield { ...page, position: { ...place } };
  }
}

/**
 * Written ahead of the page's rows, and once more by an attempt that reads the page again: it may name others then. An id that
 * stands there twice counts once.
 */
async function keepDeleted(deleted: TableWriter, page: ChangesPage): Promise<void> {
  if (page.deleted.length > 0) await deleted.append(page.deleted.map((id) => [id]));
}

const ways: readonly unknown[] = ['first', 'since', 'other', 'forgotten'] satisfies Walked[];

function toPlace(position: Json): Place | null {
  if (position === null || typeof position !== 'object' || Array.isArray(position)) return null;
  const { walked, at = null } = position;
  return ways.includes(walked) ? { walked: walked as Walked, at: at as ReadPosition } : null;
}
