/** Every request, with a token. A token is asked for once per client: more than one in twenty minutes is not liked. */
import type { ConnectorHost } from '../../contract/connector.ts';
import type { Json } from '../../contract/types.ts';
import { Access } from '../kit/access.ts';
import { exchange, readAnswer } from '../kit/exchange.ts';
import { notUnderstood, withoutSecrets } from '../kit/faults.ts';
import { repeat } from '../kit/repeat.ts';
import type { MarketingCloudSettings } from './definition.ts';
import { signInAddress } from './definition.ts';
import { answerError, signInError } from './errors.ts';

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
  readonly #access: Access<Token>;

  constructor(host: ConnectorHost<MarketingCloudSettings>) {
    this.host = host;
    this.#access = new Access('token', () => this.#signIn());
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

  /** A request to SOAP, whose body `make` writes with the token in it; `read` throws AccessOver where the answer says so. */
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

  /** Renewed once per refused request, and repeated a few times while the answer looks transient. */
  async #withToken<T>(
    ask: Ask,
    read: (text: string) => T,
    isAnswer: (text: string) => boolean = () => false,
  ): Promise<T> {
    return repeat(this.host, () => this.#access.use((token) => this.#once(ask(token), read, isAnswer)));
  }

  async #once<T>(
    { url, ...request }: ReturnType<Ask>,
    read: (text: string) => T,
    isAnswer: (text: string) => boolean,
  ): Promise<T> {
    const { ok, status, text, headers } = await this.#send(url, request);
    if (ok || isAnswer(text)) return readAnswer(text, read);
    throw answerError(status, text, headers.get('retry-after'));
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
    const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
    const { ok, status, text, headers } = await this.#send(url, request);
    if (!ok) throw signInError(status, withoutSecrets(text, [clientSecret]), headers.get('retry-after'));
    const answer = readAnswer(text, readJson);
    const [value, rest, soap] = [answer.access_token, answer.rest_instance_url, answer.soap_instance_url];
    if (typeof value !== 'string' || typeof rest !== 'string' || typeof soap !== 'string')
      throw notUnderstood('a token without its addresses');
    return { value, rest: withSlash(rest), soap: withSlash(soap) };
  }

  #send(url: string, request: RequestInit) {
    return exchange(url, request, { stop: this.host.signal, silence });
  }
}

const withSlash = (address: string): string => (address.endsWith('/') ? address : `${address}/`);

function readJson(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('JSON that is no object');
  return value as Record<string, unknown>;
}
