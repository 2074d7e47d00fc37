/** What Marketing Cloud is told of the files that it imports: one definition for each name, corrected before it is started. */
import { createHash } from 'node:crypto';
import type { DataExtension, ImportOrder } from '../../contract/dataExtension.ts';
import { UserError } from '../../contract/errors.ts';
import type { Json } from '../../contract/types.ts';
import type { SendLimit } from '../../contract/write.ts';
import type { Session } from './session.ts';
import { retrieveFirst } from './soap.ts';
import { type Element, textOf } from './xml.ts';

/** Numbers that the interface has for what it is told. */
const dataExtension = 310;
const updateTypes = { addAndUpdate: 0, updateOnly: 2 };
const failsWhenBlank = 0;

export async function definitionOf(
  session: Session,
  extension: DataExtension,
  order: ImportOrder,
): Promise<Record<string, Json>> {
  const { key } = extension;
  const byKey = { property: 'CustomerKey', values: [key] };
  const destination = textOf(await retrieveFirst(session, 'DataExtension', ['ObjectID'], byKey), 'ObjectID');
  if (destination === '') throw new UserError('EXTENSION_UNKNOWN', { key });
  return {
    name: order.name,
    description: `Files of Syncline for ${extension.name}`,
    destinationObjectTypeId: dataExtension,
    destinationObjectId: destination,
    subscriberImportTypeId: 255,
    fileTransferLocationId: await locationId(session, order.location),
    fileNamingPattern: order.file,
    fileType: 'CSV',
    encodingName: 'utf-8',
    dateFormatLocale: 'en-US',
    fieldMappingType: 'InferFromColumnHeadings',
    hasColumnHeader: true,
    standardQuotedStrings: true,
    // A row that is wrong is missed afterwards, and told; the others are not to wait for it.
    allowErrors: true,
    updateTypeId: order.adds ? updateTypes.addAndUpdate : updateTypes.updateOnly,
    blankFileProcessingType: failsWhenBlank,
  };
}

async function locationId(session: Session, location: string): Promise<string> {
  const { items } = await session.rest('GET', 'automation/v1/ftplocations?$pagesize=500');
  const known = Array.isArray(items) ? (items as Record<string, unknown>[]) : [];
  const found = known.find(({ name }) => String(name).toLowerCase() === location.toLowerCase());
  if (found === undefined) throw new UserError('LOCATION_UNKNOWN', { location });
  return String(found.id);
}

/** A key has at most 36 characters. */
export const keyOf = (name: string): string =>
  `syncline-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;

/** One that is refused may be there all the same: the answer to an earlier request was lost, or another task was first. */
export async function putDefinition(
  session: Session,
  key: string,
  wanted: Record<string, Json>,
  limit: SendLimit | undefined,
): Promise<void> {
  const correct = (id: string) =>
    session.rest('PATCH', `automation/v1/imports/${encodeURIComponent(id)}`, wanted, limit);
  const known = await idOf(session, key);
  if (known !== '') {
    await correct(known);
    return;
  }
  try {
    await session.rest('POST', 'automation/v1/imports', { ...wanted, customerKey: key }, limit);
  } catch (error) {
    const made = error instanceof UserError ? await idOf(session, key) : '';
    if (made === '') throw error;
    await correct(made);
  }
}

const idOf = async (session: Session, key: string): Promise<string> =>
  textOf(await findDefinition(session, key, ['ObjectID']), 'ObjectID');

/** With the properties that are named; undefined: there is none. */
export function findDefinition(session: Session, key: string, properties: string[]): Promise<Element | undefined> {
  return retrieveFirst(session, 'ImportDefinition', properties, { property: 'CustomerKey', values: [key] });
}
