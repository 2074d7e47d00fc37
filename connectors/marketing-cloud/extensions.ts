/** Data extensions and their columns. */
import type { DataExtension, ExtensionColumn } from '../../contract/dataExtension.ts';
import { UserError } from '../../contract/errors.ts';
import type { Session } from './session.ts';
import { retrieve, update } from './soap.ts';
import { newField, typeOf } from './values.ts';
import { type Element, leaf, textOf } from './xml.ts';

const properties = ['Name', 'FieldType', 'IsPrimaryKey', 'IsRequired', 'DefaultValue', 'Ordinal'];

/** Rejects with EXTENSION_UNKNOWN. */
export async function describe(session: Session, key: string): Promise<DataExtension> {
  const [found] = await all(session, 'DataExtension', ['CustomerKey', 'Name'], {
    property: 'CustomerKey',
    values: [key],
  });
  if (found === undefined) throw new UserError('EXTENSION_UNKNOWN', { key });
  const own = textOf(found, 'CustomerKey');
  const fields = await all(session, 'DataExtensionField', properties, {
    property: 'DataExtension.CustomerKey',
    values: [own],
  });
  // They come in no order; only the ordinal says which.
  const ordered = fields.toSorted((a, b) => Number(textOf(a, 'Ordinal')) - Number(textOf(b, 'Ordinal')));
  return { key: own, name: textOf(found, 'Name'), columns: ordered.map(readColumn) };
}

export async function addColumns(
  session: Session,
  { key }: DataExtension,
  columns: readonly Pick<ExtensionColumn, 'name' | 'type'>[],
): Promise<DataExtension> {
  // Another one may have added them meanwhile, or an attempt that died.
  const known = await describe(session, key);
  const names = new Set(known.columns.map(({ name }) => name.toLowerCase()));
  const missing = columns.filter(({ name }) => !names.has(name.toLowerCase()));
  if (missing.length === 0) return known;
  const fields = missing.map(({ name, type }) => newField(name, type)).join('');
  const reason = await update(session, 'DataExtension', `${leaf('CustomerKey', key)}<Fields>${fields}</Fields>`);
  if (reason !== null) throw new UserError('EXTENSION_REFUSED', { key, reason });
  return describe(session, key);
}

function readColumn(field: Element): ExtensionColumn {
  const remoteType = textOf(field, 'FieldType');
  return {
    name: textOf(field, 'Name'),
    remoteType,
    type: typeOf(remoteType),
    key: textOf(field, 'IsPrimaryKey') === 'true',
    required: textOf(field, 'IsRequired') === 'true' && textOf(field, 'DefaultValue') === '',
  };
}

async function all(
  session: Session,
  ...asked: [string, string[], { property: string; values: string[] }]
): Promise<Element[]> {
  const found: Element[] = [];
  for await (const page of retrieve(session, ...asked)) found.push(...page);
  return found;
}
