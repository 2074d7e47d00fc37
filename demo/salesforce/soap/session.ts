import type { Call } from '../call.ts';
import { SoapFault } from './fault.ts';
import { type Element, textOf } from './xml.ts';

/** Username and password with the security token behind it, in exchange for a session. */
export function login(call: Call, message: Element): unknown {
  const { org, base } = call;
  const userId = org.people.signIn(textOf(message, 'username'), textOf(message, 'password'), 'api');
  if (userId === null)
    throw new SoapFault('INVALID_LOGIN', 'Invalid username, password, security token; or user locked out.');
  call.userId = userId;
  const path = `${call.params.version}/${org.id.slice(0, 15)}`;
  return {
    metadataServerUrl: `${base}/services/Soap/m/${path}`,
    passwordExpired: false,
    sandbox: false,
    serverUrl: `${base}/services/Soap/u/${path}`,
    sessionId: org.sessions.start(userId).token,
    userId,
    userInfo: getUserInfo(call),
  };
}

export function logout(call: Call, token: string): null {
  if (!call.org.sessions.revoke(token))
    throw new SoapFault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');
  return null;
}

export function getServerTimestamp({ org }: Call): unknown {
  return { timestamp: new Date(org.clock.now()).toISOString() };
}

export function getUserInfo({ org, userId }: Call): Record<string, unknown> {
  const users = org.table('User')!;
  const organizations = org.table('Organization')!;
  const row = users.rowOf(userId);
  return {
    organizationId: org.id,
    organizationMultiCurrency: false,
    organizationName: organizations.read('Name', 0),
    profileId: null,
    roleId: null,
    sessionSecondsValid: org.settings.sessionSeconds,
    userEmail: users.read('Email', row),
    userFullName: users.read('Name', row),
    userId,
    userLanguage: users.read('LanguageLocaleKey', row),
    userLocale: users.read('LocaleSidKey', row),
    userName: users.read('Username', row),
    userTimeZone: users.read('TimeZoneSidKey', row),
    userType: 'Standard',
  };
}
