/** Fields that are written: what they are called on the wire, and what their cells look like there. */
import type { CrmClient, RemoteField, RemoteObjectDetails } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { Cell } from '../../../contract/types.ts';
import { canonicalDecimal } from '../../../contract/types.ts';

/** One field, or the key of a related record by which a lookup is set. */
export interface WireField {
  /** As it was asked for. */
  asked: string;
  name: string;
  /** The way to a related record's key, and the field that refers to it; null for a field of the record's own. */
  parent: { lookup: string; path: string; key: string; object: string; isOneOfSeveral: boolean } | null;
  /** Of the value that is sent: of the key, where a lookup is set by it. */
  type: RemoteField['type'];
}

export type Describer = Pick<CrmClient, 'describe'>;

/** Without the record id, which has a place of its own. Throws UserError FIELD_UNKNOWN for what the object does not have. */
export async function wireFields(client: Describer, object: string, names: readonly string[]): Promise<WireField[]> {
  const details = await client.describe(object);
  return Promise.all(names.filter((name) => !isId(name)).map((name) => wireField(client, details, name)));
}

export const isId = (name: string): boolean => name.toLowerCase() === 'id';

/** `User:Owner.Key__c` says which of several objects the key is of. */
async function wireField(client: Describer, details: RemoteObjectDetails, asked: string): Promise<WireField> {
  const [path = '', named] = asked.split(':', 2).reverse();
  const [head = '', key, ...more] = path.split('.');
  if (key === undefined && named === undefined) {
    const field = findField(details, head);
    if (field) return { asked, name: field.name, parent: null, type: field.type };
  }
  const lookup = details.fields.find((one) => same(one.references?.path, head));
  const objects = key !== undefined && more.length === 0 ? (lookup?.references?.objects ?? []) : [];
  for (const object of objects.filter((one) => named === undefined || same(one, named))) {
    const field = findField(await client.describe(object), key ?? '');
    if (lookup?.references && field) return byKey(asked, lookup, lookup.references, object, field);
  }
  throw new UserError('FIELD_UNKNOWN', { field: asked, object: details.name });
}

function byKey(
  asked: string,
  lookup: RemoteField,
  { path, objects }: NonNullable<RemoteField['references']>,
  object: string,
  key: RemoteField,
): WireField {
  const parent = { lookup: lookup.name, path, key: key.name, object, isOneOfSeveral: objects.length > 1 };
  return { asked, name: `${path}.${key.name}`, parent, type: key.type };
}

const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

function findField({ fields }: RemoteObjectDetails, name: string): RemoteField | undefined {
  return fields.find((field) => same(field.name, name));
}

const numeric = new Set<string>(['integer', 'number', 'decimal']);

/** The digits of a number as they stand in its cell: a number of JavaScript keeps fifteen of them. Null for what is none. */
export function numeral({ type }: WireField, cell: Cell): string | null {
  if (!numeric.has(type) || (typeof cell !== 'number' && typeof cell !== 'string')) return null;
  return canonicalDecimal(String(cell));
}
