import type { Org } from '../org.ts';
import type { AppSettings } from '../signIn/app.ts';
import { ControlError } from './rules.ts';

/** How the app is set up, and who may sign in. */
export function describeApp(org: Org): Record<string, unknown> {
  const { password, securityToken } = org.people;
  const username = org.people.usernameOf(org.userId);
  return { ...org.app.settings, grants: org.grants.size, username, password, securityToken };
}

/** Changes what is named; `revoke: true` ends every grant as well. Throws ControlError and then changes nothing. */
export function changeApp(org: Org, { revoke, ...body }: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(body)) checkSetting(org.app.settings, name, value);
  org.app.change(body);
  if (revoke === true) org.grants.endAll();
  return describeApp(org);
}

function checkSetting(known: AppSettings, name: string, value: unknown): void {
  const switches = Object.entries(known).filter(([, current]) => typeof current === 'boolean');
  if (name === 'redirectUris') {
    if (!Array.isArray(value) || value.some((uri) => typeof uri !== 'string'))
      throw new ControlError('redirectUris must be a list of texts');
  } else if (name === 'publicKey') {
    if (value !== null && typeof value !== 'string') throw new ControlError('publicKey must be text or null');
  } else if (!switches.some(([key]) => key === name)) {
    throw new ControlError(`"${name}" is not one of ${[...Object.keys(known), 'revoke'].join(', ')}`);
  } else if (typeof value !== 'boolean') {
    throw new ControlError(`${name} must be true or false`);
  }
}
