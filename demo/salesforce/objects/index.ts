import type { World } from '../generated/world.ts';
import { account } from './account.ts';
import { caseObject } from './case.ts';
import { contact } from './contact.ts';
import { contract } from './contract.ts';
import { lead } from './lead.ts';
import type { ObjectDefinition } from './object.ts';
import { opportunity } from './opportunity.ts';
import { organization } from './organization.ts';
import { profile } from './profile.ts';
import { user } from './user.ts';

/** Every object of the organisation. */
export function defineObjects(world: World): ObjectDefinition[] {
  return [account, caseObject, contact, contract, lead, opportunity, organization, profile, user].map((define) => define(world));
}
