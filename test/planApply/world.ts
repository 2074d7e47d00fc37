/** The organisation of a case: its records before and after, as a client sees them that knows nothing of Syncline. */
import type { plainClient } from '../harness/organisation.ts';
import type { Place, PlanCase } from './cases.ts';
import { fields, lookup, shown } from './fields.ts';

export type Client = ReturnType<typeof plainClient>;

/** By the name that stands in a plan: plain fields, and the key of the account. */
export type Values = Record<string, unknown>;

export const keyOf = (name: string, number: number): string => `${name}-k${number}`;
export const legacyOf = (name: string, number: number): string => `${name}-l${number}`;
export const accountOf = (name: string, number: number): string => `${name}-a${number}`;

export const numberOf = (place: Exclude<Place, null>, own: number): number => (place === 'own' ? own : place);

/** Ids of the records, in the order of the case. */
export async function makeRecords(org: Client, name: string, { accounts, records }: PlanCase): Promise<string[]> {
  const made = Array.from({ length: accounts }, (_, number) => ({
    operation: 'create',
    object: 'Account',
    values: { Name: name, External_Id__c: accountOf(name, number) },
  }));
  const { ids: parents } = (await org.control('records', made)) as { ids: string[] };
  const changes = records.map(({ hasKey, legacy, account, values }, index) => ({
    operation: 'create',
    object: 'Contact',
    values: {
      ...Object.fromEntries(fields.map((field, at) => [field.name, values[at] ?? null])),
      External_Id__c: hasKey ? keyOf(name, index) : null,
      Legacy_Id__c: legacy === null ? null : legacyOf(name, numberOf(legacy, index)),
      AccountId: account === null ? null : (parents[account] ?? null),
    },
  }));
  return ((await org.control('records', changes)) as { ids: string[] }).ids;
}

const read = [...fields.map((field) => field.name), 'External_Id__c', 'Legacy_Id__c', lookup.field, lookup.path];

/** Live contacts by id that a condition holds of. */
export async function readContacts(org: Client, where: string): Promise<Map<string, Values>> {
  const found = await org.query(`SELECT Id, ${read.join(', ')} FROM Contact WHERE ${where}`);
  return new Map(
    found.map((record) => [
      String(record.Id),
      Object.fromEntries(read.map((name) => [name, shown(name, at(record, name))])),
    ]),
  );
}

const at = (record: Record<string, unknown>, name: string): unknown =>
  name.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key] ?? null, record);

export interface Account {
  id: string;
  key: string;
}

/** The record with other values. What was given by the account's key, in whatever case, or by its id, moves both. */
export function withValues(record: Values, values: Values, accounts: readonly Account[]): Values {
  const changed = { ...record };
  for (const [name, value] of Object.entries(values)) {
    if (name !== lookup.path && name !== lookup.field) {
      changed[name] = shown(name, value);
      continue;
    }
    const account = accounts.find(({ key, id }) => id === value || key === String(value).toLowerCase());
    changed[lookup.field] = account?.id ?? null;
    changed[lookup.path] = account?.key ?? null;
  }
  return changed;
}

/** The accounts of a case. */
export async function readAccounts(org: Client, name: string): Promise<Account[]> {
  const found = await org.query(`SELECT Id, External_Id__c FROM Account WHERE Name = '${name}'`);
  return found.map((record) => ({ id: String(record.Id), key: String(record.External_Id__c) }));
}

/** A new record before it is given anything. */
export const nothing: Values = Object.fromEntries(read.map((name) => [name, shown(name, null)]));
