/**
 * The user's order, applied to rows that came in the order of the cursor or of the ids. A field that only the order needs is
 * read beside the chosen ones and goes no further.
 */
import type { CrmClient, RemoteObjectDetails } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Order, Relation } from '../../contract/relation.ts';
import { column } from '../../contract/relation.ts';
import type { CrmConfig, ImportField } from './config.ts';
import { chosenFields, fieldColumn, isIncremental } from './config.ts';

/** Of an import that the CRM cannot order: those that nobody chose. */
export function orderFields(config: CrmConfig, { fields, name: object }: RemoteObjectDetails): ImportField[] {
  if (!isIncremental(config)) return [];
  const missing = config.orderBy.filter(({ field }) => !chosenFields(config).some(({ name }) => isSame(name, field)));
  const names = new Set(missing.map(({ field }) => field.toLowerCase()));
  return [...names].map((wanted) => {
    const found = fields.find(({ name }) => isSame(name, wanted));
    if (!found) throw new UserError('FIELD_UNKNOWN', { field: wanted, object });
    return { name: found.name, label: found.label, type: found.type, conversion: 'default' };
  });
}

const isSame = (name: string, other: string): boolean => name.toLowerCase() === other.toLowerCase();

/** The chosen fields of the rows, which hold all that were `read`, in the user's order. */
export function orderedRows(
  config: CrmConfig,
  { emptyIsLeast }: Pick<CrmClient, 'emptyIsLeast'>,
  rows: Relation,
  read: readonly ImportField[],
): Relation {
  const order = config.orderBy.flatMap(({ field, direction }): Order[] => {
    const found = read.find(({ name }) => isSame(name, field));
    const nulls = emptyIsLeast && direction === 'desc' ? 'last' : 'first';
    return found ? [{ by: column(found.name), direction, nulls }] : [];
  });
  const columns = chosenFields(config).map((field) => ({ ...fieldColumn(field), expr: column(field.name) }));
  return { op: 'project', input: order.length === 0 ? rows : { op: 'sort', input: rows, order }, columns };
}
