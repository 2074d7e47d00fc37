/** What the CRM counts as changes since a mark, beside what was read: one call where they agree, two where they do not. */
import { MarkLost } from '../../contract/changes.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Context, ReadTables } from './readRecords.ts';
import type { Verdict } from './reconcile.ts';
import type { Walk } from './trackedPages.ts';

/** `next` is the mark of the last page: what changed behind it is counted as well, and told by the next import. */
export async function reconcileChanges(
  context: Context,
  walk: Walk,
  next: string,
  { records, rejects, gone }: ReadTables & { gone: TableRef },
): Promise<Verdict> {
  const changed = records.count + rejects.count;
  const told = walk.mark === null ? null : await count(context, walk, walk.mark);
  // Whether deletions are counted among the changes is not said anywhere.
  const read = told === changed ? changed : changed + gone.count;
  const verdict: Verdict = { counted: told, read, late: 0, moved: 0, unexplained: 0, left: 0 };
  if (told === null || told === read) return verdict;
  const later = (await count(context, walk, next)) ?? Number.POSITIVE_INFINITY;
  const [least, most] = [changed, read + later];
  if (told >= least && told <= most) return { ...verdict, moved: Math.abs(told - read) };
  return { ...verdict, unexplained: told < least ? least - told : told - most };
}

/** A count that fails is no reason to lose an import: it is said. */
async function count(context: Context, { changes, query }: Walk, mark: string): Promise<number | null> {
  try {
    return await changes.count(query.object, mark);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof UserError || error instanceof RetryLater || error instanceof MarkLost)) throw error;
    context.log('warning', `What was read could not be compared with the count of the CRM: ${error.message}`);
    return null;
  }
}
