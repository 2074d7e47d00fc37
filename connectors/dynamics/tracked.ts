/** Answers of change tracking: rows that changed and rows that are gone, page by page, and on the last page the delta link. */
import type { ReadQuery } from '../../contract/connector.ts';
import { isRefusal, notUnderstood } from '../kit/faults.ts';
import type { Session } from './session.ts';

export interface TrackedPage {
  changed: Record<string, unknown>[];
  /** Ids. */
  deleted: string[];
  /** Behind the service's address; null: it is the last page. */
  next: string | null;
  /** The delta link, behind the service's address, on the last page. */
  delta: string | null;
}

interface TrackedRequest {
  object: ReadQuery['object'];
  path: string;
  rows: number;
  /** Asks for a delta link: everything there is comes with it. One that a delta link leads to asks for it by itself. */
  begins: boolean;
  prefer?: readonly string[];
  /** What is done to the text before it is parsed. */
  prepare?: (text: string) => string;
}

export function fetchTracked(
  session: Session,
  { object, path, rows, begins, prefer = [], prepare = (text) => text }: TrackedRequest,
): Promise<TrackedPage> {
  const wanted = [...(begins ? ['odata.track-changes'] : []), `odata.maxpagesize=${rows}`, ...prefer];
  return session.page(path, { object, prefer: wanted }, (text) => {
    const page = parse(session, prepare(text));
    if (page.delta === null && (page.next === null || page.next === path))
      throw notUnderstood('changes without an end');
    return page;
  });
}

function parse(session: Session, text: string): TrackedPage {
  const answer = JSON.parse(text) as Record<string, unknown>;
  if (!Array.isArray(answer.value)) throw notUnderstood('changes without rows');
  const rows = answer.value as Record<string, unknown>[];
  const linkOf = (name: string): string | null => {
    const link = answer[name];
    return typeof link === 'string' ? session.inner(link) : null;
  };
  return {
    changed: rows.filter((row) => !isGone(row)),
    deleted: rows.flatMap(({ id, reason }) => (reason === 'deleted' && typeof id === 'string' ? id.toLowerCase() : [])),
    next: linkOf('@odata.nextLink'),
    delta: linkOf('@odata.deltaLink'),
  };
}

const isGone = ({ id, reason }: Record<string, unknown>): boolean => reason === 'deleted' && typeof id === 'string';

/** The version stamp that a delta link holds is too old. */
export const isForgotten = (error: unknown): boolean => isRefusal(error, '0x80044352');
