/** Writing into an organisation: small numbers of records by requests, any number by jobs. */
import type { CrmWriter, RecordResult, SendLimit, WriteRequest } from '../../../contract/write.ts';
import { demandRoom, namesOf, writeUnrefused } from '../../kit/writes.ts';
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
    undelete: (_object, records, limit) =>
      undelete(
        session,
        records.map(({ id }) => id ?? ''),
        limit,
      ),
    jobs: createJobs(session, client),
  };
}

async function write(
  session: Session,
  client: Describer,
  request: WriteRequest,
  limit: SendLimit | undefined,
): Promise<RecordResult[]> {
  demandRoom(request.records, mostRecords);
  const fields = await wireFields(client, request.object, namesOf(request));
  return writeUnrefused(checked(request), (records) => {
    const { path, asked } = toCollection(request, records, fields);
    return session.once(session.path(path), asked, (text) => readCollection(text, request, records.length), limit);
  });
}
