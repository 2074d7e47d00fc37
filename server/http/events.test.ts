import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../contract/run.ts';
import type { StreamRequest, Streams } from './events.ts';
import { createStreams } from './events.ts';
import type { Feed } from './feed.ts';
import { createFeed } from './feed.ts';

let events: RunEvent[];
let feed: Feed;
let streams: Streams;
let server: Server;
let url: string;
let allowed: boolean;

beforeEach(async () => {
  events = [];
  allowed = true;
  feed = createFeed({ look: async () => ({}), onError: () => undefined, every: 20 });
  const readEvents = async (_run: string, after: number, limit: number) =>
    events.filter((event) => event.seq > after).slice(0, limit);
  streams = createStreams({ feed, readEvents, heartbeatMs: 20, perUser: 2 });
  const app = express();
  app.get('/', async (request, response) => {
    const { run = null, after = '0' } = request.query as { run?: string; after?: string };
    const asked: StreamRequest = { user: 'Ada', run, after: Number(after) };
    await streams.serve(response, asked, async () => allowed);
  });
  app.use((error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    response.status(400).send(error.message);
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  streams.close();
  feed.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const add = (count: number): void => {
  for (let index = 0; index < count; index += 1)
    events.push({ seq: events.length + 1, at: 'x', type: 'run.state', state: 'running' });
};

/** Reads a stream as text until the condition holds. */
async function reader(query: string) {
  const response = await fetch(url + query);
  const body = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    async until(done: (text: string) => boolean): Promise<string> {
      while (!done(text)) {
        const { value, done: ended } = await body.read();
        if (ended) throw new Error(`the stream ended: ${text}`);
        text += value;
      }
      return text;
    },
    async end(): Promise<string> {
      for (;;) {
        const { value, done } = await body.read();
        if (done) return text;
        text += value;
      }
    },
    leave: () => body.cancel(),
  };
}
const numbers = (text: string): number[] => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

describe('an event stream', () => {
  it('sends the events of a run in order, those that were there and those that come', async () => {
    add(3);
    const stream = await reader('?run=r1');
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    await stream.until((text) => numbers(text).length === 3);
    add(2);
    feed.wake('r1');
    const text = await stream.until((seen) => numbers(seen).length === 5);
    expect(numbers(text)).toEqual([1, 2, 3, 4, 5]);
    expect(text).toContain('event: run\ndata: {"seq":1,');
  });

  it('goes on behind the last event that the browser has', async () => {
    add(5);
    const text = await (await reader('?run=r1&after=3')).until((seen) => numbers(seen).length === 2);
    expect(numbers(text)).toEqual([4, 5]);
  });

  it('sends thousands of events whole and in order, however they are cut', async () => {
    add(2_345);
    const text = await (await reader('?run=r1')).until((seen) => numbers(seen).length >= 2_345);
    expect(numbers(text)).toEqual(events.map((event) => event.seq));
  });

  it('finds events that nobody announced', async () => {
    const stream = await reader('?run=r1');
    await stream.until((text) => text.includes('retry:'));
    add(1);
    expect(numbers(await stream.until((text) => numbers(text).length === 1))).toEqual([1]);
  });

  it('nudges when a list changes, once for many changes at once and once more after them', async () => {
    const stream = await reader('');
    await stream.until((text) => text.includes('retry:'));
    for (let index = 0; index < 50; index += 1) feed.publish('runs');
    feed.publish('options');
    const text = await stream.until(
      (seen) => (seen.match(/data: runs/g) ?? []).length === 2 && seen.includes('options'),
    );
    expect(text).toContain('event: nudge\ndata: options\n\n');
    expect(text).not.toContain('id:');
  });

  it('is kept open by comments, and ends when its session does', async () => {
    const stream = await reader('');
    await stream.until((text) => text.includes(': still here'));
    allowed = false;
    await stream.end();
    expect(streams.count()).toBe(0);
  });

  it('is refused when the user has too many, and free again when one of them leaves', async () => {
    const first = await reader('');
    const second = await reader('');
    expect((await reader('')).response.status).toBe(400);
    await first.leave();
    let status = 400;
    while (status === 400) status = (await reader('')).response.status;
    expect(status).toBe(200);
    await second.leave();
  });

  it('ends when the server stops', async () => {
    const stream = await reader('?run=r1');
    streams.close();
    await stream.end();
    expect(streams.count()).toBe(0);
  });
});

describe('the feed', () => {
  it('publishes what another process changed, found by looking, and reports a failing look', async () => {
    let state = 'a';
    let fail = false;
    const errors: unknown[] = [];
    const looking = createFeed({
      look: async () => {
        if (fail) throw new Error('locked');
        return { runs: state, options: 'same' };
      },
      onError: (error) => errors.push(error),
      every: 5,
    });
    const nudged: string[] = [];
    const woken = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<void>();
    const stop = looking.subscribe({
      nudge(topic) {
        nudged.push(topic);
        changed.resolve();
      },
      wake: () => woken.resolve(),
    });
    await woken.promise;
    fail = true;
    while (errors.length === 0) await new Promise((resolve) => setImmediate(resolve));
    fail = false;
    state = 'b';
    await changed.promise;
    expect(nudged).toEqual(['runs']);
    stop();
    looking.close();
  });
});
