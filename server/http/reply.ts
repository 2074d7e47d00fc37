import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';

const compress = promisify(gzip);
/** Below this, packing costs more than it saves. */
const packFromBytes = 2_048;

/** Sends a value as JSON that no cache keeps, packed where that helps. */
export async function sendJson(request: Request, response: Response, status: number, value: unknown): Promise<void> {
  const body = Buffer.from(JSON.stringify(value));
  const pack = body.length >= packFromBytes && acceptsGzip(request);
  response.status(status).type('json').set('cache-control', 'no-store').vary('Accept-Encoding');
  if (pack) response.set('content-encoding', 'gzip');
  response.send(pack ? await compress(body) : body);
}

export function acceptsGzip(request: Request): boolean {
  return request.acceptsEncodings('gzip') === 'gzip';
}
