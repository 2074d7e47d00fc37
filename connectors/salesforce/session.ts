/**
 * Signing in, and every request. jsforce signs in; reading is by this thin client, because jsforce repeats a failing request
 * for a quarter of a minute, hears no stop, and keeps every page of a query in memory.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from 'jsforce';
import type { ConnectorHost } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { SalesforceSettings } from './definition.ts';
import { answerError, networkError, notUnderstood, SessionExpired, Transient, unreadable } from './errors.ts';

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
  readonly base: string;
  readonly host: ConnectorHost<SalesforceSettings>;
  #connection: Connection | null = null;
  #signingIn: Promise<Connection> | null = null;
  /** Calls used and allowed, from the last answer. */
  usage: { used: number; allowed: number } | null = null;

  constructor(host: ConnectorHost<SalesforceSettings>) {
    this.host = host;
    this.base = host.settings.instanceUrl.replace(/\/+$/, '');
  }

  get hostName(): string {
    return new URL(this.base).host;
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
    return this.#withSession(async (connection) => {
      const headers = { ...about.headers, Authorization: `Bearer ${connection.accessToken ?? ''}` };
      const { text } = await this.#fetch(path, headers, about.object);
      return readText(text, read);
    });
  }

  /** GET without a session: the list of versions, for its Date header. */
  async getPublic(path: string): Promise<Answer> {
    return this.#repeat(() => this.#fetch(path, {}));
  }

  /** Who the session belongs to; signs in where there is none yet. */
  async identity(): Promise<{ userId: string; organizationId: string }> {
    return this.#withSession(async ({ userInfo }) => ({
      userId: userInfo?.id ?? '',
      organizationId: userInfo?.organizationId ?? '',
    }));
  }

  async #withSession<T>(call: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#repeat(async () => {
      const connection = await this.#connect();
      try {
        return await call(connection);
      } catch (error) {
        if (!(error instanceof SessionExpired)) throw error;
        if (this.#connection === connection) this.#connection = null;
        return await this.#afterRenewal(call);
      }
    });
  }

  async #afterRenewal<T>(call: (connection: Connection) => Promise<T>): Promise<T> {
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

  async #fetch(path: string, headers: Record<string, string>, object?: string): Promise<Answer> {
    const signal = AbortSignal.any([this.host.signal, AbortSignal.timeout(requestTimeout)]);
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.base + path, {
        headers: { Accept: 'application/json', ...headers },
        signal,
        redirect: 'manual',
      });
      this.#noteUsage(response.headers.get('sforce-limit-info'));
      text = await response.text();
    } catch (error) {
      if (this.host.signal.aborted) throw this.host.signal.reason;
      throw networkError(error, this.hostName);
    }
    if (response.status !== 200)
      throw answerError(response.status, text, { host: this.hostName, ...(object ? { object } : {}) });
    if (!(response.headers.get('content-type') ?? '').includes('json'))
      throw notUnderstood(
        `${response.headers.get('content-type') ?? 'no content type'} instead of JSON from ${this.hostName}`,
      );
    return { text, serverNow: httpDate(response.headers.get('date')) };
  }

  #noteUsage(header: string | null): void {
    const match = header === null ? null : /api-usage=(\d+)\/(\d+)/.exec(header);
    if (match) this.usage = { used: Number(match[1]), allowed: Number(match[2]) };
  }

  #connect(): Promise<Connection> {
    if (this.#connection) return Promise.resolve(this.#connection);
    this.#signingIn ??= this.#signIn().finally(() => {
      this.#signingIn = null;
    });
    return this.#signingIn;
  }

  async #signIn(): Promise<Connection> {
    const { clientId, clientSecret, apiVersion } = this.host.settings;
    const connection = new Connection({
      instanceUrl: this.base,
      version: apiVersion,
      oauth2: { loginUrl: this.base, clientId, clientSecret },
    });
    try {
      await connection.authorize({ grant_type: 'client_credentials' });
    } catch (error) {
      throw signInError(error, this.hostName);
    }
    // The answer's instance_url may be one that only browsers reach; the address of the connection is the one that was verified.
    connection.instanceUrl = this.base;
    this.#connection = connection;
    return connection;
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

const permanentOAuth = new Set([
  'invalid_grant',
  'invalid_client',
  'invalid_client_id',
  'unsupported_grant_type',
  'unauthorized_client',
  'invalid_request',
  'inactive_user',
  'inactive_org',
  'invalid_app_access',
]);

function signInError(error: unknown, host: string): Error {
  if (!(error instanceof Error)) return networkError(error, host);
  if (permanentOAuth.has(error.name))
    return new UserError('CONNECTION_REFUSED', { reason: `${error.name}: ${error.message}` }, { cause: error });
  if (isNetworkError(error)) return networkError(error, host);
  // jsforce names a page without JSON by its status.
  const status = Number(/^ERROR_HTTP_(\d+)$/.exec(error.name)?.[1]);
  if (status >= 500) return unreadable(status, error.message, host);
  // A page that is not the token endpoint's JSON: a wrong address answers so for ever, a maintenance page for a while.
  return notUnderstood(`signing in at ${host} gave "${error.message.replace(/\s+/g, ' ').slice(0, 120)}"`, error);
}

function isNetworkError(error: Error): boolean {
  if (error.message === 'fetch failed') return true;
  const cause = error.cause instanceof Error ? error.cause : error;
  return 'code' in cause && typeof cause.code === 'string' && /^(E[A-Z]+|UND_ERR_\w+)$/.test(cause.code);
}
