/**
 * Every request, with a token. By this thin client, because dynamics-web-api takes dates for local times, sends keys that are
 * not encoded, and keeps silent about what was refused.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectorHost } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { SendLimit } from '../../contract/write.ts';
import { AnswerLost } from '../../contract/write.ts';
import type { DynamicsSettings } from './definition.ts';
import { answerError, networkError, notUnderstood, TokenExpired, Transient } from './errors.ts';
import type { Token } from './signIn/signIn.ts';
import { requestToken } from './signIn/signIn.ts';

export interface Asked {
  method?: 'GET' | 'POST';
  body?: { type: string; text: string };
  /** What the header Prefer asks for. */
  prefer?: readonly string[];
  /** The table it is about, for messages. */
  object?: string;
  /** Statuses beside success whose answer is read. */
  reads?: readonly number[];
}

export interface Answer {
  status: number;
  text: string;
  contentType: string;
}

/** Milliseconds before the second, third and fourth try of a request that can be repeated without harm. */
const pauses = [200, 800, 2_000];
/** Milliseconds without an answer after which a request has failed; Dataverse itself ends one after two minutes. */
const silence = 150_000;
/** Where requests go, behind the environment's origin. */
export const service = '/api/data/v9.2/';

export class Session {
  readonly host: ConnectorHost<DynamicsSettings>;
  readonly origin: string;
  /** The environment's clock at its last answer, in milliseconds; whole seconds, as the header has it. */
  answeredAt: number | null = null;
  /** Requests to it so far. */
  calls = 0;
  #token: Token | null = null;
  #asking: Promise<Token> | null = null;

  constructor(host: ConnectorHost<DynamicsSettings>) {
    this.host = host;
    this.origin = new URL(host.settings.environmentUrl).origin;
  }

  /** The part of a link behind the service's address. Throws for one that leads elsewhere: no token goes there. */
  inner(link: string): string {
    const { origin, pathname, search } = new URL(link, this.origin);
    if (origin !== this.origin || !pathname.startsWith(service)) throw notUnderstood(`a link that leads to ${origin}`);
    return pathname.slice(service.length) + search;
  }

