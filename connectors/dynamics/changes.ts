/** Changes of a table by its change tracking: everything at first, then what a delta link leads to. */
import { MarkLost } from '../../contract/changes.ts';
import type { ChangesPage, ReadPosition, ReadQuery } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { ReadScope } from './read.ts';
import { mostCounted } from './read.ts';
import type { Session } from './session.ts';
import { service } from './session.ts';
import { fetchTracked, isForgotten } from './tracked.ts';
import { convertRows, quoteExactNumbers, tableAnnotation } from './values.ts';

type ChangesQuery = Pick<ReadQuery, 'object' | 'fields' | 'raw'>;

/** A delta link means something to the table, the environment and the columns it was given for, and to no others. */
interface Mark {
  of: string;
  /** Behind the service's address. */
  link: string;
}

/** The page that comes next, or how far everything was read. */
interface Place {
  next: string | null;
  begins: boolean;
  mark: string | null;
}

const pageRows = 2_000;

export async function* readChanges(
  scope: ReadScope,
  query: ChangesQuery,
  mark: string | null,
  position: ReadPosition,
): AsyncGenerator<ChangesPage> {
  const of = definingQuery(scope);
  let place = toPlace(position) ?? begin(scope.session, of, mark);
  if (place.next === null)
    yield { rows: [], rejects: [], cleaned: 0, total: null, deleted: [], mark: place.mark, position: { ...place } };
  while (place.next !== null) {
    const page = await fetchPage(scope, query, place.next, place.begins);
    const end = page.delta === null ? null : JSON.stringify({ of: addressOf(scope.session, of), link: page.delta });
    place = { next: end === null ? page.next : null, begins: place.begins, mark: end };
    const raw = new Set(query.raw ?? []);
    const converted = convertRows(page.changed, scope.chosen, raw, scope.described.table.primaryId);
    yield { ...converted, total: null, deleted: page.deleted, mark: end, position: { ...place } };
  }
}

/** Dataverse follows no way to another table while it tracks changes. */
function definingQuery({ chosen, described: { table } }: ReadScope): string {
  const related = chosen.find(({ path }) => path.length > 0);
  if (related)
    throw new UserError('CONFIG_INVALID', {
      field: related.name,
      reason: 'change tracking gives columns of the table itself only',
    });
  const columns = new Set([table.primaryId, ...chosen.map(({ wire }) => wire.property)]);
  return `${table.setName}?$select=${[...columns].sort().join(',')}`;
}

const addressOf = (session: Session, path: string): string => session.origin + service + path;

function begin(session: Session, of: string, text: string | null): Place {
  if (text === null) return { next: of, begins: true, mark: null };
  const mark = readMark(text);
  if (mark?.of !== addressOf(session, of)) throw new MarkLost('other');
  return { next: mark.link, begins: false, mark: null };
}

function readMark(text: string): Mark | null {
  try {
    const { of, link } = JSON.parse(text) as Record<string, unknown>;
    return typeof of === 'string' && typeof link === 'string' ? { of, link } : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

function toPlace(position: ReadPosition): Place | null {
  if (position === null || typeof position !== 'object' || Array.isArray(position)) return null;
  const { next, begins, mark } = position;
  return {
    next: typeof next === 'string' ? next : null,
    begins: begins === true,
    mark: typeof mark === 'string' ? mark : null,
  };
}

/** Dates are read by the columns of the table; which table a lookup leads to is told by an annotation. */
async function fetchPage(
  { session, chosen }: ReadScope,
  { object, raw = [] }: ChangesQuery,
  path: string,
  begins: boolean,
) {
  const needsTable = chosen.some(({ wire }) => wire.way?.isOneOfSeveral);
  const prefer = needsTable ? [`odata.include-annotations="${tableAnnotation}"`] : [];
  const prepare = (text: string): string => quoteExactNumbers(text, chosen, new Set(raw));
  try {
    return await fetchTracked(session, { object, path, rows: pageRows, begins, prefer, prepare });
  } catch (error) {
    throw isForgotten(error) ? new MarkLost('forgotten', { cause: error }) : error;
  }
}

/** Without those of them that are beyond the number up to which Dataverse counts: then it says no more than that. */
export async function countChanges(
  { session, described: { table } }: Omit<ReadScope, 'chosen'>,
  object: string,
  text: string,
): Promise<number | null> {
  const token = /[?&]\$deltatoken=([^&]+)/.exec(readMark(text)?.link ?? '')?.[1];
  if (token === undefined) throw new MarkLost('other');
  const path = `${table.setName}/$count?$deltatoken=${token}`;
  const count = await session.page(path, { object, type: 'text/plain' }, (answer) =>
    Number(answer.replace('\uFEFF', '')),
  );
  return count < mostCounted ? count : null;
}
