/** Requests of many records as one: what is sent, and what came back for each. */
import { randomUUID } from 'node:crypto';
import { notUnderstood } from '../../kit/faults.ts';
import type { Answer, Asked } from '../session.ts';

export interface BatchRequest {
  method: 'POST' | 'PATCH' | 'DELETE';
  /** Behind the service's address, encoded. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** JSON. */
  body?: string;
}

export interface BatchAnswer {
  status: number;
  text: string;
}

/** Each item is done or refused by itself, and takes no other one back; of several requests in one, all are done or none. */
export function toBatch(items: readonly (readonly BatchRequest[])[], object: string): { path: string; asked: Asked } {
  const boundary = `batch_${randomUUID()}`;
  const parts = items.map((requests) => `--${boundary}\r\n${itemText(requests)}\r\n`);
  const text = `${parts.join('')}--${boundary}--\r\n`;
  const body = { type: `multipart/mixed; boundary="${boundary}"`, text };
  // A refusal of the first may be the status of the whole: what became of the others stands in the body all the same.
  const reads = [400, 404, 412];
  return { path: '$batch', asked: { method: 'POST', body, prefer: ['odata.continue-on-error'], object, reads } };
}

/** More than one request are a change set. */
function itemText(requests: readonly BatchRequest[]): string {
  const [only, ...more] = requests;
  if (only && more.length === 0) return partText(only);
  const boundary = `changeset_${randomUUID()}`;
  const parts = requests.map((request, at) => `--${boundary}\r\n${partText(request, at + 1)}\r\n`);
  return `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n${parts.join('')}--${boundary}--\r\n`;
}

function partText({ method, path, headers = {}, body }: BatchRequest, contentId?: number): string {
  return [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    ...(contentId === undefined ? [] : [`Content-ID: ${contentId}`]),
    '',
    `${method} /api/data/v9.2/${path} HTTP/1.1`,
    'Accept: application/json',
    ...(body === undefined ? [] : ['Content-Type: application/json; charset=utf-8']),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body ?? '',
  ].join('\r\n');
}

/** The answers in the order of the requests. Throws Transient for a body that does not tell of each. */
export function readBatch({ contentType, text }: Answer, count: number): BatchAnswer[] {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1];
  if (boundary === undefined) throw notUnderstood(`${contentType} instead of the parts of a batch`);
  const pieces = text.replaceAll('\r\n', '\n').split(`--${boundary}`);
  const isWhole = pieces.at(-1)?.startsWith('--') === true;
  const answers = pieces.slice(1, -1).map(readItem);
  if (!isWhole || answers.length !== count)
    throw notUnderstood(`an answer about ${answers.length} of the ${count} records that were sent`);
  return answers;
}

/** Of a change set, what became of all: the answer of the one that failed, where one did. */
function readItem(piece: string): BatchAnswer {
  const boundary = /^\s*Content-Type: multipart\/mixed; ?boundary="?([^";\n]+)/i.exec(piece)?.[1];
  if (boundary === undefined) return readPart(piece);
  const inner = piece.split(`--${boundary}`).slice(1, -1).map(readPart);
  const answer = inner.find((one) => !isDone(one)) ?? inner[0];
  if (!answer) throw notUnderstood('a change set without an answer');
  return answer;
}

export const isDone = ({ status }: BatchAnswer): boolean => status >= 200 && status < 300;

function readPart(piece: string): BatchAnswer {
  const [, status, rest] = /\nHTTP\/1\.1 (\d{3})[^\n]*\n([\s\S]*)$/.exec(piece) ?? [];
  if (status === undefined || rest === undefined) throw notUnderstood('a part of a batch without a status');
  const at = rest.indexOf('\n\n');
  return { status: Number(status), text: at < 0 ? '' : rest.slice(at + 2).trim() };
}
