/** A request and its whole answer, and what is read of that. */
import { networkError, notUnderstood } from './faults.ts';

interface Ends {
  stop: AbortSignal;
  /** Milliseconds without an answer after which the request has failed. */
  silence: number;
  /** Aborted: the request has failed for want of time, as behind its silence. */
  end?: AbortSignal | undefined;
  /** How it leaves; left out: directly. */
  send?: (url: string, request: RequestInit) => Promise<Response>;
}

/** Rejects with Transient when the network fails or is silent, with the reason of a stop. */
export async function exchange(url: string, request: RequestInit, { stop, silence, end, send = fetch }: Ends) {
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(silence), ...(end ? [end] : [])]);
    const response = await send(url, { ...request, signal, redirect: 'manual' });
    return { ok: response.ok, status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    throw networkError(error, new URL(url).host);
  }
}

/** What `read` makes of an answer. Throws Transient for one that it cannot make sense of. */
export function readAnswer<A, T>(answer: A, read: (answer: A) => T): T {
  try {
    return read(answer);
  } catch (cause) {
    throw cause instanceof SyntaxError ? notUnderstood('an answer that cannot be read', { cause }) : cause;
  }
}

/** A JSON object; null for any other text. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** An instant of a header, in milliseconds. */
export function httpDate(header: string | null): number | null {
  const time = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? null : time;
}
