/** Posts signed JSON to an address of somebody else. */
import type { ConnectorHost, Identity, WebhookClient } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { Json } from '../../contract/types.ts';
import { givenUp, networkError } from '../kit/faults.ts';
import type { HttpSettings } from './definition.ts';
import { sign } from './sign.ts';

const patience = 20_000;

export async function open(host: ConnectorHost<HttpSettings>): Promise<WebhookClient> {
  return {
    kind: 'http',
    capability: 'webhook',
    verify: () => verify(host),
    post: ({ id, body }) => post(host, id, body),
    close: async () => undefined,
  };
}

/** There is no way to ask without posting: the receiver gets a message that says so. */
async function verify(host: ConnectorHost<HttpSettings>): Promise<Identity> {
  const at = host.clock.now().toISOString();
  await post(host, `verify-${at}`, { change: 'verify', at });
  return { identity: 'A signed message was taken', organisation: new URL(host.settings.url).host, details: [] };
}

async function post(
  { settings, clock, signal }: ConnectorHost<HttpSettings>,
  id: string,
  content: Json,
): Promise<void> {
  const body = JSON.stringify(content);
  const seconds = Math.floor(clock.now().getTime() / 1_000);
  const headers = {
    'content-type': 'application/json',
    'x-syncline-id': id,
    'x-syncline-signature': sign(settings.secret, seconds, body),
  };
  const ended = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const response = await reach(settings.url, { method: 'POST', body, headers, redirect: 'manual', signal: ended });
  await response.body?.cancel();
  if (response.ok) return;
  const reason = response.statusText || 'no reason was given';
  // A refusal may be mended by the receiver; whoever asked decides whether it is tried again.
  if (response.status >= 500 || response.status === 429 || response.status === 408)
    throw new RetryLater('REMOTE_BUSY', { status: response.status, reason });
  throw new UserError('REMOTE_REFUSED', { code: String(response.status), reason });
}

async function reach(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    throw givenUp(networkError(error, new URL(url).host));
  }
}
