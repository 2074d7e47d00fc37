/** Data extensions and their columns. */
import type { DataExtension, ExtensionColumn, ExtensionEntry } from '../../contract/dataExtension.ts';
import { UserError } from '../../contract/errors.ts';
import type { Session } from './session.ts';
import { type Filter, retrieve, update } from './soap.ts';
import { newField, typeOf } from './values.ts';
import { type Element, leaf, textOf } from './xml.ts';

const properties = ['Name', 'FieldType', 'MaxLength', 'IsPrimaryKey', 'IsRequired', 'DefaultValue', 'Ordinal'];

/** Those of the business unit, by name. */
export async function list(session: Session): Promise<ExtensionEntry[]> {
  const found = await all(session, 'DataExtension', ['CustomerKey', 'Name', 'CategoryID'], null);
  const folders = await readFolders(session);
  return found
    .map((one) => ({
      key: textOf(one, 'CustomerKey'),
      name: textOf(one, 'Name'),
      folder: pathOf(folders, textOf(one, 'CategoryID')),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

type Folders = Map<string, { name: string; parent: string }>;

/** Where folders may not be read, data extensions are shown without them. */
async function readFolders(session: Session): Promise<Folders> {
  try {
    const filter = { property: 'ContentType', values: ['dataextension'] };
    const found = await all(session, 'DataFolder', ['ID', 'Name', 'ParentFolder.ID'], filter);
    return new Map(
      found.map((one) => [textOf(one, 'ID'), { name: textOf(one, 'Name'), parent: textOf(one, 'ParentFolder', 'ID') }]),
    );
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'REMOTE_REFUSED') throw error;
    session.host.log('warning', `The folders of data extensions are not shown: ${error.message}`);
    return new Map();
  }
}

/** `Data Extensions / CRM`; a folder that leads to itself ends where it does. */
function pathOf(folders: Folders, id: string): string {
  const names: string[] = [];
  const seen = new Set<string>();
  for (let at = id; folders.has(at) && !seen.has(at); at = folders.get(at)?.parent ?? '') {
    seen.add(at);
    names.unshift(folders.get(at)?.name ?? '');
  }
  return names.join(' / ');
}

/** Null where rows may not be read by this interface. */
export async function countRows(session: Session, { key }: Pick<DataExtension, 'key'>): Promise<number | null> {
  const path = `data/v1/customobjectdata/key/${encodeURIComponent(key)}/rowset?$page=1&$pageSize=1`;
  try {
    const { count } = await session.rest('GET', path);
    return typeof count === 'number' ? count : null;
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'REMOTE_REFUSED') throw error;
    session.host.log('warning', `The rows of "${key}" are not counted: ${error.message}`);
    return null;
  }
}

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
  const length = Number(textOf(field, 'MaxLength'));
  return {
    name: textOf(field, 'Name'),
    remoteType,
    ...(length > 0 ? { length } : {}),
    type: typeOf(remoteType),
    key: textOf(field, 'IsPrimaryKey') === 'true',
    required: textOf(field, 'IsRequired') === 'true' && textOf(field, 'DefaultValue') === '',
  };
}

async function all(
  session: Session,
  ...asked: [type: string, properties: string[], filter: Filter | null]
): Promise<Element[]> {
  const found: Element[] = [];
  for await (const page of retrieve(session, ...asked)) found.push(...page);
  return found;
}
