/** Authorization code with PKCE: a person allows access at Salesforce's own page. */
import { createHash, randomBytes } from 'node:crypto';
import type { ConnectorHost, PersonalSignIn } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import { givenUp } from '../../kit/faults.ts';
import type { SalesforceSettings } from '../definition.ts';
import { alone } from './refresh.ts';
import type { Send } from './send.ts';
import { completeSettings, loginUrlOf, refreshTokenPlace } from './settings.ts';
import { requestToken } from './token.ts';

const scopes = 'api openid refresh_token';

export function personalSignIn(host: ConnectorHost<SalesforceSettings>, send: Send): PersonalSignIn {
  const settings = completeSettings(host.settings);
  const loginUrl = loginUrlOf(settings);
  return {
    begin({ callbackUrl, state }) {
      const verifier = randomBytes(48).toString('base64url');
      const redirectUri = settings.way === 'paste' ? `${loginUrl}/services/oauth2/success` : callbackUrl;
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: settings.clientId,
        redirect_uri: redirectUri,
        scope: scopes,
        state,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      });
      return { url: `${loginUrl}/services/oauth2/authorize?${query}`, redirectUri, verifier };
    },
    async finish({ code, redirectUri, verifier }) {
      const { clientId, clientSecret } = settings;
      const { refreshToken } = await requestToken({ send, signal: host.signal }, loginUrl, {
        grant_type: 'authorization_code',
        code,
        client_id: clientId,
        ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }).catch((error: unknown) => {
        // A code is good once: asking again with it could only be refused.
        throw givenUp(error);
      });
      if (!refreshToken) throw new UserError('CONNECTION_REFUSED', { reason: noRefreshToken });
      const kept = { refreshToken, refreshTokenOf: refreshTokenPlace(settings) };
      // Alone: a run that renews its session at this moment must not put the older token back.
      await alone(host, async () => host.store?.(kept));
    },
  };
}

const noRefreshToken =
  'no refresh token was given; add the scope "Perform requests at any time (refresh_token, offline_access)" to the app';
