import type { ApiError } from '../errors.ts';
import type { Org } from '../org.ts';
import { dayIn } from './dates.ts';
import { soqlError } from './errors.ts';

/** What the meaning of a query depends on beside its text. */
export interface Context {
  org: Org;
  text: string;
  /** Zone of the running user: date literals and days begin there. */
  zone: string;
  /** The day it is there, since 1970-01-01. */
  today: number;
  negationFindsNulls: boolean;
}

export function makeContext(org: Org, userId: string, text: string): Context {
  const zone = org.zoneOf(userId);
  const { negationFindsNulls } = org.settings;
  return { org, text, zone, today: dayIn(zone, org.clock.now()), negationFindsNulls };
}

export function invalidField(context: Context, at: number, message: string): ApiError {
  return soqlError(context.text, at, 'INVALID_FIELD', message);
}

export function invalidOperator(context: Context, at: number, message: string): ApiError {
  return soqlError(context.text, at, 'INVALID_QUERY_FILTER_OPERATOR', message);
}
