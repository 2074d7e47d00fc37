/** Writing into an environment: all records of a request by a message for many, else each by itself in a batch. */
import { createHash, randomUUID } from 'node:crypto';
import { UserError } from '../../../contract/errors.ts';
import type { CrmWriter, RecordResult, RecordWrite, SendLimit, WriteRequest } from '../../../contract/write.ts';
import { notUnderstood } from '../../kit/faults.ts';
import { demandRoom, isRefused, namesOf, writeUnrefused } from '../../kit/writes.ts';
import type { Described } from '../describe.ts';
import { parseFault } from '../errors.ts';
import { fullId } from '../ids.ts';
import type { Session } from '../session.ts';
import type { BatchAnswer } from './batch.ts';
import { readBatch, toBatch } from './batch.ts';
import { checked } from './checked.ts';
import { refusal } from './refusals.ts';
import { restoreRequest, toBatchRequest, toMessage } from './requests.ts';
import type { Sent, WriteScope } from './scope.ts';
import type { Describer } from './wireFields.ts';
import { writeFields } from './wireFields.ts';

/** Records of one request: a batch may have 1,000, but all of it has to be done within two minutes. */
const mostRecords = 200;

export function createWriter(session: Session, describe: Describer): CrmWriter {
  return {
    most: mostRecords,
    worthAJob: Number.POSITIVE_INFINITY,
    callsFor: (records) => Math.ceil(records / mostRecords),
    write: (request, limit) => write(session, describe, request, limit),
    newId: idOf,
    undelete: (object, ids, limit) => undelete(session, describe, object, ids, limit),
    hidesDeleted: true,
  };
}

/** Of the form of a random one. */
function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function write(
  session: Session,
  describe: Describer,
  request: WriteRequest,
  limit: SendLimit | undefined,
): Promise<RecordResult[]> {
  demandRoom(request.records, mostRecords);
  refuseRule(request);
  const described = await describe(request.object);
  const fields = await writeFields(describe, described, namesOf(request));
  const records = checked(request, described, fields);
  const scope: WriteScope = { session, described, request, fields, limit };
  const own = records.map((record) => (isRefused(record) ? record : withOwnId(record, request)));
  return writeUnrefused(own, (sendable) => send(scope, sendable));
}

function refuseRule({ assignmentRule }: WriteRequest): void {
  if (assignmentRule)
    throw new UserError('CONFIG_INVALID', {
      field: 'Assignment rule',
      reason: 'Dataverse has none that a write can name',
    });
}

const withOwnId = (record: RecordWrite, { operation }: WriteRequest): Sent =>
  operation === 'insert' ? { ...record, id: record.id ?? randomUUID() } : record;

/** From so many records on the message for many pays. */
const worthAMessage = 2;

async function send(scope: WriteScope, records: readonly Sent[]): Promise<RecordResult[]> {
  const { operation } = scope.request;
  const many = operation === 'insert' || operation === 'update';
  if (many && records.length >= worthAMessage) {
    const results = await sendMessage(scope, records);
    if (results) return results;
  }
  return sendBatch(scope, records);
}

/** All of them or none; null where none was written, be it for one of them: the message does not say for which. */
async function sendMessage(scope: WriteScope, records: readonly Sent[]): Promise<RecordResult[] | null> {
  const { session, request, limit } = scope;
  const isNew = request.operation === 'insert';
  const { path, asked } = toMessage(scope, records);
  try {
    return await session.once(
      path,
      asked,
      ({ text }) => {
        if (isNew) demandIds(text, records);
        return records.map(({ id }) => ({ outcome: 'written', id: id ?? '', created: isNew }));
      },
      limit,
    );
  } catch (error) {
    // What is wrong with the connection is wrong with a batch, too.
    if (error instanceof UserError && (error.code === 'REMOTE_REFUSED' || error.code === 'FIELD_UNKNOWN')) return null;
    throw error;
  }
}

function demandIds(text: string, records: readonly Sent[]): void {
  const { Ids: ids } = JSON.parse(text) as { Ids?: unknown };
  const isAll =
    Array.isArray(ids) &&
    ids.length === records.length &&
    records.every(({ id }, at) => fullId(String(ids[at])) === id);
  if (!isAll) throw notUnderstood(`an answer about other than the ${records.length} records that were sent`);
}

async function sendBatch(scope: WriteScope, records: readonly Sent[]): Promise<RecordResult[]> {
  const { session, request, limit } = scope;
  const { path, asked } = toBatch(
    records.map((record) => toBatchRequest(scope, record)),
    request.object,
  );
  return session.once(
    path,
    asked,
    (answer) =>
      readBatch(answer, records.length).map((part, at) =>
        toResult(scope, records[at] ?? { id: null, values: {} }, part),
      ),
    limit,
  );
}

function toResult({ request, described }: WriteScope, { id }: Sent, { status, text }: BatchAnswer): RecordResult {
  if (status >= 200 && status < 300) {
    const isNew = request.operation === 'insert' || status === 201;
    return { outcome: 'written', id: id ?? idIn(text, described), created: isNew };
  }
  const fault = parseFault(text) ?? { code: '', message: text === '' ? `status ${status}` : text };
  return refusal(fault, status, request.operation);
}

/** Of a record that was found by a key, the id stands in the answer only. */
function idIn(text: string, { table }: Described): string {
  const row = JSON.parse(text) as Record<string, unknown>;
  const id = row[table.primaryId];
  if (typeof id !== 'string') throw notUnderstood('a record that was written and has no id');
  return fullId(id);
}

async function undelete(
  session: Session,
  describe: Describer,
  object: string,
  ids: readonly string[],
  limit: SendLimit | undefined,
): Promise<RecordResult[]> {
  demandRoom(ids, mostRecords);
  const { table } = await describe(object);
  const full = ids.map(fullId);
  if (full.length === 0) return [];
  const { path, asked } = toBatch(
    full.map((id) => restoreRequest(table, id)),
    object,
  );
  return session.once(
    path,
    asked,
    (answer) =>
      readBatch(answer, full.length).map(({ status, text }, at): RecordResult => {
        if (status >= 200 && status < 300) return { outcome: 'written', id: full[at] ?? '', created: false };
        const refused = refusal(parseFault(text) ?? { code: '', message: text }, status, 'update');
        return refused.code === 'NO_MATCH' ? { ...refused, code: 'NOT_RESTORABLE' } : refused;
      }),
    limit,
  );
}
