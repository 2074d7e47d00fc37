import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Call, header } from './call.ts';
import { ApiError } from './errors.ts';
import { json, type Reply } from './reply.ts';

/** POST /services/oauth2/token */
export function issueToken(call: Call): Reply {
  const form = new URLSearchParams(call.body.toString('utf8'));
  const grant = form.get('grant_type') ?? call.query.get('grant_type');
  if (grant !== 'client_credentials') return refuse('unsupported_grant_type', 'grant type not supported');
  const { id, secret } = clientOf(call, form);
  if (!isSame(id, call.org.clientId)) return refuse('invalid_client_id', 'client identifier invalid');
  if (!isSame(secret, call.org.clientSecret)) return refuse('invalid_client', 'invalid client credentials');
  return grantTo(call, call.org.userId);
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

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(error: string, description: string): Reply {
  return json({ error, error_description: description }, 400);
}

function grantTo(call: Call, userId: string): Reply {
  const { org, base } = call;
  const session = org.sessions.start(userId);
  const id = `${base}/id/${org.id}/${userId}`;
  const issuedAt = String(org.clock.now());
  const signature = createHmac('sha256', org.clientSecret)
    .update(id + issuedAt)
    .digest('base64');
  return json(
    {
      access_token: session.token,
      signature,
      scope: 'api openid id',
      instance_url: base,
      id,
      token_type: 'Bearer',
      issued_at: issuedAt,
    },
    200,
    { 'Cache-Control': 'no-cache, no-store', Pragma: 'no-cache' },
  );
}

/** POST /services/oauth2/revoke */
export function revokeToken(call: Call): Reply {
  const form = new URLSearchParams(call.body.toString('utf8'));
  const token = form.get('token') ?? call.query.get('token') ?? '';
  if (!call.org.sessions.revoke(token)) return refuse('invalid_token', 'the token is not known or has expired');
  return { status: 200, contentType: 'text/html;charset=UTF-8', body: '', headers: {} };
}

/** GET /services/oauth2/userinfo */
export function userInfo(call: Call): Reply {
  const read = userReader(call);
  const { base, org, userId } = call;
  return json({
    sub: `${base}/id/${org.id}/${userId}`,
    user_id: userId,
    organization_id: org.id,
    preferred_username: read('Username'),
    nickname: read('CommunityNickname'),
    name: read('Name'),
    email: read('Email'),
    email_verified: true,
    given_name: read('FirstName'),
    family_name: read('LastName'),
    zoneinfo: read('TimeZoneSidKey'),
    active: read('IsActive'),
    user_type: 'STANDARD',
    language: read('LanguageLocaleKey'),
    locale: read('LocaleSidKey'),
    utcOffset: 3_600_000,
    urls: urlsOf(call),
  });
}

/** GET /id/{organisation}/{user} */
export function identity(call: Call): Reply {
  const read = userReader(call);
  const { base, org, userId } = call;
  if (call.params.organization !== org.id || call.params.user !== userId)
    throw new ApiError(403, 'FORBIDDEN', 'Bad_Id');
  const id = `${base}/id/${org.id}/${userId}`;
  return json({
    id,
    asserted_user: true,
    user_id: userId,
    organization_id: org.id,
    username: read('Username'),
    nick_name: read('CommunityNickname'),
    display_name: read('Name'),
    email: read('Email'),
    email_verified: true,
    first_name: read('FirstName'),
    last_name: read('LastName'),
    timezone: read('TimeZoneSidKey'),
    active: read('IsActive'),
    user_type: 'STANDARD',
    language: read('LanguageLocaleKey'),
    locale: read('LocaleSidKey'),
    utcOffset: 3_600_000,
    urls: urlsOf(call),
    is_app_installed: true,
  });
}

function userReader(call: Call): (name: string) => unknown {
  const users = call.org.table('User')!;
  const row = users.rowOf(call.userId);
  return (name) => users.read(name, row);
}

function urlsOf({ base, org, userId }: Call): Record<string, string> {
  const rest = `${base}/services/data/v{version}/`;
  return {
    enterprise: `${base}/services/Soap/c/{version}/${org.id.slice(0, 15)}`,
    partner: `${base}/services/Soap/u/{version}/${org.id.slice(0, 15)}`,
    rest,
    sobjects: `${rest}sobjects/`,
    search: `${rest}search/`,
    query: `${rest}query/`,
    recent: `${rest}recent/`,
    profile: `${base}/${userId}`,
  };
}
