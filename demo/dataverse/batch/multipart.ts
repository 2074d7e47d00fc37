import type { Parts } from '../call.ts';
import { badRequest } from '../errors.ts';

/** One part of a batch: a request, or a set of requests that belong together. */
export type Part = { kind: 'request'; contentId: string | null; request: Parts } | { kind: 'set'; items: Part[] };

/** The boundary of a content type, quoted or not. */
export function boundaryOf(contentType: string): string | null {
  const [, quoted, plain] = /^multipart\/mixed\s*;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType.trim()) ?? [];
  return quoted ?? plain ?? null;
}

/** Reads a body; lines may end in CRLF or LF. Throws for what is no batch. */
export function readParts(text: string, boundary: string): Part[] {
  const [, ...pieces] = `\n${text.replaceAll('\r\n', '\n')}`.split(`\n--${boundary}`);
  const end = pieces.findIndex((piece) => piece.startsWith('--'));
  if (end < 0) throw badRequest('0x80048d19', `The batch request has no end: --${boundary}-- is missing.`);
  return pieces.slice(0, end).map(readPart);
}

function readPart(piece: string): Part {
  const { headers, body } = splitHead(piece.replace(/^[ \t]*\n/, ''));
  const boundary = boundaryOf(headers['content-type'] ?? '');
  if (boundary !== null) return { kind: 'set', items: readParts(body, boundary) };
  if (!/^application\/http\b/i.test(headers['content-type'] ?? ''))
    throw badRequest(
      '0x80048d19',
      "The content-type of a part of the batch is not 'application/http' or 'multipart/mixed'.",
    );
  return { kind: 'request', contentId: headers['content-id'] ?? null, request: readRequest(body.replace(/^\n+/, '')) };
}

function splitHead(text: string): { headers: Record<string, string>; body: string } {
  const at = text.indexOf('\n\n');
  const head = at < 0 ? text : text.slice(0, at);
  const lines = head.split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
  });
  return { headers: Object.fromEntries(lines), body: at < 0 ? '' : text.slice(at + 2) };
}

function readRequest(text: string): Parts {
  const at = text.indexOf('\n');
  const line = at < 0 ? text : text.slice(0, at);
  const [, method = '', address = ''] = /^(\w+)\s+(\S+)(?:\s+HTTP\/\d.\d)?\s*$/.exec(line.trim()) ?? [];
  if (method === '') throw badRequest('0x80048d19', `'${line}' is not the first line of a request.`);
  const { headers, body } = splitHead(at < 0 ? '' : text.slice(at + 1).replace(/^(?=\n)/, '\n'));
  const [path = '', ...query] = address.replace(/^https?:\/\/[^/]+/, '').split('?');
  return { method, path: whole(path), query: query.join('?'), headers, body: Buffer.from(body.trim(), 'utf8') };
}

/** Addresses may be relative to the service. */
const whole = (path: string): string => (path.startsWith('/api/') ? path : `/api/data/v9.2/${path.replace(/^\//, '')}`);
