/** The token endpoint: one request per grant, and what it says in the words of the contract. */
import { UserError } from '../../../contract/errors.ts';
import { networkError, notUnderstood, unreadable } from '../errors.ts';
import type { Send } from './send.ts';

/** An answer of the token endpoint that grants a session. */
export interface Grant {
  accessToken: string;
  /** Where the organisation is served. */
  instanceUrl: string;
  organizationId: string;
  userId: string;
}

/** How a request leaves, and what ends it. */
export interface Line {
  send: Send;
  signal: AbortSignal;
}

const timeout = 60_000;

/**
 * Asks `loginUrl` for a session. Rejects with UserError CONNECTION_REFUSED when the answer is a permanent no, with Transient when it may be
 * another one in a moment.
 */
export async function requestToken(line: Line, loginUrl: string, parameters: Record<string, string>): Promise<Grant> {
  const name = new URL(loginUrl).host;
  const { status, text } = await post(line, `${loginUrl}/services/oauth2/token`, parameters, name);
  const answer = parseObject(text);
  if (status === 200 && answer) return readGrant(answer, name);
  if (answer && typeof answer.error === 'string') throw refusal(answer.error, answer.error_description, status, name);
  if (status >= 500) throw unreadable(status, text, name);
  // A page that is not the token endpoint's JSON: a wrong address answers so for ever, a maintenance page for a while.
  throw notUnderstood(`signing in at ${name} gave status ${status} with "${shortened(text)}"`);
}

async function post(
  { send, signal: stop }: Line,
  url: string,
  parameters: Record<string, string>,
  name: string,
): Promise<{ status: number; text: string }> {
  try {
    const response = await send(url, {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams(parameters),
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeout)]),
      redirect: 'manual',
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    throw networkError(error, name);
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function readGrant(answer: Record<string, unknown>, name: string): Grant {
  // The identity address ends in the ids of organisation and user.
  const [organizationId = '', userId = ''] = String(answer.id ?? '')
    .split('/')
    .slice(-2);
  if (typeof answer.access_token !== 'string' || typeof answer.instance_url !== 'string')
    throw notUnderstood(`signing in at ${name} gave an answer without a session`);
  const instanceUrl = answer.instance_url.replace(/\/+$/, '');
  return { accessToken: answer.access_token, instanceUrl, organizationId, userId };
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
  const reason = typeof description === 'string' ? `${code}: ${description}` : code;
  if (permanent.has(code)) return new UserError('CONNECTION_REFUSED', { reason });
  return status >= 500 ? unreadable(status, reason, name) : notUnderstood(`signing in at ${name} gave "${reason}"`);
}

const shortened = (text: string): string =>
  text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
