/** Pages of change tracking into work tables; an attempt that follows goes on behind the last page. */
import { MarkLost } from '../../contract/changes.ts';
import type { ReadPage, ReadPosition, ReadQuery, RemoteChanges } from '../../contract/connector.ts';
import type { Json } from '../../contract/types.ts';
import type { TableWriter } from '../kit/run.ts';
import { BesidePages } from './besidePages.ts';

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
  /** Ids of deleted records, of all pages so far; and as they are kept beside the pages' rows, once these are read. */
  ids: TableWriter;
  deleted: BesidePages | null;
  /** Ids of deleted records, of the page that came last. */
  gone: readonly string[];
  /** Of the last page. */
  next: string | null;
}

export async function* walkedPages(walk: Walk, position: Json): AsyncGenerator<ReadPage> {
  const place = toPlace(position);
  walk.walked = place?.walked ?? walk.walked;
  walk.deleted = await BesidePages.open(walk.ids, { position });
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
    walk.gone = page.deleted;
    walk.next = page.mark;
    yield { ...page, position: { ...place } };
  }
}

/** Of the page that came last, before its rows are written. */
export async function keepDeleted({ deleted, gone }: Walk, behind: Json): Promise<void> {
  const rows = gone.map((id) => [id]);
  await deleted?.keep(rows, behind);
}

const ways: readonly unknown[] = ['first', 'since', 'other', 'forgotten'] satisfies Walked[];

function toPlace(position: Json): Place | null {
  if (position === null || typeof position !== 'object' || Array.isArray(position)) return null;
  const { walked, at = null } = position;
  return ways.includes(walked) ? { walked: walked as Walked, at: at as ReadPosition } : null;
}
