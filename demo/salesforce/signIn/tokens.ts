import type { Call } from '../call.ts';
import { json, type Reply } from '../reply.ts';
import { page } from './pages.ts';
import { checkClient, formOf, OAuthError, refusing } from './token.ts';

/** POST /services/oauth2/revoke: a refresh token takes all sessions that came from it along, an access token only itself. */
export function revokeToken(call: Call): Reply {
  const { grants, sessions } = call.org;
  const token = formOf(call).get('token') ?? '';
  return refusing(() => {
    const grant = grants.find(token);
    if (grant !== undefined) grants.end(grant);
    else if (!sessions.revoke(token)) throw new OAuthError('invalid_token', 'the token is not known or has expired');
    return { status: 200, contentType: 'text/html;charset=UTF-8', body: '', headers: {} };
  });
}

/** POST /services/oauth2/introspect */
export function introspectToken(call: Call): Reply {
  const form = formOf(call);
  return refusing(() => {
    checkClient(call, form, true);
    return json(describeToken(call, form.get('token') ?? '') ?? { active: false });
  });
}

function describeToken({ org, base }: Call, token: string): Record<string, unknown> | null {
  const session = org.sessions.find(token);
  const owner = session ?? org.grants.find(token);
  if (owner === undefined) return null;
  return {
    active: true,
    scope: owner.scopes.join(' '),
    client_id: org.clientId,
    username: org.people.usernameOf(owner.userId),
    sub: `${base}/id/${org.id}/${owner.userId}`,
    token_type: session === null ? 'refresh_token' : 'access_token',
    ...(session === null ? {} : times(org.sessions.endOf(session), session.started)),
  };
}

function times(end: number, started: number): Record<string, number> {
  return { exp: end, iat: started, nbf: started };
}

/** GET and POST /services/oauth2/singleaccess: an address that opens the organisation in a browser without signing in. */
export function openOnce({ org, base, userId }: Call): Reply {
  const otp = org.people.remember(userId);
  return json({ frontdoor_uri: `${base}/secur/frontdoor.jsp?otp=${otp}&cshc=${org.id.slice(0, 15)}` });
}

/** GET /secur/frontdoor.jsp */
export function openFrontDoor(call: Call): Reply {
  if (call.org.people.browser(call.query.get('otp') ?? '') === undefined)
    return page('Log in', '<p class="error" role="alert">This address has been used or has expired.</p>', 403);
  return page('Demo organisation', '<p>You are in. The demo organisation has no pages of its own: use its API.</p>');
}
