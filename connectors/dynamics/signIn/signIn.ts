/** Tokens of the identity service: one request for each, and what it says in the words of the contract. */
import type { ConnectorHost } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import { exchange, parseObject } from '../../kit/exchange.ts';
import { excerpt, notUnderstood, oneLine, withoutSecrets } from '../../kit/faults.ts';
import type { DynamicsSettings } from '../definition.ts';
import { assertionFor } from './assertion.ts';

export interface Token {
  text: string;
  /** From when on another one is asked for, in milliseconds by this machine's clock. */
  renewAt: number;
}

/** Milliseconds without an answer after which signing in has failed. */
const silence = 25_000;
/** Seconds before a token's end from which on another one is asked for. */
const early = 300;

const authorities: Record<Exclude<DynamicsSettings['cloud'], 'own'>, string> = {
  public: 'https://login.microsoftonline.com',
  usGovernment: 'https://login.microsoftonline.us',
  china: 'https://login.partner.microsoftonline.cn',
};

/** Rejects with UserError CONNECTION_REFUSED when the answer is a permanent no, with Transient when it may be another one in a moment. */
export async function requestToken({ settings, clock, signal }: ConnectorHost<DynamicsSettings>): Promise<Token> {
  const authority = settings.cloud === 'own' ? settings.authority.replace(/\/+$/, '') : authorities[settings.cloud];
  const url = `${authority}/${encodeURIComponent(settings.tenant)}/oauth2/v2.0/token`;
  const proof: Record<string, string> =
    settings.proof === 'secret'
      ? { client_secret: settings.clientSecret }
      : {
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertionFor(settings, url, clock.now()),
        };
  const form = {
    grant_type: 'client_credentials',
    client_id: settings.clientId,
    scope: `${settings.environmentUrl.replace(/\/+$/, '')}/.default`,
    ...proof,
  };
  const { host } = new URL(url);
  const request = { method: 'POST', headers: { Accept: 'application/json' }, body: new URLSearchParams(form) };
  const { status, text } = await exchange(url, request, { stop: signal, silence });
  const answer = parseObject(text);
  if (status === 200 && typeof answer?.access_token === 'string') return readToken(answer, clock.now());
  throw refusal(status, answer, host, withoutSecrets(text, Object.values(proof)));
}

function readToken(answer: Record<string, unknown>, now: Date): Token {
  const seconds = Number(answer.expires_in);
  const life = Number.isFinite(seconds) ? Math.max(seconds - early, seconds / 2) : early;
  return { text: String(answer.access_token), renewAt: now.getTime() + life * 1_000 };
}

const passing = new Set(['temporarily_unavailable', 'server_error']);

function refusal(status: number, answer: Record<string, unknown> | null, host: string, text: string): Error {
  const { error, error_description: description } = answer ?? {};
  const isPassing = status >= 500 || status === 429 || passing.has(String(error));
  if (typeof error !== 'string' || isPassing)
    return notUnderstood(`signing in at ${host} gave status ${status} with "${excerpt(text)}"`, { undone: true });
  // Behind the first sentence stand numbers for Microsoft's support.
  const said = oneLine(String(description ?? '').split(/ Trace ID:|\r?\n/)[0] ?? '');
  return new UserError('CONNECTION_REFUSED', { reason: oneLine(`${error}: ${said}`) });
}
