import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../contract/api.ts';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const nodes = [{ id: 'begin', type: 'start', name: 'begin', label: 'Begin', x: 0, y: 0, config: {} }];
const workflow = { formatVersion: 1, internalName: 'contacts', label: 'Contacts', nodes, transitions: [] };

let web: Web;
let run: string;
beforeAll(async () => {
  web = await startWeb();
  await web.call('createWorkflow', { body: { workflow } });
  const started = await web.call('startRun', { params: { workflow: 'contacts' }, body: { which: 'draft' } });
  run = (started.json as Reply<'startRun'>).id;
});
afterAll(() => web.close());

/** Reads the stream of a browser that is signed in, until the text matches. */
async function listen(query: string, headers: Record<string, string> = {}) {
  const cookie = await web.cookieOf('viewer');
  const response = await fetch(`${web.url}/api/events${query}`, { headers: { cookie, ...headers } });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    cookie,
    async until(pattern: RegExp): Promise<string> {
      while (!pattern.test(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The stream ended: ${text}`);
        text += value;
      }
      return text;
    },
    leave: () => reader.cancel(),
  };
}
const ids = (text: string): number[] => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

describe('the event stream of a browser', () => {
  it('brings the events of the run it follows, and goes on behind Last-Event-ID', async () => {
    const first = await listen(`?run=${run}`);
    expect(first.response.headers.get('content-encoding')).toBeNull();
    expect(ids(await first.until(/^id: 2$/m))).toEqual([1, 2]);
    await first.leave();
    // The address still says where the page began: the header is newer.
    const again = await listen(`?run=${run}&after=0`, { 'last-event-id': '1' });
    expect(ids(await again.until(/^id: 2$/m))).toEqual([2]);
    await web.call('stopRun', { params: { run } });
    const text = await again.until(/"state":"stopped"/);
    expect(ids(text)).toEqual(ids(text).toSorted((a, b) => a - b));
    await again.leave();
  });

  it('says which list changed, whoever changed it', async () => {
    const stream = await listen('');
    await stream.until(/retry:/);
    await web.call('setOption', { params: { option: 'colour' }, body: { value: 'red' } });
    await stream.until(/event: nudge\ndata: options\n\n/);
    await web.call('createUser', { body: { name: 'Ada', role: 'viewer', password: 'a long enough one' } });
    await stream.until(/data: users\n/);
    await stream.leave();
  });

  it('does not follow a run that does not exist, nor for who is not signed in', async () => {
    expect((await web.call('streamEvents', { query: { run: 'none' } })).status).toBe(404);
    expect((await web.fetch('/api/events')).status).toBe(401);
  });
});
