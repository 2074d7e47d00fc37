import type { ConnectorHost } from '../../../contract/connector.ts';
import type { SalesforceSettings } from '../definition.ts';
import type { Send } from './send.ts';
import { requestToken } from './token.ts';

/** A session of the organisation. It has no known end: it lasts until a request is refused with 401. */
export interface SignedIn {
  accessToken: string;
  /** Where every request goes, without a slash at its end. */
  instanceUrl: string;
  /** Eighteen characters each. */
  organizationId: string;
  userId: string;
}

/**
 * A new session by the connection's flow. Rejects with UserError (a person can mend it) or Transient (the caller asks again).
 */
export async function signIn(host: ConnectorHost<SalesforceSettings>, send: Send): Promise<SignedIn> {
  const { instanceUrl, clientId, clientSecret } = host.settings;
  const base = instanceUrl.replace(/\/+$/, '');
  const grant = await requestToken({ send, signal: host.signal }, base, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  // The answer's instance_url may be one that only browsers reach; the address of the connection is the one that was verified.
  return { ...grant, instanceUrl: base };
}
