import type { Role } from '../../contract/api.ts';
import { mayAct } from '../../contract/api.ts';
import { UserError } from '../../contract/errors.ts';

/** Who does something: a signed-in user, an API token, or Syncline itself (its first start, a demo). */
export interface Actor {
  kind: 'user' | 'token' | 'system';
  /** The user's name, the token's label. */
  name: string;
  /** Who made the token. */
  maker?: string;
  role: Role;
}

/** Who did it, as it stands in audit, options and runs. */
export function actorText(actor: Actor): string {
  if (actor.kind === 'user') return actor.name;
  return `${actor.kind}:${actor.name}${actor.maker === undefined ? '' : ` (${actor.maker})`}`;
}

/** Throws UserError ROLE_MISSING. */
export function requireRole(actor: Actor, needed: Role): void {
  if (!mayAct(actor.role, needed)) throw new UserError('ROLE_MISSING', { role: needed });
}

/** Throws UserError INVALID_INPUT for a token: only people have passwords and sessions. */
export function requireUser(actor: Actor, what: string): void {
  if (actor.kind !== 'user') throw new UserError('INVALID_INPUT', { reason: `an API token has no ${what}` });
}
