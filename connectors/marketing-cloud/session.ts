/** Every request, with a token. A token is asked for once per client: more than one in twenty minutes is not liked. */
import type { ConnectorHost } from '../../contract/connector.ts';
import type { Json } from '../../contract/types.ts';
import type { SendLimit } from '../../contract/write.ts';
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

/** A request as SOAP has it. */
interface SoapRequest<T> {
  action: string;
  /** Writes the envelope, with the token in it. */
  make(token: string): string;
  /** Throws AccessOver where the answer says so. */
  read(text: string): T;
  /** Of a request that writes: it leaves before this is over, or not at all. */
  limit?: SendLimit | undefined;
}

interface Reading<T> {
  read(text: string): T;
  limit: SendLimit | undefined;
  isAnswer?(text: string): boolean;
}

export class Session {
  readonly host: ConnectorHost<MarketingCloudSettings>;
  readonly #access: Access<Token>;

  constructor(host: ConnectorHost<MarketingCloudSettings>) {
    this.host = host;
    this.#access = new Access('token', () => this.#signIn());
  }

  /** A request to REST, and its answer as JSON. Everything that is asked here may be done twice. */
  rest(method: string, path: string, body?: Json, limit?: SendLimit): Promise<Record<string, unknown>> {
    const ask: Ask = ({ value, rest }) => ({
      url: rest + path,
      method,
      headers: { Authorization: `Bearer ${value}`, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return repeat(this.host, () => this.#withToken(ask, { read: readJson, limit }));
  }

  /** A request to SOAP, repeated a few times while the answer looks transient. */
  soap<T>(request: SoapRequest<T>): Promise<T> {
    return repeat(this.host, () => this.soapOnce(request));
  }

  /** Rejects with Transient where asking again might help. */
  soapOnce<T>({ action, make, read, limit }: SoapRequest<T>): Promise<T> {
    const ask: Ask = ({ value, soap }) => ({
      url: `${soap}Service.asmx`,
      method: 'POST',
      headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: action },
      body: make(value),
    });
    // A fault of the interface is an answer too, whatever its status.
    return this.#withToken(ask, { read, limit, isAnswer: (text) => text.includes('Fault>') });
  }

  /** The token is renewed once per refused request. */
  #withToken<T>(ask: Ask, how: Reading<T>): Promise<T> {
    return this.#access.use((token) => this.#once(ask(token), how));
  }

  async #once<T>({ url, ...request }: ReturnType<Ask>, { read, limit, isAnswer }: Reading<T>): Promise<T> {
    limit?.check();
    const { ok, status, text, headers } = await this.#send(url, request, limit);
    if (ok || isAnswer?.(text)) return readAnswer(text, read);
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

  #send(url: string, request: RequestInit, limit?: SendLimit) {
    return exchange(url, request, { stop: this.host.signal, silence, end: limit?.signal });
  }
}

const withSlash = (address: string): string => (address.endsWith('/') ? address : `${address}/`);

function readJson(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('JSON that is no object');
  return value as Record<string, unknown>;
}
