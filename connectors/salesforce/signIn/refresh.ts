/** Sessions from the refresh token of a person who signed in, and keeping it when it is replaced. */
import type { ConnectorHost } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { SalesforceSettings } from '../definition.ts';
import { completeSettings, loginUrlOf, refreshTokenPlace } from './settings.ts';
import type { Grant, Line } from './token.ts';
import { Refusal, requestToken } from './token.ts';

type Host = ConnectorHost<SalesforceSettings>;

/**
 * A session by the refresh token. One at a time for the connection in all processes: where tokens rotate, each is good once.
 * A process that slept may still come second; it finds its token refused and another one stored, and takes that.
 * Rejects with UserError SIGN_IN_AGAIN when the token is dead.
 */
export async function refresh(line: Line, host: Host): Promise<Grant> {
  const first = await refreshOnce(line, host, null);
  if (first.grant) return first.grant;
  const second = await refreshOnce(line, host, first);
  if (second.grant) return second.grant;
  throw new UserError('SIGN_IN_AGAIN', { name: host.connectionName, reason: second.reason });
}

interface Refused {
  grant: null;
  token: string;
  reason: string;
}
type Outcome = { grant: Grant } | Refused;

function refreshOnce(line: Line, host: Host, before: Refused | null): Promise<Outcome> {
  return alone(host, async (stored) => {
    const settings = completeSettings(stored);
    const token = requireToken(host, settings);
    if (token === before?.token) return before;
    const answer = await askWith(line, settings, token);
    if (answer instanceof Refusal) return { grant: null, token, reason: answer.reason };
    if (answer.refreshToken && answer.refreshToken !== token) await keep(host, answer.refreshToken);
    return { grant: answer };
  });
}

export const alone = <T>(host: Host, work: (settings: SalesforceSettings) => Promise<T>): Promise<T> =>
  host.alone ? host.alone(work) : work(host.settings);

function requireToken({ connectionName: name }: Host, settings: SalesforceSettings): string {
  if (settings.refreshToken === '') throw new UserError('SIGN_IN_AGAIN', { name, reason: 'nobody has signed in yet' });
  if (settings.refreshTokenOf !== refreshTokenPlace(settings))
    throw new UserError('SIGN_IN_AGAIN', { name, reason: 'login domain or client id were changed since' });
  return settings.refreshToken;
}

async function askWith(line: Line, settings: SalesforceSettings, token: string): Promise<Grant | Refusal> {
  const { clientId, clientSecret } = settings;
  try {
    return await requestToken(line, loginUrlOf(settings), {
      grant_type: 'refresh_token',
      refresh_token: token,
      client_id: clientId,
      ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
    });
  } catch (error) {
    if (error instanceof UserError && error.cause instanceof Refusal && error.cause.code === 'invalid_grant')
      return error.cause;
    throw error;
  }
}

/** A person who signed in meanwhile has brought a newer token, which stays. */
async function keep(host: Host, refreshToken: string): Promise<void> {
  if (!host.store)
    throw new UserError('SIGN_IN_AGAIN', {
      name: host.connectionName,
      reason: 'a new refresh token could not be kept',
    });
  try {
    await host.store({ refreshToken });
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'CONFLICT')) throw error;
    host.log('warning', 'The refresh token was replaced by another sign-in meanwhile; that one is kept.');
  }
}
