import type { Call } from '../call.ts';
import { isReplicateable } from '../describe.ts';
import { ApiError } from '../errors.ts';
import { MAX_ROWS } from '../ids.ts';
import { json, type Reply } from '../reply.ts';
import { instantText } from '../soql/encode.ts';
import { BIN_SECONDS, deletedBetween } from '../store/recycleBin.ts';
import { rangeOf } from '../store/stampOrder.ts';
import type { Table } from '../store/table.ts';
import { tableOf } from './resources.ts';

/** A period in whole minutes, in seconds since 1970; both ends included. */
interface Period {
  start: number;
  end: number;
}

const MOST_DAYS_BACK = 30;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** GET /sobjects/X/updated?start=&end= : what was made, changed or undeleted, as far as its SystemModstamp says so. */
export function listUpdated(call: Call): Reply {
  const table = replicateable(tableOf(call));
  const period = readPeriod(call);
  const ranges = [rangeOf(period.start, 0, period.end, MAX_ROWS - 1)];
  const ids = [...table.gatherByStamp('SystemModstamp', ranges, false, Infinity)].map(table.idOf);
  checkCount(call, ids.length);
  return json({ ids, latestDateCovered: instantText(coveredUntil(call, period)) });
}

/** GET /sobjects/X/deleted?start=&end= : what is deleted since then, whether it still lies in the recycle bin or not. */
export function listDeleted(call: Call): Reply {
  const table = replicateable(tableOf(call));
  const period = readPeriod(call);
  const { knownSince } = table.deletions;
  // Sources name both answers: the error, and a list that begins later than asked.
  if (call.org.refusesPurgedDeletes && period.start < knownSince)
    throw invalidDate(`start must not be before the last purge of deleted records, ${instantText(knownSince)}`);
  const deletions = deletedBetween(table, period.start, period.end);
  checkCount(call, deletions.length);
  const earliest = Math.max(knownSince, call.org.clock.seconds() - BIN_SECONDS);
  return json({
    deletedRecords: deletions.map(({ row, at }) => ({ id: table.idOf(row), deletedDate: instantText(at) })),
    earliestDateAvailable: instantText(earliest),
    latestDateCovered: instantText(coveredUntil(call, period)),
  });
}

function replicateable(table: Table): Table {
  if (isReplicateable(table)) return table;
  throw new ApiError(400, 'INVALID_TYPE_FOR_OPERATION', `entity type ${table.name} does not support replication`);
}

/** The seconds of both ends are ignored before anything is compared. */
function readPeriod(call: Call): Period {
  const start = readMinute(call, 'start');
  const end = readMinute(call, 'end');
  if (end - start <= 60) throw invalidDate('start must be before end by more than one minute');
  if (start < call.org.clock.seconds() - MOST_DAYS_BACK * 86_400)
    throw invalidDate(`start must not be more than ${MOST_DAYS_BACK} days ago`);
  return { start, end };
}

function readMinute(call: Call, name: string): number {
  const text = call.query.get(name) ?? '';
  const instant = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant))
    throw invalidDate(`${name} must be an instant such as 2026-06-02T08:00:00+00:00, not "${text}"`);
  return toMinute(instant / 1000);
}

/**
 * Never after `end`; before it where the current minute is not over, or where a transaction is open that has written
 * already and is not seen yet.
 */
function coveredUntil({ org }: Call, { end }: Period): number {
  const open = org.transactions.earliestStamp;
  return Math.min(end, toMinute(org.clock.seconds() - 1), open === null ? Infinity : toMinute(open - 1));
}

function toMinute(seconds: number): number {
  return Math.floor(seconds / 60) * 60;
}

function checkCount({ org }: Call, count: number): void {
  if (count > org.replicationIds)
    throw new ApiError(400, 'EXCEEDED_ID_LIMIT', `more than ${org.replicationIds} ids: ask for a shorter period`);
}

function invalidDate(message: string): ApiError {
  return new ApiError(400, 'INVALID_REPLICATION_DATE', message);
}
