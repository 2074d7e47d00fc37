import { createHmac } from 'node:crypto';
import { type Call, header } from '../call.ts';
import { json, type Reply } from '../reply.ts';
import { isSame } from './app.ts';
import { AssertionError, readAssertion } from './assertion.ts';
import { challengeOf, type Grant } from './grants.ts';

/** Why a request for a token is refused; answered 400 as an object, unlike everything else. */
export class OAuthError extends Error {
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.code = code;
  }
}

type Flow = (call: Call, form: URLSearchParams) => Reply;

const FLOWS: Record<string, Flow> = {
  client_credentials: byClientCredentials,
  password: byPassword,
  authorization_code: byCode,
  refresh_token: byRefreshToken,
  'urn:ietf:params:oauth:grant-type:jwt-bearer': byAssertion,
};

/** POST /services/oauth2/token */
export function issueToken(call: Call): Reply {
  const form = formOf(call);
  return refusing(() => {
    const flow = FLOWS[form.get('grant_type') ?? ''];
    if (flow === undefined) throw new OAuthError('unsupported_grant_type', 'grant type not supported');
    return flow(call, form);
  });
}

/** Answers an OAuthError as OAuth says. */
export function refusing(work: () => Reply): Reply {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof OAuthError || error instanceof AssertionError)) throw error;
    return json({ error: error.code, error_description: error.message }, 400);
  }
}

/** The values of a form, those of the query first: clients send them in either. */
export function formOf(call: Call): URLSearchParams {
  const form = new URLSearchParams(call.query);
  for (const [name, value] of new URLSearchParams(call.body.toString('utf8'))) form.set(name, value);
  return form;
}

function byClientCredentials(call: Call, form: URLSearchParams): Reply {
  checkClient(call, form, true);
  if (!call.org.app.settings.clientCredentialsUser) throw invalidGrant('no client credentials user enabled');
  return tokenReply(call, call.org.userId, ['openid', 'api', 'id']);
}

function byPassword(call: Call, form: URLSearchParams): Reply {
  checkClient(call, form, true);
  const { app, people } = call.org;
  const userId = people.signIn(form.get('username') ?? '', form.get('password') ?? '', 'api');
  if (!app.settings.passwordFlow || userId === null) throw invalidGrant('authentication failure');
  return tokenReply(call, userId, ['openid', 'api', 'id']);
}

function byCode(call: Call, form: URLSearchParams): Reply {
  checkClient(call, form, call.org.app.settings.requireSecret);
  const approval = call.org.grants.takeCode(form.get('code') ?? '');
  if (approval === null) throw invalidGrant('expired authorization code');
  if (form.get('redirect_uri') !== approval.redirectUri)
    throw new OAuthError('redirect_uri_mismatch', 'redirect_uri must match configuration');
  const isVerified =
    approval.challenge === null || isSame(challengeOf(form.get('code_verifier') ?? ''), approval.challenge);
  if (!isVerified) throw invalidGrant('invalid code verifier');
  const { userId, scopes } = approval;
  if (!scopes.includes('refresh_token')) return tokenReply(call, userId, scopes);
  const grant = call.org.grants.start(userId, scopes);
  return tokenReply(call, userId, scopes, { grant, refreshToken: grant.refreshToken });
}

/** Each token is looked up and replaced in one step, so of two refreshes at once with rotation the second is refused. */
function byRefreshToken(call: Call, form: URLSearchParams): Reply {
  checkClient(call, form, call.org.app.settings.requireSecret);
  const { grants, app } = call.org;
  const grant = grants.find(form.get('refresh_token') ?? '');
  if (grant === undefined) throw invalidGrant('expired access/refresh token');
  if (!app.settings.rotateRefreshTokens) return tokenReply(call, grant.userId, grant.scopes, { grant });
  grants.rotate(grant);
  return tokenReply(call, grant.userId, grant.scopes, { grant, refreshToken: grant.refreshToken });
}

function byAssertion(call: Call, form: URLSearchParams): Reply {
  const { app, clock, people, grants } = call.org;
  const username = readAssertion(form.get('assertion') ?? '', {
    isClient: (id) => app.isClient(id),
    key: app.publicKey,
    // A production organisation: test.salesforce.com is the audience of sandboxes.
    audiences: [call.base, 'https://login.salesforce.com'],
    now: clock.seconds(),
  });
  const userId = people.find(username);
  if (userId === null || !(app.settings.preauthorised || grants.hasApproved(userId)))
    throw invalidGrant("user hasn't approved this consumer");
  return tokenReply(call, userId, ['openid', 'api', 'id']);
}

/** Throws when the client is not the app; a secret that is given must be right even where none is asked for. */
export function checkClient(call: Call, form: URLSearchParams, needsSecret: boolean): void {
  const { id, secret } = clientOf(call, form);
  if (!call.org.app.isClient(id)) throw new OAuthError('invalid_client_id', 'client identifier invalid');
  if (secret === '' && !needsSecret) return;
  if (!call.org.app.isSecret(secret)) throw new OAuthError('invalid_client', 'invalid client credentials');
}

/** Client id and secret stand in the form or, as some clients do it, in the Authorization header. */
function clientOf(call: Call, form: URLSearchParams): { id: string; secret: string } {
  const basic = /^Basic\s+(\S+)$/i.exec(header(call, 'authorization'))?.[1];
  if (basic === undefined) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
  const [id, ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { id: decodePart(id ?? ''), secret: decodePart(secret.join(':')) };
}

function decodePart(text: string): string {
  return new URLSearchParams(`part=${text}`).get('part') ?? '';
}

function invalidGrant(description: string): OAuthError {
  return new OAuthError('invalid_grant', description);
}

function tokenReply(
  call: Call,
  userId: string,
  scopes: readonly string[],
  { grant, refreshToken }: { grant?: Grant; refreshToken?: string } = {},
): Reply {
  const { org, base } = call;
  const session = org.sessions.start(userId, { grantId: grant?.id, scopes });
  const id = `${base}/id/${org.id}/${userId}`;
  const issuedAt = String(org.clock.now());
  const signature = createHmac('sha256', org.clientSecret)
    .update(id + issuedAt)
    .digest('base64');
  const answer = {
    access_token: session.token,
    signature,
    scope: scopes.join(' '),
    instance_url: base,
    id,
    token_type: 'Bearer',
    issued_at: issuedAt,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  };
  return json(answer, 200, { 'Cache-Control': 'no-cache, no-store', Pragma: 'no-cache' });
}
