/**
 * Every request, with a token. By this thin client, because dynamics-web-api takes dates for local times, sends keys that are
 * not encoded, and keeps silent about what was refused.
 */
import type { ConnectorHost } from '../../contract/connector.ts';
import type { SendLimit } from '../../contract/write.ts';
import { Access } from '../kit/access.ts';
import { exchange, httpDate, readAnswer } from '../kit/exchange.ts';
import { notUnderstood } from '../kit/faults.ts';
import { once, repeat } from '../kit/repeat.ts';
import type { DynamicsSettings } from './definition.ts';
import { answerError } from './errors.ts';
import type { Token } from './signIn/signIn.ts';
import { requestToken } from './signIn/signIn.ts';

export interface Asked {
  method?: 'GET' | 'POST';
  body?: { type: string; text: string };
  /** What the header Prefer asks for. */
  prefer?: readonly string[];
  /** The table it is about, for messages. */
  object?: string;
  /** What the answer is, where it is not JSON. */
  type?: string;
  /** Statuses beside success whose answer is read. */
  reads?: readonly number[];
}

export interface Answer {
  status: number;
  text: string;
  contentType: string;
}

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
  readonly #access: Access<Token>;

  constructor(host: ConnectorHost<DynamicsSettings>) {
    this.host = host;
    this.origin = new URL(host.settings.environmentUrl).origin;
    const now = (): number => host.clock.now().getTime();
    this.#access = new Access(
      'token',
      () => requestToken(host),
      ({ renewAt }) => now() >= renewAt,
    );
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
    return repeat(this.host, () =>
      this.#access.use(async (token) => {
        const { text, contentType } = await this.#answer(path, asked, token);
        if (!contentType.includes(asked.type ?? 'json'))
          throw notUnderstood(
            `${contentType || 'no content type'} instead of ${asked.type ?? 'JSON'} from ${this.origin}`,
          );
        return readAnswer(text, read);
      }),
    );
  }

  /**
   * A request that must not be done twice: sent once, and once more only where the token was refused in place of it. Rejects
   * with AnswerLost when it may have been done, also where a stop came in between; with UserError or RetryLater when it was not.
   */
  async once<T>(path: string, asked: Asked, read: (answer: Answer) => T, limit?: SendLimit): Promise<T> {
    return this.#access.use(
      (token) =>
        once(this.host.signal, limit, async (check) =>
          readAnswer(await this.#answer(path, asked, token, { check, end: limit?.signal }), read),
        ),
      () => repeat(this.host, () => this.#access.get()),
    );
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

  #send(path: string, { body, prefer = [], method = 'GET' }: Asked, token: Token, end: AbortSignal | undefined) {
    const headers = {
      Accept: 'application/json',
      'OData-MaxVersion': '4.0',
      'OData-Version': '4.0',
      Authorization: `Bearer ${token.text}`,
      ...(body ? { 'Content-Type': body.type } : {}),
      ...(prefer.length > 0 ? { Prefer: prefer.join(',') } : {}),
    };
    const request = { method, headers, ...(body ? { body: body.text } : {}) };
    return exchange(this.origin + service + path, request, { stop: this.host.signal, silence, end });
  }
}

/** Retry-After is a number of seconds, or the instant from which on one may ask again. */
function secondsOf(header: string | null, now: number | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const until = httpDate(header);
  return until === null || now === null ? null : Math.max(0, (until - now) / 1_000);
}
