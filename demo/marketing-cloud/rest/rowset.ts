import { type Call, readJson } from '../call.ts';
import { ApiError, RowError } from '../errors.ts';
import type { DataExtension } from '../extensions/extension.ts';
import { json, type Reply } from '../reply.ts';
import { findExtension } from './find.ts';

interface Item {
  keys: Record<string, unknown>;
  values: Record<string, unknown>;
}

/** POST /hub/v1/dataevents/{id or key:KEY}/rowset: all rows or none. */
export function upsertRowset(call: Call): Reply {
  const items = readItems(readJson(call));
  save(target(call), items);
  return json(items);
}

/** PUT /hub/v1/dataevents/{id or key:KEY}/rows/NAME:VALUE,NAME:VALUE */
export function upsertRow(call: Call): Reply {
  const keys = Object.fromEntries(
    call.params.keys!.split(',').map((part) => {
      const [, name, value] = /^([^:]*):(.*)$/s.exec(part) ?? [];
      if (name === undefined) throw new ApiError(400, 10005, 'The primary key must be given as name:value.');
      return [name, value];
    }),
  );
  const body = readJson(call);
  const values = isObject(body) && isObject(body.values) ? body.values : null;
  if (values === null) throw new ApiError(400, 10002, 'The field values is required.');
  save(target(call), [{ keys, values }]);
  return json({ keys, values });
}

function target(call: Call): DataExtension {
  const extension = findExtension(call, call.params.extension!);
  if (extension === undefined) throw new ApiError(404, 30003, 'The requested data extension was not found.');
  return extension;
}

function readItems(body: unknown): Item[] {
  const items = Array.isArray(body) ? body : null;
  if (items === null || items.length === 0) throw new ApiError(400, 10004, 'The request must be a list of rows.');
  return items.map((item) => {
    if (isObject(item) && isObject(item.keys) && isObject(item.values)) return { keys: item.keys, values: item.values };
    throw new ApiError(400, 10002, 'Each row must have keys and values.');
  });
}

/** Whatever is wrong with any row fails them all; what it says names columns and no rows. */
function save(extension: DataExtension, items: readonly Item[]): void {
  const problems = items.flatMap((item) => problemOf(extension, item) ?? []);
  if (problems.length > 0) throw refusal(extension, problems);
  for (const { keys, values } of items) extension.write('upsert', { ...keys, ...values });
}

function problemOf(extension: DataExtension, { keys, values }: Item): string | null {
  try {
    checkKeys(extension, keys);
    extension.check('upsert', { ...keys, ...values });
    return null;
  } catch (error) {
    if (error instanceof RowError) return error.message;
    throw error;
  }
}

function checkKeys(extension: DataExtension, keys: Record<string, unknown>): void {
  const wanted = extension.keyFields.map(({ name }) => name.toLowerCase()).sort();
  if (wanted.length === 0) throw new RowError('NoPrimaryKey', 'The data extension has no primary key.');
  const given = Object.keys(keys).map((name) => name.toLowerCase());
  if (given.sort().join() !== wanted.join())
    throw new RowError('PrimaryKeyMissing', 'The keys do not name the fields of the primary key.');
}

function refusal(extension: DataExtension, problems: string[]): ApiError {
  return ApiError.of(400, {
    message: `Unable to save rows for data extension ID ${extension.objectId}`,
    errorcode: 10006,
    documentation: '',
    additionalErrors: problems.map((message) => ({ message, errorcode: 10000, documentation: '' })),
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
