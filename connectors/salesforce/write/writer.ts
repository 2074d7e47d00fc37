/** Writing into an organisation: small numbers of records by requests, any number by jobs. */
import type {
  CrmWriter,
  RecordRefusal,
  RecordResult,
  RecordWrite,
  SendLimit,
  WriteRequest,
} from '../../../contract/write.ts';
import type { Session } from '../session.ts';
import { checked } from './checked.ts';
import { mostRecords, readCollection, toCollection } from './collections.ts';
import { createJobs } from './jobs.ts';
import { undelete } from './undelete.ts';
import type { Describer } from './wireFields.ts';
import { wireFields } from './wireFields.ts';

/** A job takes about ten calls whatever its size: to open, fill and start it, to look at it, and for its results. */
const callsOfJob = 10;
/** As many as this takes in requests. */
const worthAJob = callsOfJob * mostRecords;

export function createWriter(session: Session, client: Describer): CrmWriter {
  return {
    most: mostRecords,
    worthAJob,
    callsFor: (records, way) => {
      if (way === 'job') return records === 0 ? 0 : callsOfJob;
      return Math.ceil(records / mostRecords);
    },
    write: (request, limit) => write(session, client, request, limit),
    undelete: (_object, ids, limit) => undelete(session, ids, limit),
    jobs: createJobs(session, client),
  };
}

async function write(
  session: Session,
  client: Describer,
  request: WriteRequest,
  limit: SendLimit | undefined,
): Promise<RecordResult[]> {
  if (request.records.length > mostRecords) throw new RangeError(`${request.records.length} records in one request`);
  const names = [...new Set(request.records.flatMap(({ values }) => Object.keys(values)))];
  const fields = await wireFields(client, request.object, names);
  const records = checked(request);
  const sendable = records.filter((record): record is RecordWrite => !isRefused(record));
  const { path, asked } = toCollection(request, sendable, fields);
  const results =
    sendable.length === 0
      ? []
      : await session.once(session.path(path), asked, (text) => readCollection(text, request, sendable.length), limit);
  const next = results.values();
  return records.map((record) => (isRefused(record) ? record : (next.next().value as RecordResult)));
}

const isRefused = (record: RecordWrite | RecordRefusal): record is RecordRefusal => 'outcome' in record;
