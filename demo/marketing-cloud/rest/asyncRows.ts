import { randomUUID } from 'node:crypto';
import { type Call, queryNumber, readJson, sessionOf } from '../call.ts';
import { ApiError } from '../errors.ts';
import { json, type Reply } from '../reply.ts';
import type { AsyncRequest } from './asyncRequests.ts';
import { findExtension } from './find.ts';

/** POST adds rows, PUT adds or updates them: /data/v1/async/dataextensions/{id or key:KEY}/rows */
export function sendAsyncRows(call: Call): Reply {
  const extension = findExtension(call, call.params.extension!);
  if (extension === undefined) throw missing('CustomObjectNotFound', 'Unable to find the data extension.');
  const request = call.org.asyncRequests.accept(sessionOf(call).accountId, {
    extension,
    mode: call.method === 'POST' ? 'add' : 'upsert',
    rows: readRows(readJson(call)),
    fault: call.effects.work,
  });
  return json({ requestId: request.id, resultMessages: [] }, 202);
}

/** GET /data/v1/async/{requestId}/status */
export function readAsyncStatus(call: Call): Reply {
  const request = find(call);
  return json({
    status: {
      callDateTime: request.called,
      completionDateTime: request.completed ?? undefined,
      hasErrors: request.results.some(({ status }) => status === 'Error'),
      pickupDateTime: request.pickedUp ?? undefined,
      requestStatus: request.status,
      resultStatus: request.status === 'Error' ? 'Error' : 'OK',
      requestId: request.id,
    },
    requestId: randomUUID(),
    resultMessages: [],
  });
}

/** GET /data/v1/async/{requestId}/results, a page of them */
export function readAsyncResults(call: Call): Reply {
  const { results } = find(call);
  const page = queryNumber(call, '$page', 1);
  const pageSize = Math.min(queryNumber(call, '$pageSize', 50), call.effects.pageRows ?? 2500);
  const items = results.slice((page - 1) * pageSize, page * pageSize);
  return json({ page, pageSize, count: results.length, items, requestId: randomUUID(), resultMessages: [] });
}

function find(call: Call): AsyncRequest {
  const request = call.org.asyncRequests.find(sessionOf(call).accountId, call.params.request!);
  if (request === undefined) throw missing('RequestNotFound', 'The asynchronous request was not found.');
  return request;
}

function readRows(body: unknown): Record<string, unknown>[] {
  const items = (body as { items?: unknown } | null)?.items;
  if (!Array.isArray(items) || items.length === 0) throw new ApiError(400, 10002, 'The field items is required.');
  const wrong = items.findIndex((item) => typeof item !== 'object' || item === null || Array.isArray(item));
  if (wrong >= 0) throw new ApiError(400, 10001, `The item ${wrong} is not an object.`);
  return items;
}

/** What is not there is said in the envelope of results. */
function missing(resultCode: string, message: string): ApiError {
  const problem = { resultType: 'Error', resultClass: 'Error', resultCode, message };
  return ApiError.of(400, { requestId: randomUUID(), resultMessages: [problem] });
}
