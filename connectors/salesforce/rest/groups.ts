/**
 * Fields in groups whose queries are no longer than an address may be. Every group reads the id, and one that is not alone the
 * stamp, by which the parts of a record are known to belong together.
 */
import type { ReadQuery } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { ReadScope } from '../scope.ts';
import { buildQuery, toAddress } from '../soql.ts';

/** Addresses end at 16,384 bytes, headers and all; this is what the query may take of it. */
export const addressRoom = 15_000;
/** Below this it is not the fields that are too many. */
export const leastRoom = 1_500;

/** A comma and a space. */
const separator = 6;
/** An id, its quotes and its comma. */
const bytesPerId = 27;
/** So many ids should have room beside the fields. */
const idsBeside = 300;

const someKey = { stamp: '2000-01-01T00:00:00.000Z', id: '0'.repeat(18) };

/** The groups for pages, which ask for what lies between two records. Throws QUERY_TOO_LONG. */
export function groupsForPages(
  scope: ReadScope,
  query: ReadQuery,
  names: readonly string[],
  room: number,
): readonly string[][] {
  return group(scope, query, names, room, (fields) =>
    addressBytes(buildQuery({ ...query, fields }, scope.fields, { after: someKey, until: someKey })),
  );
}

export interface IdGroups {
  groups: readonly string[][];
  /** Ids that have room in the address of each of them. */
  ids: number;
}

/** The groups for reads by id, which leave room for a good number of them. Throws QUERY_TOO_LONG. */
export function groupsForIds(scope: ReadScope, query: ReadQuery, names: readonly string[], room: number): IdGroups {
  const bytes = (fields: string[]): number => addressBytes(buildQuery({ ...query, fields }, scope.fields, { ids: [] }));
  const fieldRoom = Math.max(room / 2, room - idsBeside * bytesPerId);
  const groups = group(scope, query, names, fieldRoom, bytes);
  const widest = Math.max(...groups.map(bytes));
  return { groups, ids: Math.max(1, Math.floor((room - widest) / bytesPerId)) };
}

const addressBytes = (soql: string): number => toAddress(soql).length;

function group(
  scope: ReadScope,
  query: ReadQuery,
  names: readonly string[],
  room: number,
  bytes: (fields: string[]) => number,
): readonly string[][] {
  if (bytes([...names]) <= room) return [[...names]];
  const shared = sharedNames(scope, query);
  const base = bytes(shared);
  const groups: string[][] = [];
  let used = room;
  for (const name of ownNames(names, shared)) {
    const width = toAddress(name).length + separator;
    if (base + width > room) throw new UserError('QUERY_TOO_LONG', { object: query.object });
    if (used + width > room) {
      groups.push([...shared]);
      used = base;
    }
    groups.at(-1)?.push(name);
    used += width;
  }
  return groups;
}

/** The stamp says whether two parts are of one version; the best that the object has. */
export function stampField(scope: ReadScope): string | null {
  const known = ['SystemModstamp', 'LastModifiedDate', 'CreatedDate'];
  return known.find((name) => scope.fields.has(name.toLowerCase())) ?? null;
}

function sharedNames(scope: ReadScope, query: ReadQuery): string[] {
  const stamp = stampField(scope);
  const index = query.window?.field;
  return ['Id', ...(stamp ? [stamp] : []), ...(index && index.toLowerCase() !== stamp?.toLowerCase() ? [index] : [])];
}

/** Fields of one parent stay together where they can: its changes do not move the stamp of the child. */
function ownNames(names: readonly string[], shared: readonly string[]): string[] {
  const known = new Set(shared.map((name) => name.toLowerCase()));
  const parent = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));
  return names
    .filter((name) => !known.has(name.toLowerCase()))
    .toSorted((a, b) => (parent(a) < parent(b) ? -1 : parent(a) > parent(b) ? 1 : 0));
}
