import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { type Call, header } from './call.ts';
import type { Reply } from './reply.ts';

const compress = promisify(gzip);
/** Shorter bodies are not worth compressing. */
const COMPRESS_FROM = 1400;

/** Waits as long as the faults of a call say, and ends sessions; before its handler runs. */
export async function playEarly(call: Call): Promise<void> {
  if (call.effects.delayMs > 0) await setTimeout(call.effects.delayMs);
  if (call.effects.expireSessions) call.org.sessions.expireAll();
  if (call.effects.dropCursors) call.org.cursors.clear();
}

/** Sends a reply, or cuts the connection where the faults of the call say so. */
export async function deliver(call: Call, reply: Reply, response: ServerResponse): Promise<void> {
  if (call.effects.cut === 'before' || call.effects.cut === 'after') {
    response.destroy();
    return;
  }
  const held = await hold(call, reply);
  const changed = call.effects.change.reduce((before, change) => change(before), held);
  setHeaders(call, changed, response);
  if (changed.stream !== undefined && call.method !== 'HEAD') return sendStream(call, changed.stream(), response);
  const body = await encode(call, changed, response);
  response.statusCode = changed.status;
  if (changed.status !== 204 && changed.status !== 304) response.setHeader('Content-Length', body.length);
  if (call.effects.cut === 'mid-body') {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    return;
  }
  if (call.effects.stallMs > 0) {
    const half = Math.floor(body.length / 2);
    response.write(body.subarray(0, half));
    await setTimeout(call.effects.stallMs);
    response.end(body.subarray(half));
    return;
  }
  response.end(call.method === 'HEAD' ? undefined : body);
}

function setHeaders(call: Call, reply: Reply, response: ServerResponse): void {
  response.setHeader('Date', new Date(call.org.clock.now()).toUTCString());
  if (call.path.startsWith('/services/data/')) response.setHeader('Sforce-Limit-Info', call.org.usage.header);
  if (reply.contentType !== '') response.setHeader('Content-Type', reply.contentType);
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
}

/** Faults that change or cut a body need all of it. */
async function hold(call: Call, reply: Reply): Promise<Reply> {
  if (
    reply.stream === undefined ||
    (call.effects.change.length === 0 && call.effects.cut === null && call.effects.stallMs === 0)
  )
    return reply;
  let body = '';
  for await (const part of reply.stream()) body += part;
  return { ...reply, body, stream: undefined };
}

async function sendStream(call: Call, body: AsyncIterable<string>, response: ServerResponse): Promise<void> {
  const source = Readable.from(body, { highWaterMark: 2 });
  response.setHeader('Vary', 'Accept-Encoding');
  try {
    if (!acceptsGzip(call)) return await pipeline(source, response);
    response.setHeader('Content-Encoding', 'gzip');
    await pipeline(source, createGzip({ level: 1 }), response);
  } catch (error) {
    // A client that has enough hangs up; nobody is there to be told.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function acceptsGzip(call: Call): boolean {
  return /\bgzip\b/i.test(header(call, 'accept-encoding'));
}

async function encode(call: Call, reply: Reply, response: ServerResponse): Promise<Buffer> {
  const body = Buffer.from(reply.body, 'utf8');
  response.setHeader('Vary', 'Accept-Encoding');
  if (body.length < COMPRESS_FROM || !acceptsGzip(call)) return body;
  response.setHeader('Content-Encoding', 'gzip');
  return compress(body, { level: 1 });
}
