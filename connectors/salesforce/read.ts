/**
 * Which interface a read takes. REST answers at once and page by page; the Bulk API takes a while to begin, and then gives
 * everything for few calls. The first page by REST says how many records there are.
 */
import type { ReadPage, ReadPosition, ReadQuery } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import { isOrdered } from '../kit/reads.ts';
import { BulkRefused, readByJobs } from './bulk/read.ts';
import { readByPages } from './rest/read.ts';
import type { Place, ReadScope } from './scope.ts';
import { toPlace } from './scope.ts';

/** More records, or more values than these, are read by Bulk. Wide records come in small pages. */
const manyRecords = 10_000;
const manyValues = 1_000_000;

export function readPages(scope: ReadScope, query: ReadQuery, position: ReadPosition | null): AsyncGenerator<ReadPage> {
  const place = toPlace(position);
  const via = place.job ? 'bulk' : (query.via ?? 'auto');
  const refusal = bulkRefusal(scope, query);
  if (via === 'auto' && (query.limit ?? manyRecords + 1) > manyRecords) return readAuto(scope, query, place, refusal);
  if (via === 'bulk' && refusal === null) return readBulk(scope, query, place);
  if (via === 'bulk') takeRest(scope, refusal);
  return readByPages(scope, query, place);
}

async function* readAuto(
  scope: ReadScope,
  query: ReadQuery,
  place: Place,
  refusal: string | null,
): AsyncGenerator<ReadPage> {
  let isFirst = true;
  let isForBulk = false;
  try {
    for await (const page of readByPages(scope, query, place)) {
      const isLarge = isFirst && isMany(query, (page.total ?? 0) - place.delivered);
      isForBulk = isLarge && refusal === null;
      if (isForBulk) break;
      if (isLarge) takeRest(scope, refusal);
      isFirst = false;
      yield page;
    }
  } catch (error) {
    // Not even one field has room in an address beside the filter; a job takes the query in its body.
    const isTooLong = error instanceof UserError && error.code === 'QUERY_TOO_LONG';
    if (!isFirst || !isTooLong || refusal !== null) throw error;
    isForBulk = true;
  }
  // Nothing was given on yet. Behind the catch: what goes wrong from here on must not begin the read once more.
  if (isForBulk) yield* readBulk(scope, query, place);
}

function isMany(query: ReadQuery, total: number): boolean {
  return total > manyRecords || (total > 2_000 && total * query.fields.length > manyValues);
}

/** What Bulk does not serve, or serves no longer, is read on by REST behind the last record. */
async function* readBulk(scope: ReadScope, query: ReadQuery, place: Place): AsyncGenerator<ReadPage> {
  try {
    yield* readByJobs(scope, query, place);
  } catch (error) {
    if (!(error instanceof BulkRefused)) throw error;
    scope.session.host.signal.throwIfAborted();
    takeRest(scope, error.message);
    yield* readByPages(scope, query, error.place);
  }
}

function takeRest(scope: ReadScope, reason: string | null): void {
  scope.session.host.log('info', `Many records are read by REST and not by Bulk: ${reason}`);
}

/** Why Bulk cannot serve a query, as far as that is known beforehand; null: it may. */
function bulkRefusal(scope: ReadScope, query: ReadQuery): string | null {
  if (isOrdered(query)) return 'the records are wanted in an order of their own, which cannot be resumed.';
  const compound = query.fields.find((name) => scope.find(name)?.type === 'json');
  if (compound !== undefined) return `the field ${compound} is made of others, which Bulk does not read.`;
  if (notInBulk.has(query.object)) return `${query.object} is an object that Bulk does not read.`;
  return null;
}

/** Any other that Bulk refuses says so when the job is made. */
const notInBulk = new Set([
  'AcceptedEventRelation',
  'CaseStatus',
  'ContractStatus',
  'DeclinedEventRelation',
  'FieldSecurityClassification',
  'OrderStatus',
  'PartnerRole',
  'RecentlyViewed',
  'TaskPriority',
  'TaskStatus',
  'UndecidedEventRelation',
]);
