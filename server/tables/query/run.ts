/** A session for one SELECT: opened, limited in time, closed when its rows are read, and its errors in words of people. */
import { UserError } from '../../../contract/errors.ts';
import type { LocalQuery, QueriedRows } from '../../../contract/relation.ts';
import type { Json } from '../../../contract/types.ts';
import { explainError, isOurs } from '../errors.ts';
import type { LocalAccess } from '../setting.ts';

import { openSelect } from './select.ts';

/** `read` gets the rows; the session ends with it. */
export async function runSelect<T>(
  access: LocalAccess,
  query: LocalQuery,
  read: (rows: QueriedRows) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const limit = AbortSignal.timeout(query.seconds * 1_000);
  const limited = AbortSignal.any([signal, limit]);
  const explain = (error: unknown): unknown => {
    if (limit.aborted && !signal.aborted && !(error instanceof UserError))
      return new UserError('SQL_TIME_LIMIT', { seconds: query.seconds }, { cause: error });
    return explainSelect(access, error);
  };
  const reader = await access.openReader(query.seconds);
  try {
    const { columns, batches } = await explained(explain, () => openSelect(reader, query, limited));
    return await read({ columns, batches: explainedBatches(batches, explain) });
  } finally {
    await reader.close();
  }
}

async function explained<T>(explain: (error: unknown) => unknown, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error);
  }
}

async function* explainedBatches(
  batches: AsyncIterable<Json[][]>,
  explain: (error: unknown) => unknown,
): AsyncIterable<Json[][]> {
  const reading = batches[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await explained(explain, () => reading.next());
      if (done) return;
      yield value;
    }
  } finally {
    await reading.return?.();
  }
}

/** What the database says of the statement is the person's to mend; that it went away or is full is not. */
function explainSelect({ dialect }: LocalAccess, error: unknown): unknown {
  if (!(error instanceof Error) || isOurs(error) || error.name === 'AbortError') return error;
  const fault = dialect.faultOf(error);
  if (fault?.kind === 'unreachable' || fault?.kind === 'full')
    return explainError(error, 'local data', dialect.faultOf);
  if (!('code' in error)) return error;
  const hint = 'hint' in error && typeof error.hint === 'string' ? ` (${error.hint.replace(/\.$/, '')})` : '';
  const reason = `${error.message.replace(/^SQLITE_\w+: /, '').replace(/\.$/, '')}${hint}`;
  return new UserError('SQL_FAILED', { reason }, { cause: error });
}
