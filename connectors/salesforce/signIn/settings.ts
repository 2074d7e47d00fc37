/** What the settings of a connection mean for signing in. */
import type { SalesforceSettings } from '../definition.ts';
import { definition } from '../definition.ts';

/** Connections saved by an older version lack the settings that came later; empty secrets are not stored at all. */
export function completeSettings(settings: Partial<SalesforceSettings>): SalesforceSettings {
  return { ...definition.defaults, ...settings };
}

const logins = { production: 'https://login.salesforce.com', sandbox: 'https://test.salesforce.com' };

/** Where to sign in, without a slash at its end. Client credentials are taken at My Domain only. */
export function loginUrlOf({ flow, login, instanceUrl }: SalesforceSettings): string {
  return flow === 'clientCredentials' || login === 'own' ? instanceUrl.trim().replace(/\/+$/, '') : logins[login];
}

/** Whom an assertion is for: a My Domain of Salesforce takes the login page of its kind, anything else its own address. */
export function audienceOf(loginUrl: string): string {
  const { hostname, origin } = new URL(loginUrl);
  if (!/(^|\.)salesforce\.com$/.test(hostname)) return origin;
  const isTest = hostname === 'test.salesforce.com' || /--|\.(sandbox|scratch)\.my\./.test(hostname);
  return isTest ? logins.sandbox : logins.production;
}

/** A refresh token is of use, and sent, only where it was given. */
export const refreshTokenPlace = (settings: SalesforceSettings): string =>
  `${loginUrlOf(settings)} ${settings.clientId}`;
