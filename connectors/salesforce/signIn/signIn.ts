import type { ConnectorHost } from '../../../contract/connector.ts';
import type { SalesforceSettings } from '../definition.ts';
import { assertionFor } from './assertion.ts';
import { refresh } from './refresh.ts';
import type { Send } from './send.ts';
import { completeSettings, loginUrlOf } from './settings.ts';
import type { Grant, Line } from './token.ts';
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

type Host = ConnectorHost<SalesforceSettings>;

/**
 * A new session by the connection's flow. Rejects with UserError (a person can mend it) or Transient (the caller asks again).
 */
export async function signIn(host: Host, send: Send): Promise<SignedIn> {
  const settings = completeSettings(host.settings);
  const loginUrl = loginUrlOf(settings);
  const { accessToken, instanceUrl, organizationId, userId } = await grantBy(
    { send, signal: host.signal },
    host,
    settings,
  );
  // The login pages say where the organisation is. At an address of its own the answer may name one that only browsers reach.
  const isOwn = settings.flow === 'clientCredentials' || settings.login === 'own';
  return { accessToken, instanceUrl: isOwn ? loginUrl : instanceUrl, organizationId, userId };
}

function grantBy(line: Line, host: Host, settings: SalesforceSettings): Promise<Grant> {
  const { flow, clientId, clientSecret } = settings;
  const loginUrl = loginUrlOf(settings);
  switch (flow) {
    case 'clientCredentials':
      return requestToken(line, loginUrl, {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      });
    case 'jwt':
      return requestToken(line, loginUrl, {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: assertionFor(settings, host.clock.now()),
      });
    case 'password':
      return requestToken(line, loginUrl, {
        grant_type: 'password',
        client_id: clientId,
        client_secret: clientSecret,
        username: settings.username,
        password: settings.password + settings.securityToken,
      });
    case 'code':
      return refresh(line, host);
  }
}
