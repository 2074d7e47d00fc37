import { type Call, readJson } from '../call.ts';
import { ApiError } from '../errors.ts';
import type { Table } from '../store/table.ts';
import { readyToWrite } from '../writes/ready.ts';
import type { Body } from '../writes/values.ts';
import { writeable } from './sobjects.ts';

const MOST_WRITTEN = 200;
const MOST_CHUNKS = 10;

/** A record of a collection with the object it belongs to. */
export interface Item {
  table: Table;
  body: Body;
}

/** The records of a request; `only` is the object of the path, where there is one. */
export async function readItems(
  call: Call,
  right: 'createable' | 'updateable',
  only?: Table,
): Promise<{ items: Item[]; allOrNone: boolean }> {
  const { records, allOrNone } = readJson(call);
  if (!Array.isArray(records)) throw new ApiError(400, 'JSON_PARSER_ERROR', 'The request has no array of records');
  checkCount(records.length, MOST_WRITTEN);
  const items = records.map((body: Body) => ({ table: writeable(tableOf(call, body, only), right), body }));
  checkChunks(items);
  for (const table of new Set(items.map((item) => item.table))) {
    const bodies = items.filter((item) => item.table === table).map((item) => item.body);
    await readyToWrite(call.org, table, bodies);
  }
  return { items, allOrNone: allOrNone === true };
}

function tableOf(call: Call, body: Body, only?: Table): Table {
  const { type } = (body?.attributes ?? {}) as { type?: unknown };
  if (type === undefined && only !== undefined) return only;
  const table = typeof type === 'string' ? call.org.table(type) : undefined;
  if (table !== undefined && (only === undefined || table === only)) return table;
  throw new ApiError(400, 'INVALID_TYPE', `sObject type '${type ?? ''}' is not supported.`);
}

export function checkCount(count: number, most = MOST_WRITTEN): void {
  if (count <= most) return;
  const message = `record limit reached. cannot submit more than ${most} records into this call`;
  throw new ApiError(400, 'EXCEEDED_ID_LIMIT', message);
}

/** Records of one object that follow each other are one chunk. */
function checkChunks(items: Item[]): void {
  const chunks = items.filter(({ table }, i) => i === 0 || items[i - 1]!.table !== table).length;
  if (chunks <= MOST_CHUNKS) return;
  const message = `Cannot have more than ${MOST_CHUNKS} chunks in a single operation. Please rearrange the data to reduce chunking.`;
  throw new ApiError(400, 'LIMIT_EXCEEDED', message);
}
