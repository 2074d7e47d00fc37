/**
 * The one server-sent stream of this page: events of the run that is followed, and nudges when a list changed.
 * EventSource reconnects by itself and sends Last-Event-ID, so nothing is missed; when it gives up (the server answered
 * with an error) it is opened again behind the last event that arrived.
 */
import { create } from 'zustand';
import type { RunEvent } from '../../contract/run.ts';
import { endpointUrl } from './call.ts';

export type StreamState = 'idle' | 'connecting' | 'open' | 'lost';
/** A nudge names what changed, for example `runs` or `workflows`. */
type NudgeListener = (topic: string) => void;
interface Followed {
  run: string;
  after: number;
  receive: (events: RunEvent[]) => void;
}

const status = create<{ state: StreamState }>(() => ({ state: 'idle' }));
const nudgeListeners = new Set<NudgeListener>();
let source: EventSource | null = null;
let followed: Followed | null = null;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;

export const useStreamState = (): StreamState => status((current) => current.state);

/** Calls back at every nudge until the returned function is called. */
export function onNudge(listener: NudgeListener): () => void {
  nudgeListeners.add(listener);
  if (!source) open();
  return () => {
    nudgeListeners.delete(listener);
    if (nudgeListeners.size === 0 && !followed) close();
  };
}

/** Delivers events of a run after `after`, in order, until the returned function is called. One run at a time. */
export function followRun(run: string, after: number, receive: Followed['receive']): () => void {
  const mine: Followed = { run, after, receive };
  followed = mine;
  open();
  return () => {
    if (followed !== mine) return;
    followed = null;
    if (nudgeListeners.size > 0) open();
    else close();
  };
}

/** For the button of the banner: does not wait for the next attempt. */
export function reconnectNow(): void {
  failures = 0;
  open();
}

function close(): void {
  clearTimeout(retryTimer);
  source?.close();
  source = null;
  status.setState({ state: 'idle' });
}

function open(): void {
  clearTimeout(retryTimer);
  source?.close();
  if (status.getState().state === 'idle') status.setState({ state: 'connecting' });
  const query = followed ? { run: followed.run, after: followed.after } : {};
  const stream = new EventSource(endpointUrl('streamEvents', { query }));
  source = stream;
  stream.onopen = () => {
    failures = 0;
    status.setState({ state: 'open' });
  };
  stream.onerror = () => lose(stream);
  stream.addEventListener('run', (message) => receiveEvent(message as MessageEvent<string>));
  stream.addEventListener('nudge', (message) => nudge((message as MessageEvent<string>).data));
}

function lose(stream: EventSource): void {
  if (stream !== source) return;
  failures += 1;
  // A single lost connection is repaired within a second or two; only what lasts is worth a banner.
  if (failures >= 2) status.setState({ state: 'lost' });
  if (stream.readyState !== EventSource.CLOSED) return;
  const wait = Math.min(15_000, 500 * 2 ** failures);
  retryTimer = setTimeout(open, wait);
}

function receiveEvent(message: MessageEvent<string>): void {
  if (!followed) return;
  const event = JSON.parse(message.data) as RunEvent;
  followed.after = Math.max(followed.after, event.seq);
  followed.receive([event]);
}

function nudge(topic: string): void {
  for (const listener of nudgeListeners) listener(topic);
}
