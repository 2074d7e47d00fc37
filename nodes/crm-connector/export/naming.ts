/** What people call a record, so that it is known beside its id. */
import type { RemoteObjectDetails } from '../../../contract/connector.ts';
import type { Cell } from '../../../contract/types.ts';
import { canonicalText } from '../../../contract/types.ts';
import type { WrittenObject } from './fields.ts';
import type { Values } from './verdict.ts';

/** The field that holds it, to be read with the record; none where the object has none. */
export const nameFields = ({ naming }: Pick<RemoteObjectDetails, 'naming'>): string[] => (naming ? [naming.field] : []);

/** As the record holds it; null: it does not. */
export function nameHeld({ naming, fields }: RemoteObjectDetails, values: Values): string | null {
  const remote = fields.find(({ name }) => name === naming?.field);
  return remote ? canonicalText(remote.type, values[remote.name] ?? null) : null;
}

/** As the values that are to be sent say: the name, its parts, or else an e-mail address; null: nothing tells. */
export function nameGiven(
  { details, fields }: Pick<WrittenObject, 'details' | 'fields'>,
  values: Values,
): string | null {
  const textOf = (name: string): string[] => {
    const field = fields.find(({ remote, mapped }) => remote.name === name && !mapped.lookup);
    const text = field ? canonicalText(field.mapped.type, (values[name] ?? null) as Cell) : null;
    return text ? [text] : [];
  };
  const { field, parts } = details.naming ?? { field: '', parts: [] };
  const mail = fields.find(({ remote }) => remote.identifying && remote.personal)?.remote.name ?? '';
  return textOf(field)[0] ?? (parts.flatMap(textOf).join(' ') || null) ?? textOf(mail)[0] ?? null;
}
