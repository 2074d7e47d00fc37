import type { World } from '../generated/world.ts';
import { account } from './account.ts';
import { event, task } from './activity.ts';
import { caseObject } from './case.ts';
import { cartItem, product, productCategory, webCart, webStore } from './commerce.ts';
import { contact } from './contact.ts';
import { contactHistory } from './contactHistory.ts';
import { contract } from './contract.ts';
import { idea, vote } from './ideas.ts';
import { invoice } from './invoice.ts';
import { lead } from './lead.ts';
import { emailResult, sendDefinition } from './marketing.ts';
import type { ObjectDefinition } from './object.ts';
import { opportunity } from './opportunity.ts';
import { organization } from './organization.ts';
import { profile } from './profile.ts';
import { appDefinition, caseStatus } from './setup.ts';
import { subscription } from './subscription.ts';
import { surveyResponse } from './surveyResponse.ts';
import { user } from './user.ts';

const BUSINESS = [account, caseObject, contact, contract, lead, opportunity, organization, user];
const OTHERS = [
  profile,
  task,
  event,
  contactHistory,
  caseStatus,
  appDefinition,
  idea,
  vote,
  product,
  productCategory,
  webStore,
  webCart,
  cartItem,
  subscription,
  surveyResponse,
  invoice,
  sendDefinition,
  emailResult,
];

/** Every object of the organisation. */
export function defineObjects(world: World): ObjectDefinition[] {
  return [...BUSINESS, ...OTHERS].map((define) => define(world));
}
