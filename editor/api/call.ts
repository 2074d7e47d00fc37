/** The typed client: every endpoint of the contract by its name. */
import type { Body, EndpointName, Query, Reply } from '../../contract/api.ts';
import { api, endpointPath } from '../../contract/api.ts';
import { replyError, unreachable } from './apiError.ts';

type Optional<K extends string, V> = undefined extends V ? { [key in K]?: undefined } : { [key in K]: V };
type OptionalQuery<V> = undefined extends V ? { query?: undefined } : { query?: V };

/** `params` fill the `:names` of the path. */
export type CallInput<N extends EndpointName> = { params?: Record<string, string>; signal?: AbortSignal } & Optional<
  'body',
  Body<N>
> &
  OptionalQuery<Query<N>>;
type Args<N extends EndpointName> = undefined extends Body<N> ? [input?: CallInput<N>] : [input: CallInput<N>];

/** Sends a request and gives the reply. Rejects with ApiError only, or with the signal's reason. */
export async function call<N extends EndpointName>(name: N, ...[input]: Args<N>): Promise<Reply<N>> {
  return callWith(name, (input ?? {}) as CallInput<N>);
}

/** `call` for code that holds the input as one value. */
export async function callWith<N extends EndpointName>(name: N, input: CallInput<N>): Promise<Reply<N>> {
  const response = await send(name, input);
  const body = await readBody(response);
  if (!response.ok) throw replyError(response.status, body);
  return body as Reply<N>;
}

async function send(
  name: EndpointName,
  input: { params?: Record<string, string>; query?: unknown; body?: unknown; signal?: AbortSignal },
) {
  try {
    return await fetch(endpointUrl(name, input), {
      method: api[name].method,
      ...(input.signal ? { signal: input.signal } : {}),
      ...(input.body === undefined
        ? {}
        : { body: JSON.stringify(input.body), headers: { 'content-type': 'application/json' } }),
    });
  } catch (cause) {
    if (input.signal?.aborted) throw cause;
    throw unreachable();
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? null : JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw replyError(response.status, text);
  }
}

/** The address of an endpoint, also for links to downloads and for event streams. */
export function endpointUrl(
  name: EndpointName,
  input: { params?: Record<string, string>; query?: unknown } = {},
): string {
  const path = endpointPath(api[name].path, input.params);
  const entries = Object.entries((input.query ?? {}) as Record<string, unknown>).filter(
    ([, value]) => value !== undefined,
  );
  const query = new URLSearchParams(entries.map(([key, value]) => [key, String(value)])).toString();
  return `/api${path}${query ? `?${query}` : ''}`;
}
