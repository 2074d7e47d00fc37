/** What requests that write have in common, whichever CRM takes them: records that are not even sent, and results in their places. */
import type { ErrorCode } from '../../contract/errors.ts';
import { canonicalText } from '../../contract/types.ts';
import type { RecordRefusal, RecordResult, RecordWrite, WriteRequest } from '../../contract/write.ts';

/** Throws RangeError for more than a request may have. */
export function demandRoom(records: readonly unknown[], most: number): void {
  if (records.length > most) throw new RangeError(`${records.length} records in one request`);
}

/** The fields that any of the records names. */
export function namesOf({ records }: WriteRequest): string[] {
  return [...new Set(records.flatMap(({ values }) => Object.keys(values)))];
}

export const isRefused = (record: RecordWrite | RecordRefusal): record is RecordRefusal => 'outcome' in record;

/**
 * The records, those whose id or key is there more than once as `refuse` says: of those the CRM would write one or none, or
 * refuse all others for their sake.
 */
export function refuseRepeated<W extends RecordWrite>(
  records: readonly (W | RecordRefusal)[],
  request: WriteRequest,
  refuse: (mark: string) => RecordRefusal,
): (W | RecordRefusal)[] {
  const marks = records.map((record) => (isRefused(record) ? null : markOf(record, request)));
  const counts = new Map<string | null, number>();
  for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return records.map((record, at) => {
    const mark = marks[at] ?? null;
    return mark !== null && (counts.get(mark) ?? 0) > 1 ? refuse(mark) : record;
  });
}

/** By which records of one request must differ. Keys are the same in any case, and with spaces around them. */
function markOf({ id, values }: RecordWrite, { operation, keyField = '' }: WriteRequest): string | null {
  if (operation !== 'upsert') return id;
  const text = canonicalText('text', values[keyField] ?? null);
  return text?.trim().toLowerCase() ?? null;
}

/** Sends the records that are not refused, unless there is none; a result for each record, in their order. */
export async function writeUnrefused<W extends RecordWrite>(
  records: readonly (W | RecordRefusal)[],
  send: (records: readonly W[]) => Promise<RecordResult[]>,
): Promise<RecordResult[]> {
  const sendable = records.filter((record): record is W => !isRefused(record));
  const results = (sendable.length === 0 ? [] : await send(sendable)).values();
  return records.map((record) => (isRefused(record) ? record : (results.next().value as RecordResult)));
}

/** The families of errors by the CRM's own words for them. */
export function byWord(families: Partial<Record<ErrorCode, readonly string[]>>): ReadonlyMap<string, ErrorCode> {
  return new Map(
    Object.entries(families).flatMap(([code, words]) => words.map((word) => [word, code as ErrorCode] as const)),
  );
}
