import { once } from 'node:events';
import type { Response } from 'express';
import { UserError } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/run.ts';
import type { Feed, Listener, Topic } from './feed.ts';

export interface StreamRequest {
  /** Who listens: streams are counted by user. */
  user: string;
  /** The run that is followed; null: nudges only. */
  run: string | null;
  /** The number of the last event the browser has. */
  after: number;
}

export interface StreamsOptions {
  feed: Feed;
  /** Events of a run behind `after`, in order, at most `limit`. */
  readEvents(run: string, after: number, limit: number): Promise<RunEvent[]>;
  /** Milliseconds between comments that keep the connection open. */
  heartbeatMs?: number;
  perUser?: number;
}

export interface Streams {
  /** Serves one stream until the browser leaves, `allowed` says no, or the server stops. */
  serve(response: Response, request: StreamRequest, allowed: () => Promise<boolean>): Promise<void>;
  /** Ends all streams; browsers come back by themselves. */
  close(): void;
  count(): number;
}

const batch = 500;

export function createStreams({ feed, readEvents, heartbeatMs = 15_000, perUser = 20 }: StreamsOptions): Streams {
  const open = new Map<Response, string>();
  const admit = (response: Response, user: string): void => {
    const mine = [...open.values()].filter((other) => other === user).length;
    if (mine >= perUser)
      throw new UserError('INVALID_INPUT', { reason: `${perUser} event streams of this user are open` });
    open.set(response, user);
  };
  return {
    async serve(response, request, allowed) {
      admit(response, request.user);
      const outlet = openOutlet(response);
      const follower = new Follower(request, outlet, readEvents);
      const stop = feed.subscribe(follower);
      void outlet.write('retry: 1000\n\n').then(() => follower.write());
      const beat = setInterval(() => void keep(outlet, allowed), heartbeatMs);
      try {
        await outlet.closed;
      } finally {
        stop();
        clearInterval(beat);
        open.delete(response);
      }
    },
    close() {
      for (const response of open.keys()) response.end();
    },
    count: () => open.size,
  };
}

interface Outlet {
  write(text: string): Promise<void>;
  /** Ends the stream; with an error, at once. */
  end(error?: unknown): void;
  /** Resolves when the connection is gone; rejects with what ended it. */
  closed: Promise<void>;
}

function openOutlet(response: Response): Outlet {
  response.status(200).set({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  response.once('close', resolve);
  return {
    closed,
    async write(text) {
      if (response.destroyed || response.writableEnded) return;
      if (!response.write(text)) await Promise.race([once(response, 'drain'), closed]);
    },
    end(error) {
      if (error === undefined) response.end();
      else reject(error);
    },
  };
}

async function keep(outlet: Outlet, allowed: () => Promise<boolean>): Promise<void> {
  try {
    if (await allowed()) await outlet.write(': still here\n\n');
    else outlet.end();
  } catch (error) {
    outlet.end(error);
  }
}

/** Writes events and nudges as they come; one writer at a time, so that events keep their order. */
class Follower implements Listener {
  readonly #request: StreamRequest;
  readonly #outlet: Outlet;
  readonly #readEvents: StreamsOptions['readEvents'];
  readonly #nudges = new Set<Topic>();
  #after: number;
  #awake: boolean;
  #busy = false;

  constructor(request: StreamRequest, outlet: Outlet, readEvents: StreamsOptions['readEvents']) {
    this.#request = request;
    this.#outlet = outlet;
    this.#readEvents = readEvents;
    this.#after = request.after;
    this.#awake = request.run !== null;
  }

  nudge(topic: Topic): void {
    this.#nudges.add(topic);
    void this.write();
  }

  wake(changed: string | null): void {
    const { run } = this.#request;
    if (run === null || (changed !== null && changed !== run)) return;
    this.#awake = true;
    void this.write();
  }

  async write(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#awake || this.#nudges.size > 0) await this.#writeBatch();
    } catch (error) {
      this.#outlet.end(error);
    } finally {
      this.#busy = false;
    }
  }

  async #writeBatch(): Promise<void> {
    const { run } = this.#request;
    const topics = [...this.#nudges];
    this.#nudges.clear();
    this.#awake = false;
    if (topics.length > 0) await this.#outlet.write(topics.map(formatNudge).join(''));
    const events = run === null ? [] : await this.#readEvents(run, this.#after, batch);
    if (events.length > 0) await this.#outlet.write(events.map(formatEvent).join(''));
    this.#awake ||= events.length === batch;
    this.#after = events.at(-1)?.seq ?? this.#after;
  }
}

const formatNudge = (topic: Topic): string => `event: nudge\ndata: ${topic}\n\n`;

/** JSON has no line breaks of its own, so one data line is enough. */
function formatEvent(event: RunEvent): string {
  return `id: ${event.seq}\nevent: run\ndata: ${JSON.stringify(event)}\n\n`;
}