  /**
   * A request with a token, and its answer read: renewed once per refused request; repeated a few times while the answer looks
   * transient, a text that `read` cannot make sense of included. So nothing is asked for that must not be done twice.
   */
  async page<T>(path: string, asked: Asked, read: (text: string) => T): Promise<T> {
    return this.#repeat(() =>
      this.#renewed(async (token) => {
        const { text, contentType } = await this.#answer(path, asked, token);
        if (!contentType.includes('json'))
          throw notUnderstood(`${contentType || 'no content type'} instead of JSON from ${this.origin}`);
        return readText(text, read);
      }),
    );
  }

  /**
   * A request that must not be done twice: sent once, and once more only where the token was refused in place of it. Rejects
   * with AnswerLost when it may have been done, also where a stop came in between; with UserError or RetryLater when it was not.
   */
  async once<T>(path: string, asked: Asked, read: (answer: Answer) => T, limit?: SendLimit): Promise<T> {
    await this.#repeat(() => this.#connect());
    return this.#renewed(async (token) => {
      let isSent = false;
      const check = (): void => {
        limit?.check();
        isSent = true;
      };
      try {
        const answer = await this.#answer(path, asked, token, { check, end: limit?.signal });
        return readText(answer, read);
      } catch (error) {
        if (error instanceof Transient) throw settleOnce(error);
        if (isSent && this.host.signal.aborted) throw new AnswerLost('It was stopped.', { cause: error });
        throw error;
      }
    });
  }

  async #renewed<T>(call: (token: Token) => Promise<T>): Promise<T> {
    const token = await this.#connect();
    try {
      return await call(token);
    } catch (error) {
      if (!(error instanceof TokenExpired)) throw error;
      if (this.#token === token) this.#token = null;
    }
    const renewed = await this.#repeat(() => this.#connect());
    try {
      return await call(renewed);
    } catch (error) {
      if (!(error instanceof TokenExpired)) throw error;
      throw new UserError(
        'CONNECTION_REFUSED',
        { reason: `a new token was refused at once (${error.message})` },
        { cause: error },
      );
    }
  }

  async #repeat<T>(call: () => Promise<T>): Promise<T> {
    const { signal, log } = this.host;
    for (const wait of pauses) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof Transient)) throw error;
        log('warning', `${error.message} Asking again in ${wait / 1_000} s.`);
        await sleep(wait, undefined, { signal }).catch((stopped: unknown) => {
          throw signal.aborted ? signal.reason : stopped;
        });
      }
    }
    return await call().catch((error: unknown) => {
      throw error instanceof Transient ? error.giveUp : error;
    });
  }

  /** Within the budget of the connection. */
  async #answer(
    path: string,
    asked: Asked,
    token: Token,
    { check, end }: { check?: () => void; end?: AbortSignal | undefined } = {},
  ): Promise<Answer> {
    await this.host.calls?.before();
    try {
      check?.();
      this.calls += 1;
      return await this.#fetch(path, asked, token, end);
    } finally {
      this.host.calls?.after(null);
    }
  }

  async #fetch(path: string, asked: Asked, token: Token, end: AbortSignal | undefined): Promise<Answer> {
    const { object, reads = [] } = asked;
    const { status, headers, text } = await this.#send(path, asked, token, end);
    this.answeredAt = httpDate(headers.get('date')) ?? this.answeredAt;
    const contentType = headers.get('content-type') ?? '';
    const isRead = reads.includes(status) && contentType.startsWith('multipart/');
    if (isRead || (status >= 200 && status < 300)) return { status, text, contentType };
    const retryAfter = secondsOf(headers.get('retry-after'), this.answeredAt);
    throw answerError({ status, text, retryAfter }, { host: new URL(this.origin).host, ...(object ? { object } : {}) });
  }

  /** Rejects with Transient when the network fails or is silent, with the reason of a stop. */
  async #send(path: string, { body, prefer = [], method = 'GET' }: Asked, token: Token, end: AbortSignal | undefined) {
    const { signal } = this.host;
    try {
      const response = await fetch(this.origin + service + path, {
        method,
        headers: {
          Accept: 'application/json',
          'OData-MaxVersion': '4.0',
          'OData-Version': '4.0',
          Authorization: `Bearer ${token.text}`,
          ...(body ? { 'Content-Type': body.type } : {}),
          ...(prefer.length > 0 ? { Prefer: prefer.join(',') } : {}),
        },
        ...(body ? { body: body.text } : {}),
        signal: AbortSignal.any([signal, AbortSignal.timeout(silence), ...(end ? [end] : [])]),
        redirect: 'manual',
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw networkError(error, new URL(this.origin).host);
    }
  }

  #connect(): Promise<Token> {
    const now = this.host.clock.now().getTime();
    if (this.#token !== null && now < this.#token.renewAt) return Promise.resolve(this.#token);
    this.#asking ??= requestToken(this.host)
      .then((token) => {
        this.#token = token;
        return token;
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }
}

function settleOnce({ undone, giveUp }: Transient): Error {
  return undone ? giveUp : new AnswerLost(giveUp.message, { cause: giveUp });
}

function readText<A, T>(answer: A, read: (answer: A) => T): T {
  try {
    return read(answer);
  } catch (error) {
    throw error instanceof SyntaxError ? notUnderstood('JSON that cannot be read', error) : error;
  }
}

function httpDate(header: string | null): number | null {
  const time = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? null : time;
}

/** Retry-After is a number of seconds, or the instant from which on one may ask again. */
function secondsOf(header: string | null, now: number | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const until = httpDate(header);
  return until === null || now === null ? null : Math.max(0, (until - now) / 1_000);
}
