import { type Call, sessionOf } from '../call.ts';
import type { DataExtension } from '../extensions/extension.ts';

/** The data extension that a path names by `key:` and its external key, or by its id; undefined when the account has none. */
export function findExtension(call: Call, named: string): DataExtension | undefined {
  const { accountId } = sessionOf(call);
  const key = /^key:(.*)$/is.exec(named)?.[1];
  return key === undefined ? call.org.byId(accountId, named) : call.org.byKey(accountId, key);
}
