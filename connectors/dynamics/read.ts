/** Pages of a query by their links, and rows by ids and keys. */
import type { ReadPage, ReadPosition, ReadQuery } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import { canonicalText } from '../../contract/types.ts';
import { notUnderstood } from '../kit/faults.ts';
import { isOrdered, partsFor } from '../kit/reads.ts';
import type { Described } from './describe.ts';
import { fullId } from './ids.ts';
import type { Chosen, Part } from './odata.ts';
import { buildCount, buildQuery, literalFor, wireOf } from './odata.ts';
import type { Session } from './session.ts';
import { convertRows, quoteExactNumbers, tableAnnotation } from './values.ts';

/** What a read works with. */
export interface ReadScope {
  session: Session;
  described: Described;
  /** In the order of the query's fields. */
  chosen: readonly Chosen[];
}

interface WirePage {
  rows: unknown[];
  count: number | null;
  /** Behind the service's address; null: it is the last page. */
  next: string | null;
}

const pageRows = 2_000;
/** What `$count` does not count beyond. */
export const mostCounted = 5_000;

interface Place {
  /** The link of the next page. */
  next: string | null;
  delivered: number;
}

export async function* readPages(scope: ReadScope, query: ReadQuery, position: ReadPosition): AsyncGenerator<ReadPage> {
  refuseEverything(query);
  const start = isOrdered(query) ? null : toPlace(position);
  let path = start ? start.next : `${buildQuery(query, scope.described, scope.chosen, null)}&$count=true`;
  let delivered = start?.delivered ?? 0;
  let total: number | null = null;
  while (path !== null && delivered < (query.limit ?? Number.POSITIVE_INFINITY)) {
    const left = (query.limit ?? Number.POSITIVE_INFINITY) - delivered;
    const page: WirePage = await fetchPage(scope, query, path, Math.min(pageRows, left));
    if (page.next === path) throw notUnderstood('a page whose link leads to itself').giveUp;
    total ??= page.count;
    // The size of a page is a wish: whatever came of a longer one is behind the next link no more.
    const rows = page.rows.slice(0, left);
    delivered += rows.length;
    path = page.next;
    const place: Place = { next: path, delivered };
    yield { ...convert(scope, query, rows), position: isOrdered(query) ? null : { ...place }, total };
  }
}

function toPlace(position: ReadPosition): Place | null {
  if (position === null || typeof position !== 'object' || Array.isArray(position)) return null;
  const { next, delivered } = position;
  return { next: typeof next === 'string' ? next : null, delivered: Number(delivered) };
}

/** Deleted rows are seen by nobody. */
function refuseEverything({ everything }: ReadQuery): void {
  if (everything)
    throw new UserError('CONFIG_INVALID', {
      field: 'Query for all elements',
      reason: 'Dataverse shows no deleted records',
    });
}

function convert({ chosen, described }: ReadScope, { raw = [] }: ReadQuery, rows: readonly unknown[]) {
  return convertRows(rows, chosen, new Set(raw), described.table.primaryId);
}

function fetchPage(
  { session, chosen, described }: ReadScope,
  { object, raw = [] }: ReadQuery,
  path: string,
  size: number,
): Promise<WirePage> {
  const needsTable = chosen.some(({ wire }) => wire.way?.isOneOfSeveral);
  const prefer = [
    `odata.maxpagesize=${size}`,
    ...(needsTable ? [`odata.include-annotations="${tableAnnotation}"`] : []),
  ];
  return session.page(path, { object, prefer }, (text) => {
    const answer = JSON.parse(quoteExactNumbers(text, chosen, new Set(raw))) as Record<string, unknown>;
    if (!Array.isArray(answer.value)) throw notUnderstood(`a page of ${described.table.setName} without rows`);
    const link = answer['@odata.nextLink'];
    const count = answer['@odata.count'];
    return {
      rows: answer.value,
      count: typeof count === 'number' && count < mostCounted ? count : null,
      next: typeof link === 'string' ? session.inner(link) : null,
    };
  });
}

/** Rows of one request for ids or keys, and most signs of the values in its address. */
export const mostTogether = 200;
const mostSigns = 12_000;

export async function* readByIds(scope: ReadScope, query: ReadQuery, ids: readonly string[]): AsyncGenerator<ReadPage> {
  const full = [...new Set(ids.map(fullId))];
  for (let from = 0; from < full.length; from += mostTogether)
    yield* readPart(scope, query, { ids: full.slice(from, from + mostTogether) });
}

export async function* readByKey(
  scope: ReadScope,
  query: ReadQuery,
  keyField: string,
  values: readonly Cell[],
): AsyncGenerator<ReadPage> {
  const key = wireOf(scope.described, keyField);
  const { type } = key.field;
  const asTexts = type === 'text' || type === 'integer';
  const literals = values
    .filter((value) => value !== null)
    .map((value) => (asTexts ? (canonicalText(type, value) ?? '') : literalFor(key, value)));
  const size = (literal: string): number => encodeURIComponent(JSON.stringify(literal)).length;
  for (const part of partsFor([...new Set(literals)], size, { size: mostSigns, count: mostTogether }))
    yield* readPart(scope, query, { key, literals: part });
}

/** All pages of a part; the order and the limit of the query do not count. */
async function* readPart(scope: ReadScope, query: ReadQuery, part: Part): AsyncGenerator<ReadPage> {
  const { orderBy: _order, limit: _limit, ...own } = query;
  refuseEverything(query);
  let path: string | null = buildQuery(own, scope.described, scope.chosen, part);
  while (path !== null) {
    const page: WirePage = await fetchPage(scope, own, path, pageRows);
    if (page.next === path) throw notUnderstood('a page whose link leads to itself').giveUp;
    path = page.next;
    yield { ...convert(scope, own, page.rows), position: null, total: null };
  }
}

/** How many rows a query gives. Behind the number up to which Dataverse counts, they are counted page by page. */
export async function countRows({ session, described }: Omit<ReadScope, 'chosen'>, query: ReadQuery): Promise<number> {
  const scope: ReadScope = { session, described, chosen: [] };
  const path = buildCount(query, described);
  const first = await fetchPage(scope, query, `${path}&$count=true`, 1);
  if (first.count !== null) return first.count;
  let count = 0;
  for (let next: string | null = path; next !== null; ) {
    const page: WirePage = await fetchPage(scope, query, next, mostCounted);
    if (page.next === next) throw notUnderstood('a page whose link leads to itself').giveUp;
    count += page.rows.length;
    next = page.next;
  }
  return count;
}
