/** The token endpoint: one request per grant, and what it says in the words of the contract. */
import { UserError } from '../../../contract/errors.ts';
import { exchange, parseObject } from '../../kit/exchange.ts';
import { excerpt, notUnderstood, withoutSecrets } from '../../kit/faults.ts';
import { unreadable } from '../errors.ts';
import type { Send } from './send.ts';

/** An answer of the token endpoint that grants a session. */
export interface Grant {
  accessToken: string;
  /** Where the organisation is served. */
  instanceUrl: string;
  organizationId: string;
  userId: string;
  /** Given to a person's first sign-in, and a new one in place of the old where tokens rotate. */
  refreshToken: string | null;
}

/** What the token endpoint said no with: the cause of CONNECTION_REFUSED. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly reason: string;
  constructor(code: string, reason: string) {
    super(`${code}: ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}

/** How a request leaves, and what ends it. */
export interface Line {
  send: Send;
  signal: AbortSignal;
}

/** Milliseconds without an answer; shorter than a connection is held for the one who renews its session. */
const silence = 25_000;

/**
 * Asks `loginUrl` for a session. Rejects with UserError CONNECTION_REFUSED when the answer is a permanent no, with Transient when it may be
 * another one in a moment.
 */
export async function requestToken(
  { send, signal }: Line,
  loginUrl: string,
  parameters: Record<string, string>,
): Promise<Grant> {
  const name = new URL(loginUrl).host;
  const request = { method: 'POST', headers: { Accept: 'application/json' }, body: new URLSearchParams(parameters) };
  const { status, text: said } = await exchange(`${loginUrl}/services/oauth2/token`, request, {
    stop: signal,
    silence,
    send,
  });
  const text = status === 200 ? said : withoutSecrets(said, secretsOf(parameters));
  const answer = parseObject(text);
  if (status === 200 && answer) return readGrant(answer, name);
  if (answer && typeof answer.error === 'string') throw refusal(answer.error, answer.error_description, status, name);
  if (status >= 500) throw unreadable(status, text, name);
  // A page that is not the token endpoint's JSON: a wrong address answers so for ever, a maintenance page for a while.
  throw notUnderstood(`signing in at ${name} gave status ${status} with "${excerpt(text)}"`);
}

const secretParameters = ['client_secret', 'password', 'assertion', 'code', 'code_verifier', 'refresh_token'];

const secretsOf = (parameters: Record<string, string>): string[] =>
  secretParameters.map((name) => parameters[name] ?? '');

function readGrant(answer: Record<string, unknown>, name: string): Grant {
  // The identity address ends in the ids of organisation and user.
  const [organizationId = '', userId = ''] = String(answer.id ?? '')
    .split('/')
    .slice(-2);
  if (typeof answer.access_token !== 'string' || typeof answer.instance_url !== 'string')
    throw notUnderstood(`signing in at ${name} gave an answer without a session`);
  const instanceUrl = answer.instance_url.replace(/\/+$/, '');
  const refreshToken = typeof answer.refresh_token === 'string' ? answer.refresh_token : null;
  return { accessToken: answer.access_token, instanceUrl, organizationId, userId, refreshToken };
}

const permanent = new Set([
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

function refusal(code: string, description: unknown, status: number, name: string): Error {
  const said = new Refusal(code, typeof description === 'string' && description !== '' ? description : code);
  if (permanent.has(code)) return new UserError('CONNECTION_REFUSED', { reason: said.message }, { cause: said });
  if (status >= 500) return unreadable(status, said.message, name);
  return notUnderstood(`signing in at ${name} gave "${said.message}"`, { cause: said });
}
