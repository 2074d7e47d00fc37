import { randomUUID } from 'node:crypto';
import { type Call, sessionOf } from '../call.ts';
import { type ImportDefinition, MAPPING_TYPES, UPDATE_TYPES } from '../imports/definition.ts';
import { MOST_KEY } from '../imports/definitions.ts';
import { ObjectError, type Result } from './results.ts';
import { childrenOf, descend, type Element, textOf } from './xml.ts';

const NOT_FOUND = 43_010;
const EXISTS = 43_030;
const INVALID = 43_060;

export function createDefinition(call: Call, object: Element): Result {
  const { accountId } = sessionOf(call);
  const customerKey = textOf(object, 'CustomerKey') || randomUUID();
  const name = textOf(object, 'Name') || customerKey;
  if (customerKey.length > MOST_KEY) throw invalid('CustomerKey is longer than 36 characters');
  if (call.org.definitions.byKey(accountId, customerKey) !== undefined)
    throw new ObjectError(EXISTS, 'ImportDefinition Exists');
  const now = call.org.clock.now();
  const definition: ImportDefinition = {
    objectId: randomUUID(),
    accountId,
    customerKey,
    name,
    description: '',
    destinationId: '',
    locationId: '',
    fileSpec: '',
    fileType: 'CSV',
    delimiter: ',',
    hasHeader: true,
    mappingType: 'InferFromColumnHeadings',
    mappings: [],
    updateType: 'AddAndUpdate',
    allowErrors: false,
    blankFile: 'Process',
    deleteFile: false,
    dateLocale: 'en-US',
    created: now,
    modified: now,
  };
  for (const required of ['DestinationObject', 'RetrieveFileTransferLocation', 'FileSpec', 'FieldMappingType'])
    if (descend(object, required) === undefined) throw invalid(`${required} was not specified`);
  Object.assign(definition, read(call, object));
  call.org.definitions.add(definition);
  return { ok: true, message: 'ImportDefinition created.', newObjectId: definition.objectId };
}

/** What changes how columns are mapped has to bring the mapping along. */
export function changeDefinition(call: Call, object: Element): Result {
  const definition = find(call, object);
  const changed = read(call, object);
  if (changed.updateType === 'Overwrite' && descend(object, 'FieldMaps') === undefined)
    throw invalid('FieldMaps was not specified');
  Object.assign(definition, changed, { modified: call.org.clock.now() });
  return { ok: true, message: 'ImportDefinition updated.' };
}

export function removeDefinition(call: Call, object: Element): Result {
  call.org.definitions.remove(find(call, object));
  return { ok: true, message: 'ImportDefinition deleted.' };
}

/** The definition that an element names by id or key. Throws ObjectError. */
export function find(call: Call, object: Element): ImportDefinition {
  const { accountId } = sessionOf(call);
  const [id, key] = [textOf(object, 'ObjectID'), textOf(object, 'CustomerKey')];
  const found = id ? call.org.definitions.byId(accountId, id) : call.org.definitions.byKey(accountId, key ?? '');
  if (found === undefined) throw new ObjectError(NOT_FOUND, 'ImportDefinition Not Found');
  return found;
}

/** What an element names; all else stays. */
function read(call: Call, object: Element): Partial<ImportDefinition> {
  const given: Partial<ImportDefinition> = {
    name: textOf(object, 'Name') ?? undefined,
    description: textOf(object, 'Description') ?? undefined,
    destinationId: readDestination(call, descend(object, 'DestinationObject')),
    locationId: readLocation(call, descend(object, 'RetrieveFileTransferLocation')),
    fileSpec: textOf(object, 'FileSpec') ?? undefined,
    fileType: oneOf('FileType', ['CSV', 'TAB', 'Other'] as const, textOf(object, 'FileType')),
    delimiter: textOf(object, 'Delimiter') ?? undefined,
    mappingType: oneOf('FieldMappingType', MAPPING_TYPES, textOf(object, 'FieldMappingType')),
    mappings: readMappings(descend(object, 'FieldMaps')),
    updateType: oneOf('UpdateType', UPDATE_TYPES, textOf(object, 'UpdateType')),
    allowErrors: readFlag(textOf(object, 'AllowErrors')),
    dateLocale: textOf(object, 'DateFormattingLocale', 'LocaleCode') ?? undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function readDestination(call: Call, element: Element | undefined): string | undefined {
  if (element === undefined) return undefined;
  const { accountId } = sessionOf(call);
  const [id, key] = [textOf(element, 'ObjectID'), textOf(element, 'CustomerKey')];
  const found = id ? call.org.byId(accountId, id) : call.org.byKey(accountId, key ?? '');
  if (found === undefined) throw invalid('DestinationObject was not found');
  return found.objectId;
}

function readLocation(call: Call, element: Element | undefined): string | undefined {
  if (element === undefined) return undefined;
  const [id, key] = [textOf(element, 'ObjectID'), textOf(element, 'CustomerKey')];
  const found = id ? call.org.locations.byId(id) : call.org.locations.byKey(key ?? '');
  if (found === undefined) throw invalid('RetrieveFileTransferLocation was not found');
  return found.id;
}

function readMappings(element: Element | undefined): ImportDefinition['mappings'] | undefined {
  return (
    element &&
    childrenOf(element, 'FieldMap').map((map) => ({
      source: textOf(map, 'SourceName') ?? textOf(map, 'SourceOrdinal') ?? '',
      destination: textOf(map, 'DestinationName') ?? '',
    }))
  );
}

function readFlag(text: string | null): boolean | undefined {
  return text === null ? undefined : text === 'true';
}

function oneOf<T extends string>(name: string, known: readonly T[], text: string | null): T | undefined {
  if (text === null) return undefined;
  const found = known.find((value) => value === text);
  if (found === undefined) throw invalid(`${name} is not valid`);
  return found;
}

function invalid(message: string): ObjectError {
  return new ObjectError(INVALID, message);
}
