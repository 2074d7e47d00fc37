import type { Call } from '../call.ts';
import { ApiError } from '../errors.ts';
import { json, type Reply } from '../reply.ts';

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
