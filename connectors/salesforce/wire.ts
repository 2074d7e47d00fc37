/** What lies between a request and its text: silence, the stop, the network, headers. */
import type { CallUsage } from '../../contract/callBudget.ts';
import { networkError, notUnderstood } from '../kit/faults.ts';

/** Milliseconds without a sign of life after which a request has failed. */
const silence = 180_000;

/** What is left of a request's time: three minutes without a sign of life, whatever the reader does in between; and the stop. */
export class Patience {
  readonly host: string;
  readonly signal: AbortSignal;
  readonly #stop: AbortSignal;
  readonly #late = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** Where `end` aborts, the request has failed for want of time, as behind its silence. */
  constructor(url: string, stop: AbortSignal, end?: AbortSignal) {
    this.host = new URL(url).host;
    this.#stop = stop;
    this.signal = AbortSignal.any([stop, this.#late.signal, ...(end ? [end] : [])]);
  }

  /** Waits for the network. Rejects with Transient when it fails or is silent, with the reason of a stop. */
  async during<T>(wait: () => Promise<T>): Promise<T> {
    this.#timer = setTimeout(() => this.#late.abort(new DOMException('no answer in time', 'TimeoutError')), silence);
    try {
      return await wait();
    } catch (error) {
      if (this.#stop.aborted) throw this.#stop.reason;
      throw networkError(error, this.host);
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** A sign of life, where it is not the answer that takes its time. */
  stir(): void {
    this.#timer?.refresh();
  }

  /** Closes the connection of an answer that nobody reads to its end. */
  end(): void {
    this.#late.abort();
  }
}

/** The text of an answer while it arrives; the connection is closed when the reader stops before its end. */
export async function* readPieces(response: Response, patience: Patience): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  try {
    while (reader) {
      const { done, value } = await patience.during(() => reader.read());
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    patience.end();
  }
}

/** Text on its way out, piece by piece as it is wanted. */
export class Upload {
  readonly stream: ReadableStream<Uint8Array>;
  /** What the pieces themselves failed with, which the connection would tell as a failure of its own. */
  failure: { error: unknown } | null = null;

  constructor(pieces: AsyncIterable<string>, patience: Patience) {
    const source = pieces[Symbol.asyncIterator]();
    const encoder = new TextEncoder();
    this.stream = new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await this.#next(source);
        patience.stir();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => void (await source.return?.()),
    });
  }

  async #next(source: AsyncIterator<string>): Promise<IteratorResult<string>> {
    try {
      return await source.next();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

export function requireType(response: Response, type: string, host: string): void {
  const given = response.headers.get('content-type') ?? 'no content type';
  if (!given.includes(type)) throw notUnderstood(`${given} instead of ${type.toUpperCase()} from ${host}`);
}

/** What the answer says of the calls that are counted. */
export function readUsage(response: Response): CallUsage | null {
  const match = /api-usage=(\d+)\/(\d+)/.exec(response.headers.get('sforce-limit-info') ?? '');
  return match ? { used: Number(match[1]), allowed: Number(match[2]) } : null;
}
