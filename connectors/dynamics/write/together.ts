/** All records of a request by one message: every one of them is written, or none. */
import { UserError } from '../../../contract/errors.ts';
import type { RecordResult, WriteOperation } from '../../../contract/write.ts';
import { RefusedTogether } from '../../../contract/write.ts';
import { notUnderstood } from '../../kit/faults.ts';
import type { RemoteFault } from '../errors.ts';
import { fullId } from '../ids.ts';
import type { Message } from './messages.ts';
import { refusal } from './refusals.ts';
import { toMessage } from './requests.ts';
import type { Sent, WriteScope } from './scope.ts';

/** Rejects with RefusedTogether where it may be for one of the records: the message does not say for which. */
export async function sendMessage(
  scope: WriteScope,
  message: Message,
  records: readonly Sent[],
): Promise<RecordResult[]> {
  const { session, request, limit } = scope;
  const isNew = message === 'CreateMultiple';
  const { path, asked } = toMessage(scope, message, records);
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
    return refusedBy(error, request.operation, records);
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

/** What held up all of them, such as a lock, lets each be sent again; what is wrong with the connection stays an error. */
function refusedBy(error: unknown, operation: WriteOperation, records: readonly Sent[]): RecordResult[] {
  const fault = faultOf(error);
  if (fault === null) throw error;
  const refused = refusal(fault, 400, operation);
  if (refused.passing) return records.map(() => refused);
  throw new RefusedTogether(`${refused.symbol} ${refused.message}`, !isOfAll(fault));
}

/** Null for what is not said of records: a request that is too long, a limit, a lost connection. */
function faultOf(error: unknown): RemoteFault | null {
  if (!(error instanceof UserError)) return null;
  if (error.code === 'FIELD_UNKNOWN') return { code: '0x80060888', message: error.message };
  const { code, reason } = error.details;
  return error.code === 'REMOTE_REFUSED' && code !== '413' ? { code: String(code), message: String(reason) } : null;
}

/** A column or a message that the table does not have, or a privilege that the user lacks. */
const isOfAll = ({ code, message }: RemoteFault): boolean =>
  code === '0x80060888' ||
  code === '0x8006088a' ||
  code === '0x80040800' ||
  /\bmissing prv\w+|\bprivilege\b/i.test(message);
