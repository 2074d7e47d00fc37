/** What was deleted since a mark, by change tracking: the mark is the delta link that the environment gave the last time. */
import type { DeletedRecords } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Described } from './describe.ts';
import type { Session } from './session.ts';
import { service } from './session.ts';
import { fetchTracked, isForgotten } from './tracked.ts';

const pageRows = 5_000;

/** `now` is the environment's clock. */
export async function readDeleted(
  session: Session,
  { table, details }: Described,
  mark: string | null,
  from: string,
  now: string,
): Promise<DeletedRecords> {
  if (details.tracksDeletions === false)
    throw new UserError('DELETED_NOT_KEPT', {
      object: details.name,
      from,
      reason: 'change tracking is switched off for this table',
    });
  const first = `${table.setName}?$select=${table.primaryId}`;
  const isFirst = mark === null;
  const start = isFirst ? first : pathOf(session, mark, table.setName);
  if (start === null)
    throw new UserError('DELETED_NOT_KEPT', {
      object: details.name,
      from,
      reason: 'what the last import has kept is of another table or environment',
    });
  const ids = new Set<string>();
  try {
    const last = await walk(session, details.name, start, isFirst, (id) => ids.add(id));
    return {
      records: [...ids].map((id) => ({ id, deletedAt: now })),
      earliestAvailable: isFirst ? now : null,
      coveredUntil: now,
      mark: session.origin + service + last,
    };
  } catch (error) {
    if (!isForgotten(error)) throw error;
    const reason = 'its change tracking has forgotten it';
    throw new UserError('DELETED_NOT_KEPT', { object: details.name, from, reason }, { cause: error });
  }
}

/** A mark names its environment and its table, since it means nothing to others: null where it is of another one. */
function pathOf(session: Session, mark: string, setName: string): string | null {
  const start = `${session.origin}${service}${setName}?`;
  return mark.startsWith(start) ? mark.slice(session.origin.length + service.length) : null;
}

/** Every page of a list of changes; gives the mark that the last one holds. */
async function walk(
  session: Session,
  object: string,
  start: string,
  isFirst: boolean,
  take: (id: string) => void,
): Promise<string> {
  let path = start;
  while (true) {
    const page = await fetchTracked(session, { object, path, rows: pageRows, begins: isFirst });
    for (const id of page.deleted) take(id);
    if (page.delta !== null) return page.delta;
    path = page.next ?? path;
  }
}
