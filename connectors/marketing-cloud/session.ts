/** Every request, with a token. A token is asked for once per client: more than one in twenty minutes is not liked. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectorHost } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Json } from '../../contract/types.ts';
import type { MarketingCloudSettings } from './definition.ts';
import { signInAddress } from './definition.ts';
import { answerError, networkError, notUnderstood, signInError, TokenRefused, Transient } from './errors.ts';

/** Milliseconds before the second, third and fourth try. */
const pauses = [200, 800, 2_000];
/** Longest time that a client waits because it was told to; a longer one is the engine's to wait. */
const mostPatience = 10_000;
/** Milliseconds without an answer after which a request has failed. */
const silence = 120_000;

interface Token {
  value: string;
  rest: string;
  soap: string;
}

/** A request that a token is put into. */
type Ask = (token: Token) => { url: string; method: string; headers: Record<string, string>; body?: string };

export class Session {
  readonly host: ConnectorHost<MarketingCloudSettings>;
  #token: Promise<Token> | null = null;

  constructor(host: ConnectorHost<MarketingCloudSettings>) {
    this.host = host;
  }

  /** A request to REST, and its answer as JSON. Everything that is asked here may be done twice. */
  rest(method: string, path: string, body?: Json): Promise<Record<string, unknown>> {
    return this.#withToken(
      ({ value, rest }) => ({
        url: rest + path,
        method,
        headers: { Authorization: `Bearer ${value}`, 'Content-Type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
      readJson,
    );
  }

  /** A request to SOAP, whose body `make` writes with the token in it; `read` throws TokenRefused where the answer says so. */
  soap<T>(action: string, make: (token: string) => string, read: (text: string) => T): Promise<T> {
    return this.#withToken(
      ({ value, soap }) => ({
        url: `${soap}Service.asmx`,
        method: 'POST',
        headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: action },
        body: make(value),
      }),
      read,
      // A fault of the interface is an answer too, whatever its status.
      (text) => text.includes('Fault>'),
    );
  }

  /** Waits; a stop ends it at once, with its reason. */
  async pause(milliseconds: number): Promise<void> {
    const { signal } = this.host;
    await sleep(milliseconds, undefined, { signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
  }

  /** Renewed once per refused request, and repeated a few times while the answer looks transient. */
  async #withToken<T>(
    ask: Ask,
    read: (text: string) => T,
    isAnswer: (text: string) => boolean = () => false,
  ): Promise<T> {
    return this.#repeat(async () => {
      const first = this.#connect();
      try {
        return await this.#once(ask(await first), read, isAnswer);
      } catch (error) {
        if (!(error instanceof TokenRefused)) throw error;
        if (this.#token === first) this.#token = null;
      }
      try {
        return await this.#once(ask(await this.#connect()), read, isAnswer);
      } catch (error) {
        if (!(error instanceof TokenRefused)) throw error;
        const reason = `a new token was refused at once (${error.message})`;
        throw new UserError('CONNECTION_REFUSED', { reason }, { cause: error });
      }
    });
  }

  async #once<T>(
    { url, ...request }: ReturnType<Ask>,
    read: (text: string) => T,
    isAnswer: (text: string) => boolean,
  ): Promise<T> {
    const { ok, status, text, retryAfter } = await this.#send(url, request);
    if (ok || isAnswer(text)) return readText(text, read);
    throw answerError(status, text, retryAfter);
  }

  #connect(): Promise<Token> {
    this.#token ??= this.#signIn().catch((error: unknown) => {
      this.#token = null;
      throw error;
    });
    return this.#token;
  }

  async #signIn(): Promise<Token> {
    const { clientId, clientSecret, accountId } = this.host.settings;
    const body = JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      ...(accountId !== '' && { account_id: accountId }),
    });
    const url = `${signInAddress(this.host.settings)}/v2/token`;
    const headers = { 'Content-Type': 'application/json' };
    const { ok, status, text, retryAfter } = await this.#send(url, { method: 'POST', headers, body });
    if (!ok) throw signInError(status, withoutSecret(text, clientSecret), retryAfter);
    const answer = readText(text, readJson);
    const [value, rest, soap] = [answer.access_token, answer.rest_instance_url, answer.soap_instance_url];
    if (typeof value !== 'string' || typeof rest !== 'string' || typeof soap !== 'string')
      throw notUnderstood('a token without its addresses');
    return { value, rest: withSlash(rest), soap: withSlash(soap) };
  }

  async #send(url: string, request: RequestInit) {
    const { signal } = this.host;
    const ended = AbortSignal.any([signal, AbortSignal.timeout(silence)]);
    try {
      const response = await fetch(url, { ...request, signal: ended, redirect: 'manual' });
      const text = await response.text();
      return { ok: response.ok, status: response.status, text, retryAfter: response.headers.get('retry-after') };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw networkError(error, new URL(url).host);
    }
  }

  async #repeat<T>(call: () => Promise<T>): Promise<T> {
    for (const wait of pauses) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof Transient)) throw error;
        if ((error.after ?? 0) > mostPatience) throw error.giveUp;
        const pause = Math.max(wait, error.after ?? 0);
        this.host.log('warning', `${error.message} Asking again in ${pause / 1_000} s.`);
        await this.pause(pause);
      }
    }
    return await call().catch((error: unknown) => {
      throw error instanceof Transient ? error.giveUp : error;
    });
  }
}

const withSlash = (address: string): string => (address.endsWith('/') ? address : `${address}/`);

function readJson(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('JSON that is no object');
  return value as Record<string, unknown>;
}

function readText<T>(text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    throw error instanceof SyntaxError ? notUnderstood('an answer that cannot be read', error) : error;
  }
}

/** A server, or a page in between, may say back what it was sent: that must not reach a log or a browser. */
function withoutSecret(text: string, secret: string): string {
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return forms.filter((form) => form !== '').reduce((left, form) => left.replaceAll(form, '…'), text);
}
