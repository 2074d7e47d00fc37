/** Fields that are written: what they are called on the wire, and what their cells look like there. */
import type { CrmClient, RemoteField, RemoteObjectDetails } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { Cell } from '../../../contract/types.ts';
import { canonicalDecimal } from '../../../contract/types.ts';
import { fullId } from '../ids.ts';

/** One field, or the key of a related record by which a lookup is set. */
export interface WireField {
  /** As it was asked for. */
  asked: string;
  name: string;
  /** The way to a related record's key; null for a field of the record's own. */
  parent: { path: string; key: string; object: string; isOneOfSeveral: boolean } | null;
  /** Of the value that is sent: the key's, where a lookup is set by it. */
  field: Pick<RemoteField, 'type' | 'remoteType'>;
}

export type Describer = Pick<CrmClient, 'describe'>;

/** Throws UserError FIELD_UNKNOWN for what the object does not have. */
export async function wireFields(client: Describer, object: string, names: readonly string[]): Promise<WireField[]> {
  const details = await client.describe(object);
  return Promise.all(names.map((name) => wireField(client, details, name)));
}

async function wireField(client: Describer, details: RemoteObjectDetails, asked: string): Promise<WireField> {
  const [head = '', key, ...more] = asked.split('.');
  if (key === undefined) {
    const field = findField(details, head);
    if (field) return { asked, name: field.name, parent: null, field };
  }
  const references = details.fields.find((one) => same(one.references?.path, head))?.references;
  if (references && key !== undefined && more.length === 0) {
    for (const object of references.objects) {
      const field = findField(await client.describe(object), key);
      if (!field) continue;
      const parent = { path: references.path, key: field.name, object, isOneOfSeveral: references.objects.length > 1 };
      return { asked, name: `${references.path}.${field.name}`, parent, field };
    }
  }
  throw new UserError('FIELD_UNKNOWN', { field: asked, object: details.name });
}

const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

function findField({ fields }: RemoteObjectDetails, name: string): RemoteField | undefined {
  return fields.find((field) => same(field.name, name));
}

const numeric = new Set<string>(['integer', 'number', 'decimal']);

/** Digits as they stand in the cell: a JSON number of our own making would keep fifteen of them. */
export function numeral({ type }: WireField['field'], cell: Cell): string | null {
  if (!numeric.has(type) || (typeof cell !== 'number' && typeof cell !== 'string')) return null;
  return canonicalDecimal(String(cell));
}

/** A check box knows no empty state: cleared, it is unticked. */
export const clearsTo = ({ type }: WireField['field']): false | null => (type === 'boolean' ? false : null);

/** What is no number, as text or truth value. Ids have 18 characters. */
export function plainValue({ remoteType }: WireField['field'], cell: Exclude<Cell, null>): string | boolean {
  if (typeof cell === 'boolean') return cell;
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  return remoteType === 'reference' || remoteType === 'id' ? idText(text) : text;
}

/** What is no id stays as it is: the organisation refuses the record and says why. */
function idText(text: string): string {
  try {
    return fullId(text);
  } catch (error) {
    if (error instanceof UserError) return text;
    throw error;
  }
}
