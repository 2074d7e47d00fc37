/** Writing into an environment: all records of a request by a message for many, or each by itself in a batch. */
import { createHash, randomUUID } from 'node:crypto';
import { UserError } from '../../../contract/errors.ts';
import type { CrmWriter, RecordResult, RecordWrite, SendLimit, WriteRequest } from '../../../contract/write.ts';
import { notUnderstood } from '../../kit/faults.ts';
import { demandRoom, isRefused, namesOf, writeUnrefused } from '../../kit/writes.ts';
import type { Described } from '../describe.ts';
import { fullId } from '../ids.ts';
import type { Session } from '../session.ts';
import type { BatchAnswer } from './batch.ts';
import { isDone, readBatch, toBatch } from './batch.ts';
import { checked } from './checked.ts';
import { Messages } from './messages.ts';
import { partRefusal } from './refusals.ts';
import { toBatchRequest } from './requests.ts';
import { mostRecords, undelete } from './restore.ts';
import type { Sent, WriteScope } from './scope.ts';
import { sendMessage } from './together.ts';
import type { Describer } from './wireFields.ts';
import { writeFields } from './wireFields.ts';

export function createWriter(session: Session, describe: Describer): CrmWriter {
  const messages = new Messages(session);
  return {
    most: mostRecords,
    worthAJob: Number.POSITIVE_INFINITY,
    callsFor: (records) => Math.ceil(records / mostRecords),
    write: (request, limit) => write({ session, describe, messages }, request, limit),
    newId: idOf,
    undelete: (object, records, limit) => undelete({ session, describe }, object, records, limit),
    hidesDeleted: true,
  };
}

/** Of the form of a random one. */
function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

interface Writing {
  session: Session;
  describe: Describer;
  messages: Messages;
}

async function write(
  { session, describe, messages }: Writing,
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
  return writeUnrefused(own, (sendable) => send(scope, messages, sendable));
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

/**
 * UpsertMultiple is none of the messages: over the Web API it answers without a word on what was made, what was changed and which
 * records they are, so that nobody could take an upsert back. Deletions have no message but for elastic tables.
 */
async function send(scope: WriteScope, messages: Messages, records: readonly Sent[]): Promise<RecordResult[]> {
  const { operation, apart } = scope.request;
  const message = operation === 'insert' ? 'CreateMultiple' : operation === 'update' ? 'UpdateMultiple' : null;
  const isTogether = message !== null && apart !== true && records.length >= worthAMessage;
  if (isTogether && (await messages.has(scope.described.table, message))) return sendMessage(scope, message, records);
  return sendBatch(scope, records);
}

async function sendBatch(scope: WriteScope, records: readonly Sent[]): Promise<RecordResult[]> {
  const { session, request, limit } = scope;
  const { path, asked } = toBatch(
    records.map((record) => [toBatchRequest(scope, record)]),
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

function toResult({ request, described }: WriteScope, { id }: Sent, part: BatchAnswer): RecordResult {
  if (!isDone(part)) return partRefusal(part, request.operation);
  const isNew = request.operation === 'insert' || part.status === 201;
  return { outcome: 'written', id: id ?? idIn(part.text, described), created: isNew };
}

/** Of a record that was found by a key, the id stands in the answer only. */
function idIn(text: string, { table }: Described): string {
  const row = JSON.parse(text) as Record<string, unknown>;
  const id = row[table.primaryId];
  if (typeof id !== 'string') throw notUnderstood('a record that was written and has no id');
  return fullId(id);
}
