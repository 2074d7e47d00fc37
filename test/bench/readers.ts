/** Many browsers that follow one run. */
import type { RunEvent } from '../../contract/run.ts';
import type { Product } from '../harness/product.ts';

/** An event stream is refused to a user who has many open, so the readers are several. */
const perToken = 10;

export interface Readers {
  /** Follows the run until every reader has seen its end. */
  readToEnd(run: string, isEnd: (event: RunEvent) => boolean): Promise<{ seconds: number; events: number }>;
}

export async function followAll(product: Product, count: number): Promise<Readers> {
  const tokens: string[] = [];
  for (let index = 0; index < count / perToken; index += 1) {
    const { secret } = await product.call('createToken', { body: { label: `reader ${index}`, role: 'viewer' } });
    tokens.push(secret);
  }
  return {
    async readToEnd(run, isEnd) {
      const began = performance.now();
      const counts = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          follow(product.url, tokens[index % tokens.length] ?? '', run, isEnd),
        ),
      );
      return { seconds: (performance.now() - began) / 1_000, events: counts.reduce((sum, events) => sum + events, 0) };
    },
  };
}

async function follow(url: string, token: string, run: string, isEnd: (event: RunEvent) => boolean): Promise<number> {
  const response = await fetch(`${url}/api/events?run=${run}`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok || !response.body) throw new Error(`the stream was refused: ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let events = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error('the stream ended before the run');
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = readEvent(line);
      if (!event) continue;
      events += 1;
      if (!isEnd(event)) continue;
      await reader.cancel();
      return events;
    }
  }
}

function readEvent(line: string): RunEvent | null {
  if (!line.startsWith('data: {')) return null;
  return JSON.parse(line.slice('data: '.length)) as RunEvent;
}
