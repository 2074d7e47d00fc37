/**
 * What was deleted in a period, by the organisation's own log. It counts in whole minutes, takes periods of more than one
 * minute, keeps the log for about fifteen days, and names at most 600,000 ids in one answer.
 */
import type { DeletedRecords } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import { isRefusal, notUnderstood } from '../kit/faults.ts';
import type { Session } from './session.ts';

interface Period {
  /** Whole minutes since 1970. */
  start: number;
  end: number;
}

const minute = 60_000;
/** More than one minute, and whole minutes: two. */
const shortest = 2;

/** `now` is the organisation's clock: it is not asked about the future. */
export async function readDeleted(
  session: Session,
  object: string,
  from: string,
  to: string,
  now: string,
): Promise<DeletedRecords> {
  const period = wholeMinutes(from, to, now);
  const answers: DeletedRecords[] = [];
  await collect({ session, object, from }, period, answers);
  // Each answer but the last covers its period whole: otherwise no other was asked for.
  const coveredUntil = [answers.at(-1)?.coveredUntil ?? from, new Date(to).toISOString()].sort()[0] ?? from;
  return {
    records: within(answers, from, coveredUntil),
    earliestAvailable: answers[0]?.earliestAvailable ?? null,
    coveredUntil,
  };
}

/** The end is rounded up, so that its last seconds belong to it, unless that would lie ahead of the organisation's clock. */
function wholeMinutes(from: string, to: string, now: string): Period {
  const latest = Math.floor(Date.parse(now) / minute);
  const end = Math.min(Math.ceil(Date.parse(to) / minute), latest);
  return { start: Math.min(Math.floor(Date.parse(from) / minute), end - shortest), end };
}

interface Scope {
  session: Session;
  object: string;
  from: string;
}

/** Halves a period whose ids are too many for one answer. Ends where the organisation says that it covers no more. */
async function collect(scope: Scope, period: Period, answers: DeletedRecords[]): Promise<boolean> {
  const answer = await ask(scope, period).catch((error: unknown) => {
    if (isRefusal(error, 'EXCEEDED_ID_LIMIT')) return null;
    throw error;
  });
  if (answer) {
    answers.push(answer);
    return Date.parse(answer.coveredUntil) >= period.end * minute;
  }
  if (period.end - period.start <= shortest)
    throw new UserError('DELETED_TOO_MANY', { object: scope.object, from: instant(period.start) });
  const middle = Math.max(period.start + shortest, Math.floor((period.start + period.end) / 2));
  const rest = { start: Math.min(middle, period.end - shortest), end: period.end };
  return (await collect(scope, { start: period.start, end: middle }, answers)) && (await collect(scope, rest, answers));
}

async function ask({ session, object, from }: Scope, period: Period): Promise<DeletedRecords> {
  try {
    return await fetchDeleted(session, object, period);
  } catch (error) {
    if (!isRefusal(error, 'INVALID_REPLICATION_DATE')) throw error;
    const earliest = await earliestKept(session, object, period.end);
    const reason = earliest === null ? String(error.details.reason) : `it knows them from ${earliest} on`;
    throw new UserError('DELETED_NOT_KEPT', { object, from, earliest, reason }, { cause: error });
  }
}

function fetchDeleted(session: Session, object: string, period: Period): Promise<DeletedRecords> {
  const query = `start=${encodeURIComponent(instant(period.start))}&end=${encodeURIComponent(instant(period.end))}`;
  const path = session.path(`/sobjects/${encodeURIComponent(object)}/deleted/?${query}`);
  return session.page(path, { object }, parseDeleted);
}

/** A refusal does not say since when deletions are known; the answer for a short period does. */
async function earliestKept(session: Session, object: string, end: number): Promise<string | null> {
  try {
    return (await fetchDeleted(session, object, { start: end - shortest, end })).earliestAvailable;
  } catch (error) {
    if (isRefusal(error, 'INVALID_REPLICATION_DATE')) return null;
    throw error;
  }
}

/** As the interface writes it: with the offset, which is encoded in the address. */
const instant = (minutes: number): string => new Date(minutes * minute).toISOString().replace('.000Z', '+00:00');

function parseDeleted(text: string): DeletedRecords {
  const { deletedRecords, earliestDateAvailable, latestDateCovered } = JSON.parse(text) as Record<string, unknown>;
  if (!Array.isArray(deletedRecords)) throw notUnderstood('an answer about deleted records without any');
  return {
    records: deletedRecords.map((item: { id?: unknown; deletedDate?: unknown } | null) => ({
      id: String(item?.id),
      deletedAt: toInstant(item?.deletedDate),
    })),
    earliestAvailable: earliestDateAvailable === null ? null : toInstant(earliestDateAvailable),
    coveredUntil: toInstant(latestDateCovered),
  };
}

function toInstant(value: unknown): string {
  const time = Date.parse(String(value));
  if (Number.isNaN(time)) throw notUnderstood(`"${String(value)}" where a date belongs`);
  return new Date(time).toISOString();
}

/** Periods share their middle minute, so what lies there is told twice. */
function within(answers: readonly DeletedRecords[], from: string, to: string): DeletedRecords['records'] {
  const first = new Date(from).toISOString();
  const found = new Map<string, DeletedRecords['records'][number]>();
  for (const { records } of answers)
    for (const record of records)
      if (record.deletedAt >= first && record.deletedAt <= to) found.set(`${record.id} ${record.deletedAt}`, record);
  return [...found.values()];
}
