import { type Call, queryNumber, sessionOf } from '../call.ts';
import { ApiError, notFound } from '../errors.ts';
import { compareValues } from '../extensions/compare.ts';
import type { DataExtension, Row } from '../extensions/extension.ts';
import type { Field } from '../extensions/field.ts';
import { showValue } from '../extensions/values.ts';
import { json, type Reply } from '../reply.ts';
import { readFilter } from './filter.ts';
import type { FoundRows } from './rowsetTokens.ts';

const MOST_ROWS = 2500;
const TOKEN_MS = 86_400_000;

/** GET /data/v1/customobjectdata/key/{key}/rowset with `$page`, `$pageSize`, `$filter`, `$orderBy` */
export function readRowset(call: Call): Reply {
  const { accountId } = sessionOf(call);
  const extension = call.org.byKey(accountId, call.params.key!);
  if (extension === undefined) throw notFound();
  const filter = queryText(call, '$filter');
  const all = extension.rows();
  const rows = filter === null ? all : all.filter(readFilter(extension, filter));
  const order = queryText(call, '$orderBy');
  if (order !== null) sortRows(extension, rows, order);
  return showPage(call, call.org.rowsets.keep(accountId, extension, rows));
}

/** GET /data/v1/customobjectdata/token/{token}/rowset: another page of the same rows */
export function readNextRowset(call: Call): Reply {
  const found = call.org.rowsets.find(sessionOf(call).accountId, call.params.token!);
  if (found === undefined) throw new ApiError(400, 10005, 'The request token is not valid or has expired.');
  return showPage(call, found);
}

function showPage(call: Call, { token, extension, rows }: FoundRows): Reply {
  const page = queryNumber(call, '$page', 1);
  const pageSize = Math.min(queryNumber(call, '$pageSize', MOST_ROWS), MOST_ROWS, call.effects.pageRows ?? MOST_ROWS);
  const items = rows.slice((page - 1) * pageSize, page * pageSize).map((row) => showRow(extension, row));
  const path = (number: number): string => `/v1/customobjectdata/token/${token}/rowset?$page=${number}`;
  const links = { self: path(page), ...(page * pageSize < rows.length && { next: path(page + 1) }) };
  return json({
    links,
    requestToken: token,
    tokenExpireDateUtc: new Date(call.org.clock.now() + TOKEN_MS).toISOString().slice(0, -1),
    customObjectId: extension.objectId,
    customObjectKey: extension.key,
    pageSize,
    page,
    count: rows.length,
    top: 0,
    ...(items.length > 0 && { items }),
  });
}

/** Names are in small letters, all values are text. */
function showRow(extension: DataExtension, row: Row): { keys: Record<string, string>; values: Record<string, string> } {
  const shown = (fields: readonly Field[]): Record<string, string> =>
    Object.fromEntries(fields.map((field) => [field.name.toLowerCase(), showValue(field, extension.read(row, field))]));
  return { keys: shown(extension.keyFields), values: shown(extension.fields.filter((field) => !field.isPrimaryKey)) };
}

function sortRows(extension: DataExtension, rows: Row[], order: string): void {
  const [, name = '', direction = 'asc'] = /^(.*?)(?:\s+(asc|desc))?$/is.exec(order.trim())!;
  const field = extension.field(name);
  if (field === undefined) throw new ApiError(400, 10005, 'The value of $orderBy is not valid.');
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1;
  rows.sort((one, other) => {
    const [left, right] = [extension.read(one, field), extension.read(other, field)];
    if (left === null || right === null) return sign * (Number(left !== null) - Number(right !== null));
    return sign * (compareValues(field, left, String(right)) ?? 0);
  });
}

function queryText(call: Call, name: string): string | null {
  return [...call.query].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? null;
}
