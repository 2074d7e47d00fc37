/**
 * Every request, with a session. By this thin client, because jsforce repeats a failing request for a quarter of a minute,
 * hears no stop, and keeps every page of a query in memory.
 */

import type { CallUsage } from '../../contract/callBudget.ts';
import type { ConnectorHost } from '../../contract/connector.ts';
import { RetryLater } from '../../contract/errors.ts';
import type { Json } from '../../contract/types.ts';
import type { SendLimit } from '../../contract/write.ts';
import { Access, AccessOver } from '../kit/access.ts';
import { httpDate, readAnswer } from '../kit/exchange.ts';
import { givenUp, notUnderstood } from '../kit/faults.ts';
import { once, repeat } from '../kit/repeat.ts';
import type { SalesforceSettings } from './definition.ts';
import { answerError } from './errors.ts';
import type { Send } from './signIn/send.ts';
import { createSend } from './signIn/send.ts';
import type { SignedIn } from './signIn/signIn.ts';
import { signIn } from './signIn/signIn.ts';
import { Patience, readPieces, readUsage, requireType, Upload } from './wire.ts';

/** What is asked for. */
export interface Asked {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  body?: Json;
  /** Sent as it is, in place of `body`; a text that holds the session, where an interface wants it there. */
  content?: { type: string; body: string | ReadableStream<Uint8Array> | ((accessToken: string) => string) };
  headers?: Record<string, string>;
  /** The object it is about, for messages. */
  object?: string;
}

/** An answer whose body is read while it arrives. */
export interface Stream {
  header(name: string): string | null;
  /** Rejects with Transient when the connection fails, or when nothing arrives for three minutes. */
  pieces(): AsyncGenerator<string>;
}

export class Session {
  readonly #send: Send;
  readonly host: ConnectorHost<SalesforceSettings>;
  readonly #access: Access<SignedIn>;
  /** The organisation's clock at its last answer, in milliseconds; whole seconds, as the header has it. */
  answeredAt: number | null = null;
  /** Calls used and allowed, from the last answer. */
  usage: CallUsage | null = null;
  /** Requests that were sent and counted. */
  calls = 0;

  constructor(host: ConnectorHost<SalesforceSettings>) {
    this.host = host;
    this.#send = createSend(host.settings);
    this.#access = new Access('session', () => signIn(host, this.#send));
  }

  path(rest: string): string {
    return `/services/data/v${this.host.settings.apiVersion}${rest}`;
  }

