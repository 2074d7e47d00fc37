/**
 * The one server-sent stream of a browser window: events of the run that is followed, and nudges when a list changed.
 *
 * A browser opens only a few connections to one server, so a tab that nobody looks at gives its stream back and catches up
 * when it is looked at again: however many tabs are open, about one stream is. EventSource reconnects by itself and sends
 * Last-Event-ID; when it gives up, because the server answered with an error, it is opened again behind the last event.
 */
import { create } from 'zustand';
import type { RunEvent } from '../../contract/run.ts';
import { endpointUrl } from './call.ts';

type StreamState = 'idle' | 'connecting' | 'open' | 'lost';
/** A nudge names what changed, for example `runs`; null: anything may have, while nobody listened. */
type NudgeListener = (topic: string | null) => void;
interface Followed {
  run: string;
  after: number;
  receive: (events: RunEvent[]) => void;
}

const hiddenForMs = 10_000;
const longestWaitMs = 15_000;

const status = create<{ state: StreamState }>(() => ({ state: 'idle' }));
const nudgeListeners = new Set<NudgeListener>();
let source: EventSource | null = null;
let followed: Followed | null = null;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
/** Something may have been missed since the stream was last open. */
let missed = false;

export const useStreamState = (): StreamState => status((current) => current.state);

/** Calls back at every nudge until the returned function is called. */
export function onNudge(listener: NudgeListener): () => void {
  nudgeListeners.add(listener);
  if (!source) open();
  return () => {
    nudgeListeners.delete(listener);
    if (!isWanted()) close('idle');
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
    if (isWanted()) open();
    else close('idle');
  };
}

/** For the button of the banner: does not wait for the next attempt. */
export function reconnectNow(): void {
  failures = 0;
  open();
}

const isWanted = (): boolean => nudgeListeners.size > 0 || followed !== null;

function close(state: StreamState): void {
  clearTimeout(retryTimer);
  source?.close();
  source = null;
  status.setState({ state });
}

function open(): void {
  clearTimeout(retryTimer);
  source?.close();
  if (status.getState().state === 'idle') status.setState({ state: 'connecting' });
  const query = followed ? { run: followed.run, after: followed.after } : {};
  const stream = new EventSource(endpointUrl('streamEvents', { query }));
  source = stream;
  stream.onopen = () => welcome();
  stream.onerror = () => lose(stream);
  stream.addEventListener('run', (message) => receiveEvent(message));
  stream.addEventListener('nudge', (message) => nudge(message.data));
}

function welcome(): void {
  failures = 0;
  status.setState({ state: 'open' });
  if (missed) nudge(null);
  missed = false;
}

function lose(stream: EventSource): void {
  if (stream !== source) return;
  failures += 1;
  missed = true;
  // A single lost connection is repaired within a second or two; only what lasts is worth a banner.
  if (failures >= 2) status.setState({ state: 'lost' });
  if (stream.readyState !== EventSource.CLOSED) return;
  retryTimer = setTimeout(open, Math.min(longestWaitMs, 500 * 2 ** failures));
}

function receiveEvent(message: MessageEvent<string>): void {
  if (!followed) return;
  const event = JSON.parse(message.data) as RunEvent;
  followed.after = Math.max(followed.after, event.seq);
  followed.receive([event]);
}

function nudge(topic: string | null): void {
  for (const listener of nudgeListeners) listener(topic);
}

function pause(): void {
  missed = true;
  close('idle');
}

document.addEventListener('visibilitychange', () => {
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(pause, hiddenForMs);
  else if (!source && isWanted()) open();
});
