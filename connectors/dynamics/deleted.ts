/** What was deleted since a mark, by change tracking: the mark is the delta link that the environment gave the last time. */
import type { DeletedRecords } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import { isRefusal, notUnderstood } from '../kit/faults.ts';
import type { Described } from './describe.ts';
import type { Session } from './session.ts';
import { service } from './session.ts';

interface WireChanges {
  value: Record<string, unknown>[];
  next: string | null;
  /** The new mark, on the last page only. */
  mark: string | null;
}

/** The version stamp that a mark holds is too old. */
const expired = '0x80044352';
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
    const last = await walk(session, details.name, start, isFirst, (row) => {
      if (row.reason === 'deleted' && typeof row.id === 'string') ids.add(row.id);
    });
    return {
      records: [...ids].map((id) => ({ id, deletedAt: now })),
      earliestAvailable: isFirst ? now : null,
      coveredUntil: now,
      mark: session.origin + service + last,
    };
  } catch (error) {
    if (!isRefusal(error, expired)) throw error;
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
  take: (row: Record<string, unknown>) => void,
): Promise<string> {
  let path = start;
  while (true) {
    const prefer = [...(isFirst ? ['odata.track-changes'] : []), `odata.maxpagesize=${pageRows}`];
    const page: WireChanges = await session.page(path, { object, prefer }, (text) => parse(session, text));
    for (const row of page.value) take(row);
    if (page.mark !== null) return page.mark;
    if (page.next === null || page.next === path) throw notUnderstood('changes without an end').giveUp;
    path = page.next;
  }
}

function parse(session: Session, text: string): WireChanges {
  const answer = JSON.parse(text) as Record<string, unknown>;
  if (!Array.isArray(answer.value)) throw notUnderstood('changes without rows');
  const linkOf = (name: string): string | null => {
    const link = answer[name];
    return typeof link === 'string' ? session.inner(link) : null;
  };
  return { value: answer.value, next: linkOf('@odata.nextLink'), mark: linkOf('@odata.deltaLink') };
}
