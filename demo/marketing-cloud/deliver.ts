import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Call, header } from './call.ts';
import type { Reply } from './reply.ts';

const compress = promisify(gzip);
/** Shorter bodies are not worth compressing. */
const COMPRESS_FROM = 1400;

/** Waits as long as the faults of a call say, and ends tokens; before its handler runs. */
export async function playEarly(call: Call): Promise<void> {
  if (call.effects.delayMs > 0) await setTimeout(call.effects.delayMs);
  if (call.effects.expireTokens) call.org.sessions.expireAll();
}

/** Sends a reply, or cuts the connection where the faults of the call say so. */
export async function deliver(call: Call, reply: Reply, response: ServerResponse): Promise<void> {
  if (call.effects.cut === 'before' || call.effects.cut === 'after') {
    response.destroy();
    return;
  }
  const changed = call.effects.change.reduce((before, change) => change(before), reply);
  response.statusCode = changed.status;
  response.setHeader('Date', new Date(call.org.clock.now()).toUTCString());
  response.setHeader('Content-Type', changed.contentType);
  for (const [name, value] of Object.entries(changed.headers)) response.setHeader(name, value);
  const body = await encode(call, changed, response);
  response.setHeader('Content-Length', body.length);
  if (call.effects.cut === 'mid-body') {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    return;
  }
  response.end(call.method === 'HEAD' ? undefined : body);
}

async function encode(call: Call, reply: Reply, response: ServerResponse): Promise<Buffer> {
  const body = Buffer.from(reply.body, 'utf8');
  if (body.length < COMPRESS_FROM || !/\bgzip\b/i.test(header(call, 'accept-encoding'))) return body;
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Vary', 'Accept-Encoding');
  return compress(body, { level: 1 });
}
