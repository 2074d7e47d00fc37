import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { answer } from '../answer.ts';
import { type Call, openCall } from '../call.ts';
import { badRequest, ODataError } from '../errors.ts';
import { DEADLOCK } from '../faultKinds.ts';
import type { Reply } from '../reply.ts';
import { boundaryOf, type Part, readParts } from './multipart.ts';

const MOST_OPERATIONS = 1000;

/** Answers a part as if it had come alone. */
type Route = (call: Call) => Reply;

/** `POST $batch`: each part in its order; the first that fails is the last, unless the client wants to go on. */
export function answerBatch(call: Call, route: Route): Reply {
  const boundary = boundaryOf(call.headers['content-type'] ?? '');
  if (boundary === null)
    throw badRequest('0x80048d19', 'The content type of a batch is multipart/mixed with a boundary.');
  const parts = readParts(call.body.toString('utf8'), boundary);
  checkSize(parts);
  const answered: { reply: Reply; text: string }[] = [];
  for (const part of parts) {
    const one =
      part.kind === 'set' ? answerSet(call, route, part.items) : answerOne(call, route, part, answered.length, null);
    answered.push(one);
    if (one.reply.status >= 400 && !call.prefer.continuesOnError) break;
  }
  const name = `batchresponse_${randomUUID()}`;
  const failed = call.prefer.continuesOnError ? undefined : answered.find(({ reply }) => reply.status >= 400);
  return {
    status: failed?.reply.status ?? 200,
    contentType: `multipart/mixed; boundary=${name}`,
    body: join(
      name,
      answered.map(({ text }) => text),
    ),
    headers: { 'OData-Version': '4.0' },
  };
}

function checkSize(parts: readonly Part[]): void {
  const count = parts.reduce((sum, part) => sum + (part.kind === 'set' ? part.items.length : 1), 0);
  if (count > MOST_OPERATIONS)
    throw badRequest(
      '0x80072522',
      `The batch request contains ${count} operations, more than the ${MOST_OPERATIONS} that are allowed.`,
    );
}

/** A set is written as a whole; where one of it fails, that one's error is the answer. */
function answerSet(call: Call, route: Route, items: readonly Part[]): { reply: Reply; text: string } {
  const references = new Map<string, string>();
  const texts: string[] = [];
  let failed: { reply: Reply; text: string } | null = null;
  const run = (): void => {
    for (const item of items) {
      const one = item.kind === 'set' ? nested() : answerOne(call, route, item, texts.length, references);
      if (one.reply.status >= 400) {
        failed = one;
        throw new Rollback();
      }
      texts.push(one.text);
    }
  };
  try {
    call.org.atomically(run);
  } catch (error) {
    if (!(error instanceof Rollback) || failed === null) throw error;
    return { ...(failed as { reply: Reply; text: string }), text: partText((failed as { reply: Reply }).reply, null) };
  }
  const name = `changesetresponse_${randomUUID()}`;
  const text = `Content-Type: multipart/mixed; boundary=${name}\r\n\r\n${join(name, texts)}`;
  return { reply: { status: 200, contentType: '', body: '', headers: {} }, text };
}

class Rollback extends Error {}

function nested(): never {
  throw badRequest('0x80048d19', 'A change set cannot contain another one.');
}

function answerOne(
  call: Call,
  route: Route,
  part: Part,
  at: number,
  references: Map<string, string> | null,
): { reply: Reply; text: string } {
  if (part.kind === 'set') return nested();
  const { request, contentId } = part;
  const inner = openCall({ ...call, references }, { ...request, headers: { ...inherited(call), ...request.headers } });
  const reply = answer(inner, (one) => {
    if (call.effects.lockedPart === at) throw new ODataError(500, '0x80044150', DEADLOCK);
    if (references !== null && request.method === 'GET')
      throw badRequest('0x80048d19', 'A query operation is not allowed within a change set.');
    if (/\$batch/.test(request.path)) throw badRequest('0x80048d19', 'A batch cannot contain another one.');
    return route(one);
  });
  const made = reply.headers['OData-EntityId'];
  if (references !== null && contentId !== null && made !== undefined) references.set(contentId, made);
  return { reply, text: partText(reply, contentId) };
}

/** What holds for the whole holds for its parts, but for what is the batch's own. */
function inherited({ headers }: Call): Record<string, string | undefined> {
  const { 'mscrm.suppressduplicatedetection': detection } = headers;
  return detection === undefined ? {} : { 'mscrm.suppressduplicatedetection': detection };
}

function partText(reply: Reply, contentId: string | null): string {
  const lines = [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    ...(contentId === null ? [] : [`Content-ID: ${contentId}`]),
    '',
    `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? 'Unknown'}`,
    ...(reply.contentType === '' ? [] : [`Content-Type: ${reply.contentType}`]),
    ...Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}`),
    '',
    reply.body,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

const join = (boundary: string, parts: readonly string[]): string =>
  `${parts.map((part) => `--${boundary}\r\n${part}`).join('')}--${boundary}--\r\n`;
