import { fetch as fetchThrough, ProxyAgent } from 'undici';
import { RetryLater, UserError } from '../../../contract/errors.ts';
import { neverConnected, Transient } from '../../kit/faults.ts';
import type { SalesforceSettings } from '../definition.ts';
import { completeSettings } from './settings.ts';

/** Every request of the connector goes through one of these, those for signing in too. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/**
 * How requests of a connection leave: directly, rejecting as `fetch` does, or through the connection's proxy. What the proxy
 * itself does not do rejects with UserError PROXY_REFUSED or with Transient PROXY_FAILED.
 */
export function createSend(given: Partial<SalesforceSettings>): Send {
  const { useProxy, proxyUrl, proxyUser, proxyPassword } = completeSettings(given);
  if (!useProxy) return fetch;
  const agent = agentFor(proxyUrl, proxyUser, proxyPassword);
  const proxy = new URL(proxyUrl).host;
  return async (url, init) => {
    try {
      // Node's own fetch takes agents of the undici it was built with only; the answers of both are alike.
      const options = { ...init, dispatcher: agent } as Parameters<typeof fetchThrough>[1];
      return (await fetchThrough(url, options)) as unknown as Response;
    } catch (error) {
      throw proxyError(error, proxy, new URL(url).host) ?? error;
    }
  };
}

const agents = new Map<string, ProxyAgent>();
const mostAgents = 20;

/** Clients live for one task; the connections to a proxy outlive them, and close by themselves when they idle. */
function agentFor(proxyUrl: string, user: string, password: string): ProxyAgent {
  const key = JSON.stringify([proxyUrl, user, password]);
  const known = agents.get(key);
  if (known) return known;
  const token = user === '' ? {} : { token: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  // A tunnel to every address, as https needs it anyway: what goes through it is none of the proxy's business.
  const agent = new ProxyAgent({ uri: proxyUrl, proxyTunnel: true, ...token });
  agents.set(key, agent);
  const oldest = agents.keys().next().value;
  if (agents.size > mostAgents && oldest !== undefined) agents.delete(oldest);
  return agent;
}

/** Codes with which no connection came about. Behind a tunnel the only connection made here is that to the proxy. */
const notConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What the proxy is to blame for; null when it is not. */
function proxyError(error: unknown, proxy: string, target: string): Error | null {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  if (!(cause instanceof Error)) return null;
  const status = Number(/^Proxy response \((\d+)\)/.exec(cause.message)?.[1] ?? 0);
  if (status === 407) return refused(proxy, 'it asks for another user and password (407)', error);
  if (status >= 400 && status < 500) return refused(proxy, `it does not lead to ${target} (${status})`, error);
  if (status > 0) return failed(proxy, `it did not reach ${target} (${status})`, error, true);
  const code = 'code' in cause ? String(cause.code) : '';
  return notConnected.has(code) ? failed(proxy, `${code} ${cause.message}`, error, neverConnected(cause)) : null;
}

const refused = (proxy: string, reason: string, cause: unknown): UserError =>
  new UserError('PROXY_REFUSED', { proxy, reason }, { cause });

const failed = (proxy: string, reason: string, cause: unknown, undone: boolean): Transient =>
  new Transient(new RetryLater('PROXY_FAILED', { proxy, reason }, { cause }), { undone });
