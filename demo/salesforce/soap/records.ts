import type { Call } from '../call.ts';
import { RecordError } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import type { Table } from '../store/table.ts';
import { readyToDelete, readyToWrite } from '../writes/ready.ts';
import { Writer } from '../writes/writer.ts';
import { descend, type Element, textOf } from './xml.ts';

/** What one id or request came to. */
interface Result {
  errors: unknown[];
  id: string | null;
  success: boolean;
}

type Work = (writer: Writer, table: Table, row: number) => void;

/** SOAP `delete`: to the recycle bin. */
export function deleteRecords(call: Call, message: Element): Promise<Result[]> {
  return eachId(call, message, (writer, table, row) => writer.remove(table, row));
}

/** Back from the recycle bin, with the children that went along: REST has no call for it. */
export function undeleteRecords(call: Call, message: Element): Promise<Result[]> {
  return eachId(call, message, (writer, table, row) => writer.restore(table, row));
}

/** Out of the recycle bin for good. */
export function emptyRecycleBin(call: Call, message: Element): Promise<Result[]> {
  return eachId(call, message, (writer, table, row) => {
    if (!table.isDeleted(row)) throw RecordError.of('INVALID_ID_FIELD', 'Entity is not in the recycle bin');
    writer.erase(table, row);
  });
}

/** Up to two records into a master, which may get new values. */
export async function mergeRecords(call: Call, message: Element): Promise<Result[]> {
  const results: Result[] = [];
  for (const request of message.children.filter(({ name }) => name === 'mergeRequests')) {
    const master = descend(request, 'masterRecord');
    const id = textOf(master, 'Id');
    const loserIds = request.children.filter(({ name }) => name === 'recordToMergeIds').map(({ text }) => text);
    const result = await merge(call, id, loserIds, valuesOf(master)).then(() => done(id), refused);
    results.push({ ...result, ...{ mergedRecordIds: result.success ? loserIds : [], updatedRelatedIds: [] } });
  }
  return results;
}

async function merge(call: Call, id: string, loserIds: string[], values: Record<string, unknown>): Promise<void> {
  const { table, row } = find(call, id);
  const losers = loserIds.map((loserId) => find(call, loserId));
  if (losers.some((loser) => loser.table !== table))
    throw RecordError.of('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  await readyToWrite(call.org, table, [values]);
  await readyToDelete(call.org);
  const writer = new Writer(call.org, call.userId);
  writer.merge(
    table,
    row,
    losers.map((loser) => loser.row),
  );
  try {
    if (Object.keys(values).length > 0) writer.update(table, row, values);
  } catch (error) {
    writer.rollback();
    throw error;
  }
}

function valuesOf(record: Element | undefined): Record<string, unknown> {
  const fields = (record?.children ?? []).filter(({ name }) => !['type', 'Id', 'fieldsToNull'].includes(name));
  return Object.fromEntries(fields.map(({ name, text }) => [name, text]));
}

async function eachId(call: Call, message: Element, work: Work): Promise<Result[]> {
  await readyToDelete(call.org);
  const writer = new Writer(call.org, call.userId);
  return message.children
    .filter(({ name }) => name === 'ids')
    .map(({ text }) => {
      try {
        const { table, row } = find(call, text);
        work(writer, table, row);
        return done(table.idOf(row));
      } catch (error) {
        return refused(error);
      }
    });
}

function find({ org }: Call, text: string): { table: Table; row: number } {
  const id = normaliseId(text);
  const table = id === null ? undefined : org.tableOfId(id);
  if (id === null || table === undefined) throw RecordError.of('MALFORMED_ID', `malformed id ${text}`);
  const row = table.rowOf(id);
  if (row < 0) throw RecordError.of('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  return { table, row };
}

function done(id: string): Result {
  return { errors: [], id, success: true };
}

function refused(error: unknown): Result {
  if (!(error instanceof RecordError)) throw error;
  return { errors: error.faults, id: null, success: false };
}
