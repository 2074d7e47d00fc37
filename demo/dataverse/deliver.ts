import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Call } from './call.ts';
import type { Reply } from './reply.ts';

/** Shorter bodies are not worth compressing. */
const COMPRESS_FROM = 1400;

/** Sends a reply, or cuts the connection where the faults of the call say so. */
export function deliver(call: Call, reply: Reply, response: ServerResponse): void {
  const { cut, change } = call.effects;
  if (cut === 'before' || cut === 'after') {
    response.destroy();
    return;
  }
  const changed = change.reduce((before, one) => one(before), reply);
  response.statusCode = changed.status;
  response.setHeader('Date', new Date(call.org.clock.now()).toUTCString());
  if (changed.contentType !== '') response.setHeader('Content-Type', changed.contentType);
  for (const [name, value] of Object.entries(changed.headers)) response.setHeader(name, value);
  const body = encode(call, changed, response);
  if (changed.status !== 204 && changed.status !== 304) response.setHeader('Content-Length', body.length);
  if (cut === 'mid-body') response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
  else response.end(body);
}

function encode(call: Call, { body }: Reply, response: ServerResponse): Buffer {
  const plain = Buffer.from(body, 'utf8');
  if (plain.length < COMPRESS_FROM || !/\bgzip\b/i.test(call.headers['accept-encoding'] ?? '')) return plain;
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Vary', 'Accept-Encoding');
  return gzipSync(plain, { level: 1 });
}