  /**
   * A request with a session, and its answer read: renewed once per refused request; repeated a few times while the answer
   * looks transient, a text that `read` cannot make sense of included. So nothing is asked for that must not be done twice.
   */
  async page<T>(path: string, asked: Asked, read: (text: string) => T): Promise<T> {
    return this.#withSession(async (signedIn) => {
      const patience = new Patience(signedIn.instanceUrl, this.host.signal);
      try {
        const response = await this.#counted(signedIn, path, asked, patience);
        const text = await patience.during(() => response.text());
        if (response.status !== 204) requireType(response, 'json', patience.host);
        return readAnswer(text, read);
      } finally {
        patience.end();
      }
    });
  }

  /**
   * A request that must not be done twice: sent once, and once more only where the session was refused in place of it.
   * Rejects with AnswerLost when it may have been done, also where a stop came in between; with UserError or RetryLater when it
   * was not.
   */
  async once<T>(path: string, asked: Asked, read: (text: string) => T, limit?: SendLimit): Promise<T> {
    const send = (signedIn: SignedIn): Promise<T> =>
      once(this.host.signal, limit, async (check) => {
        const patience = new Patience(signedIn.instanceUrl, this.host.signal, limit?.signal);
        try {
          const response = await this.#counted(signedIn, path, asked, patience, check);
          return readAnswer(await patience.during(() => response.text()), read);
        } finally {
          patience.end();
        }
      });
    return this.#access.use(send, () => this.#connected());
  }

  /**
   * PUT of what is too long to be held, once: it cannot be read a second time. Rejects with RetryLater when it was cut, or the
   * session refused, which is renewed by the next request; with what `pieces` throws.
   */
  async upload(path: string, type: string, pieces: AsyncIterable<string>): Promise<void> {
    const signedIn = await this.#connected();
    const patience = new Patience(signedIn.instanceUrl, this.host.signal);
    const source = new Upload(pieces, patience);
    const asked: Asked = { method: 'PUT', content: { type, body: source.stream } };
    try {
      const response = await this.#counted(signedIn, path, asked, patience);
      await patience.during(() => response.text());
    } catch (error) {
      if (source.failure) throw source.failure.error;
      if (!(error instanceof AccessOver)) throw givenUp(error);
      this.#access.drop(signedIn);
      throw new RetryLater('REMOTE_BUSY', { status: 401, reason: error.message }, { cause: error });
    } finally {
      patience.end();
    }
  }

  /** GET of what is too long to be held; only what comes before its body is repeated. The caller reads the pieces to their end. */
  async stream(path: string, asked: Asked, type: string): Promise<Stream> {
    return this.#withSession(async (signedIn) => {
      const patience = new Patience(signedIn.instanceUrl, this.host.signal);
      try {
        const response = await this.#counted(signedIn, path, asked, patience);
        requireType(response, type, patience.host);
        return { header: (name) => response.headers.get(name), pieces: () => readPieces(response, patience) };
      } catch (error) {
        patience.end();
        throw error;
      }
    });
  }

  /** GET of what needs no session: the list of versions, for its Date header. Only the session says where the organisation is. */
  async serverNow(): Promise<string> {
    return repeat(this.host, async () => {
      const { instanceUrl } = await this.#access.get();
      const patience = new Patience(instanceUrl, this.host.signal);
      try {
        const response = await this.#answer(`${instanceUrl}/services/data`, {}, {}, patience);
        await patience.during(() => response.text());
        const now = httpDate(response.headers.get('date'));
        if (now === null) throw notUnderstood('an answer without a date');
        return new Date(now).toISOString();
      } finally {
        patience.end();
      }
    });
  }

  /** Who the session belongs to; signs in where there is none yet. */
  async identity(): Promise<{ userId: string; organizationId: string }> {
    return this.#withSession(async ({ userId, organizationId }) => ({ userId, organizationId }));
  }

  async #withSession<T>(call: (signedIn: SignedIn) => Promise<T>): Promise<T> {
    return repeat(this.host, () => this.#access.use(call));
  }

  #connected(): Promise<SignedIn> {
    return repeat(this.host, () => this.#access.get());
  }

  /** Within the budget of the connection: the outside system counts every request with a session. */
  async #counted(
    signedIn: SignedIn,
    path: string,
    asked: Asked,
    patience: Patience,
    check?: () => void,
  ): Promise<Response> {
    await this.host.calls?.before();
    let usage: CallUsage | null = null;
    try {
      check?.();
      this.calls += 1;
      const { accessToken, instanceUrl } = signedIn;
      const headers = { Authorization: `Bearer ${accessToken}` };
      return await this.#answer(instanceUrl + path, withSession(asked, accessToken), headers, patience, (response) => {
        usage = readUsage(response);
      });
    } finally {
      this.usage = usage ?? this.usage;
      this.host.calls?.after(usage);
    }
  }

  /** A successful answer, its body unread. */
  async #answer(
    url: string,
    asked: Asked,
    more: Record<string, string>,
    patience: Patience,
    seen: (response: Response) => void = () => undefined,
  ): Promise<Response> {
    const { host } = patience;
    const { object, method = 'GET' } = asked;
    const content = contentOf(asked);
    const response = await patience.during(() =>
      this.#send(url, {
        method,
        headers: {
          Accept: 'application/json',
          ...(content ? { 'Content-Type': content.type } : {}),
          ...asked.headers,
          ...more,
        },
        ...(content ? { body: content.body } : {}),
        // Only for a body that is still being made, whose answer is not waited for before its end.
        ...(content?.body instanceof ReadableStream ? { duplex: 'half' } : {}),
        signal: patience.signal,
        redirect: 'manual',
      }),
    );
    seen(response);
    this.answeredAt = httpDate(response.headers.get('date')) ?? this.answeredAt;
    if (response.ok) return response;
    throw answerError(response.status, await patience.during(() => response.text()), {
      host,
      ...(object ? { object } : {}),
    });
  }
}

function withSession(asked: Asked, accessToken: string): Asked {
  const { content } = asked;
  return typeof content?.body === 'function'
    ? { ...asked, content: { ...content, body: content.body(accessToken) } }
    : asked;
}

function contentOf({ body, content }: Asked): { type: string; body: string | ReadableStream } | undefined {
  if (body !== undefined) return { type: 'application/json', body: JSON.stringify(body) };
  return content && typeof content.body !== 'function' ? { type: content.type, body: content.body } : undefined;
}
