/**
 * Every request, with a session. By this thin client, because jsforce repeats a failing request for a quarter of a minute,
 * hears no stop, and keeps every page of a query in memory.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectorHost } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { SalesforceSettings } from './definition.ts';
import { answerError, networkError, notUnderstood, SessionExpired, Transient } from './errors.ts';
import type { Send } from './signIn/send.ts';
import { createSend } from './signIn/send.ts';
import type { SignedIn } from './signIn/signIn.ts';
import { signIn } from './signIn/signIn.ts';

/** An answer of the REST interface: its text and what the headers say. */
export interface Answer {
  text: string;
  /** The organisation's clock, from the Date header. */
  serverNow: string | null;
}

/** Milliseconds before the second, third and fourth try of a request that can be repeated without harm. */
const pauses = [200, 800, 2_000];
const requestTimeout = 180_000;

export class Session {
  readonly #send: Send;
  readonly host: ConnectorHost<SalesforceSettings>;
  #signedIn: SignedIn | null = null;
  #signingIn: Promise<SignedIn> | null = null;
  /** Calls used and allowed, from the last answer. */
  usage: { used: number; allowed: number } | null = null;

  constructor(host: ConnectorHost<SalesforceSettings>) {
    this.host = host;
    this.#send = createSend(host.settings);
  }

  path(rest: string): string {
    return `/services/data/v${this.host.settings.apiVersion}${rest}`;
  }

  /**
   * GET with a session, and its answer read: renewed once per refused request; repeated a few times while the answer looks
   * transient, a text that `read` cannot make sense of included.
   */
  async page<T>(
    path: string,
    about: { object?: string; headers?: Record<string, string> },
    read: (text: string) => T,
  ): Promise<T> {
    return this.#withSession(async ({ accessToken, instanceUrl }) => {
      const headers = { ...about.headers, Authorization: `Bearer ${accessToken}` };
      const { text } = await this.#fetch(instanceUrl + path, headers, about.object);
      return readText(text, read);
    });
  }

  /** GET of what needs no session: the list of versions, for its Date header. Only the session says where the organisation is. */
  async getPublic(path: string): Promise<Answer> {
    return this.#repeat(async () => {
      const { instanceUrl } = await this.#connect();
      return this.#fetch(instanceUrl + path, {});
    });
  }

  /** Who the session belongs to; signs in where there is none yet. */
  async identity(): Promise<{ userId: string; organizationId: string }> {
    return this.#withSession(async ({ userId, organizationId }) => ({ userId, organizationId }));
  }

  async #withSession<T>(call: (signedIn: SignedIn) => Promise<T>): Promise<T> {
    return this.#repeat(async () => {
      const signedIn = await this.#connect();
      try {
        return await call(signedIn);
      } catch (error) {
        if (!(error instanceof SessionExpired)) throw error;
        if (this.#signedIn === signedIn) this.#signedIn = null;
        return await this.#afterRenewal(call);
      }
    });
  }

  async #afterRenewal<T>(call: (signedIn: SignedIn) => Promise<T>): Promise<T> {
    const renewed = await this.#connect();
    try {
      return await call(renewed);
    } catch (error) {
      if (error instanceof SessionExpired)
        throw new UserError(
          'CONNECTION_REFUSED',
          { reason: `a new session was refused at once (${error.message})` },
          { cause: error },
        );
      throw error;
    }
  }

  async #repeat<T>(call: () => Promise<T>): Promise<T> {
    for (const pause of pauses) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof Transient)) throw error;
        this.host.log('warning', `${error.message} Asking again in ${pause / 1_000} s.`);
        await sleep(pause, undefined, { signal: this.host.signal });
      }
    }
    return await call().catch((error: unknown) => {
      throw error instanceof Transient ? error.giveUp : error;
    });
  }

  async #fetch(url: string, headers: Record<string, string>, object?: string): Promise<Answer> {
    const signal = AbortSignal.any([this.host.signal, AbortSignal.timeout(requestTimeout)]);
    const { host } = new URL(url);
    let response: Response;
    let text: string;
    try {
      response = await this.#send(url, {
        headers: { Accept: 'application/json', ...headers },
        signal,
        redirect: 'manual',
      });
      this.#noteUsage(response.headers.get('sforce-limit-info'));
      text = await response.text();
    } catch (error) {
      if (this.host.signal.aborted) throw this.host.signal.reason;
      throw networkError(error, host);
    }
    if (response.status !== 200) throw answerError(response.status, text, { host, ...(object ? { object } : {}) });
    if (!(response.headers.get('content-type') ?? '').includes('json'))
      throw notUnderstood(`${response.headers.get('content-type') ?? 'no content type'} instead of JSON from ${host}`);
    return { text, serverNow: httpDate(response.headers.get('date')) };
  }

  #noteUsage(header: string | null): void {
    const match = header === null ? null : /api-usage=(\d+)\/(\d+)/.exec(header);
    if (match) this.usage = { used: Number(match[1]), allowed: Number(match[2]) };
  }

  #connect(): Promise<SignedIn> {
    if (this.#signedIn) return Promise.resolve(this.#signedIn);
    this.#signingIn ??= signIn(this.host, this.#send)
      .then((signedIn) => {
        this.#signedIn = signedIn;
        return signedIn;
      })
      .finally(() => {
        this.#signingIn = null;
      });
    return this.#signingIn;
  }
}

function readText<T>(text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    throw error instanceof SyntaxError ? notUnderstood('JSON that ends in the middle', error) : error;
  }
}

function httpDate(header: string | null): string | null {
  const time = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
