/**
 * Deleted records, brought back: out of the recycle bin where it has them, else made anew with their old ids and the values that
 * were kept. In this order, since a record with the id keeps the one in the bin from coming back.
 */
import { RetryLater, UserError } from '../../../contract/errors.ts';
import type { RecordRefusal, RecordResult, RecordWrite, SendLimit } from '../../../contract/write.ts';
import { oneLine } from '../../kit/faults.ts';
import { demandRoom, namesOf, writeUnrefused } from '../../kit/writes.ts';
import type { Described } from '../describe.ts';
import { fullId } from '../ids.ts';
import type { Session } from '../session.ts';
import type { BatchAnswer, BatchRequest } from './batch.ts';
import { isDone, readBatch, toBatch } from './batch.ts';
import { checked } from './checked.ts';
import { partRefusal, unsent } from './refusals.ts';
import { remakeRequests, restoreRequest } from './requests.ts';
import type { Describer } from './wireFields.ts';
import { writeFields } from './wireFields.ts';

/** Records of one request: a batch may have 1,000, but all of it has to be done within two minutes. */
export const mostRecords = 200;

export async function undelete(
  { session, describe }: { session: Session; describe: Describer },
  object: string,
  records: readonly RecordWrite[],
  limit: SendLimit | undefined,
): Promise<RecordResult[]> {
  demandRoom(records, mostRecords);
  const scope: Scope = { session, describe, described: await describe(object), limit };
  const full = records.map((record) => ({ ...record, id: fullId(record.id ?? '') }));
  if (full.length === 0) return [];
  const restored = scope.described.details.undeletable ? await restore(scope, full) : full.map(() => notKept);
  const isLost = (at: number): boolean => isNotKept(restored[at]) && Object.keys(full[at]?.values ?? {}).length > 0;
  const lost = full.filter((_, at) => isLost(at));
  if (lost.length === 0) return restored;
  const remade = (await remakeBehind(scope, lost, restored)).values();
  return restored.map((result, at) => (isLost(at) ? (remade.next().value as RecordResult) : result));
}

interface Scope {
  session: Session;
  describe: Describer;
  described: Described;
  limit: SendLimit | undefined;
}

type Deleted = RecordWrite & { id: string };

const notKept: RecordRefusal = unsent('NOT_RESTORABLE', 'NOT_RESTORABLE', 'The table has no recycle bin.', []);
const isNotKept = (result: RecordResult | undefined): boolean =>
  result?.outcome === 'refused' && result.code === 'NOT_RESTORABLE';

function restore(scope: Scope, records: readonly Deleted[]): Promise<RecordResult[]> {
  const { table } = scope.described;
  return sendAll(
    scope,
    records,
    ({ id }) => [restoreRequest(table, id)],
    (part) => {
      const refused = partRefusal(part, 'update');
      return refused.code === 'NO_MATCH' ? { ...refused, code: 'NOT_RESTORABLE' } : refused;
    },
  );
}

/**
 * Of a request that comes behind another it has to be said what that one wrote: what it could not do itself is tried again. So it
 * is where asking the bin took the time of both: all of them at once would take it again, fewer at a time do not.
 */
async function remakeBehind(
  scope: Scope,
  records: readonly Deleted[],
  before: readonly RecordResult[],
): Promise<RecordResult[]> {
  try {
    return await remake(scope, records);
  } catch (error) {
    const isKnown = error instanceof RetryLater || error instanceof UserError;
    const isTooLate = isKnown && error.code === 'SENT_TOO_LATE';
    if (!isKnown || (!isTooLate && before.every(({ outcome }) => outcome === 'refused'))) throw error;
    const busy = { ...unsent('RECORD_BUSY', error.code, oneLine(error.message), []), passing: true };
    return records.map(() => busy);
  }
}

/** A record with its state, or neither. One that is there is never changed. */
async function remake(scope: Scope, records: readonly Deleted[]): Promise<RecordResult[]> {
  const { describe, described } = scope;
  const request = { object: described.table.name, operation: 'insert' as const, records };
  const fields = await writeFields(describe, described, namesOf(request));
  return writeUnrefused(checked(request, described, fields), (sendable) =>
    sendAll(
      scope,
      sendable.map((record) => ({ ...record, id: record.id ?? '' })),
      (record) => remakeRequests(described.table, fields, record),
      (part) => partRefusal(part, 'insert'),
    ),
  );
}

/** Each record's requests together: done, or refused as a whole. */
async function sendAll(
  { session, described, limit }: Scope,
  records: readonly Deleted[],
  requestsFor: (record: Deleted) => BatchRequest[],
  refused: (part: BatchAnswer) => RecordRefusal,
): Promise<RecordResult[]> {
  const { path, asked } = toBatch(records.map(requestsFor), described.table.name);
  return session.once(
    path,
    asked,
    (answer) =>
      readBatch(answer, records.length).map(
        (part, at): RecordResult =>
          isDone(part) ? { outcome: 'written', id: records[at]?.id ?? '', created: false } : refused(part),
      ),
    limit,
  );
}
