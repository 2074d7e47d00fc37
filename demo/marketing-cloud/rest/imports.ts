import { randomUUID } from 'node:crypto';
import { type Call, queryNumber, readJson, sessionOf } from '../call.ts';
import { ApiError, notFound } from '../errors.ts';
import { centralText } from '../extensions/centralTime.ts';
import { BLANK_FILES, type ImportDefinition, MAPPING_TYPES, UPDATE_TYPES } from '../imports/definition.ts';
import { MOST_KEY } from '../imports/definitions.ts';
import { json, type Reply } from '../reply.ts';

/** The number of data extensions among the kinds of destination. */
const DATA_EXTENSION = 310;

type Body = Record<string, unknown>;

/** GET /automation/v1/imports */
export function listImports(call: Call): Reply {
  const all = call.org.definitions.of(sessionOf(call).accountId);
  const page = queryNumber(call, '$page', 1);
  const pageSize = queryNumber(call, '$pageSize', 500);
  const items = all.slice((page - 1) * pageSize, page * pageSize).map((definition) => show(definition));
  return json({ page, pageSize, count: all.length, items });
}

/** GET /automation/v1/imports/{id} */
export function readImport(call: Call): Reply {
  return json(show(find(call)));
}

/** POST /automation/v1/imports */
export function createImport(call: Call): Reply {
  const { accountId } = sessionOf(call);
  const body = readJson(call) as Body;
  const { customerKey = randomUUID() } = body;
  if (typeof body.name !== 'string' || body.name === '') throw required('name');
  if (typeof customerKey !== 'string' || customerKey.length > MOST_KEY) throw invalid('customerKey');
  if (call.org.definitions.byKey(accountId, customerKey) !== undefined)
    throw new ApiError(400, 30000, 'An import definition with this key already exists.');
  const now = call.org.clock.now();
  const definition: ImportDefinition = {
    objectId: randomUUID(),
    accountId,
    customerKey,
    name: body.name,
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
    allowErrors: true,
    blankFile: 'Process',
    deleteFile: false,
    dateLocale: 'en-US',
    created: now,
    modified: now,
  };
  for (const name of ['destinationObjectId', 'fileTransferLocationId', 'fileNamingPattern', 'updateTypeId'])
    if (body[name] === undefined) throw required(name);
  Object.assign(definition, read(call, body));
  call.org.definitions.add(definition);
  return json(show(definition));
}

/** PATCH /automation/v1/imports/{id} */
export function changeImport(call: Call): Reply {
  const definition = find(call);
  Object.assign(definition, read(call, readJson(call) as Body), { modified: call.org.clock.now() });
  return json(show(definition));
}

/** DELETE /automation/v1/imports/{id} */
export function deleteImport(call: Call): Reply {
  call.org.definitions.remove(find(call));
  return json('OK');
}

function find(call: Call): ImportDefinition {
  const definition = call.org.definitions.byId(sessionOf(call).accountId, call.params.id!);
  if (definition === undefined) throw notFound();
  return definition;
}

/** What a body names; all else stays. Overwrite cannot be set here. */
function read(call: Call, body: Body): Partial<ImportDefinition> {
  const changed: Partial<ImportDefinition> = {};
  const take = <K extends keyof ImportDefinition>(name: string, key: K, value: () => ImportDefinition[K]): void => {
    if (body[name] !== undefined) changed[key] = value();
  };
  const { accountId } = sessionOf(call);
  if (body.destinationObjectTypeId !== undefined && body.destinationObjectTypeId !== DATA_EXTENSION)
    throw invalid('DestinationObjectTypeId');
  take('name', 'name', () => String(body.name));
  take('description', 'description', () => String(body.description));
  take('destinationObjectId', 'destinationId', () => {
    const extension = call.org.byId(accountId, String(body.destinationObjectId));
    if (extension === undefined) throw invalid('DestinationObjectId');
    return extension.objectId;
  });
  take('fileTransferLocationId', 'locationId', () => {
    const location = call.org.locations.byId(String(body.fileTransferLocationId));
    if (location === undefined) throw invalid('FileTransferLocationId');
    return location.id;
  });
  take('fileNamingPattern', 'fileSpec', () => String(body.fileNamingPattern));
  take('fileType', 'fileType', () => oneOf('FileType', ['CSV', 'TAB', 'Other'] as const, body.fileType));
  take('delimiter', 'delimiter', () => String(body.delimiter));
  take('hasColumnHeader', 'hasHeader', () => body.hasColumnHeader === true);
  take('fieldMappingType', 'mappingType', () => oneOf('FieldMappingType', MAPPING_TYPES, body.fieldMappingType));
  take('fieldMappings', 'mappings', () => readMappings(body.fieldMappings));
  take('updateTypeId', 'updateType', () => byNumber('UpdateTypeId', UPDATE_TYPES.slice(0, 3), body.updateTypeId));
  take('allowErrors', 'allowErrors', () => body.allowErrors === true);
  take('blankFileProcessingType', 'blankFile', () =>
    byNumber('BlankFileProcessingType', BLANK_FILES, body.blankFileProcessingType),
  );
  take('deleteFile', 'deleteFile', () => body.deleteFile === true);
  take('dateFormatLocale', 'dateLocale', () => String(body.dateFormatLocale));
  return changed;
}

function readMappings(given: unknown): ImportDefinition['mappings'] {
  if (!Array.isArray(given)) throw invalid('FieldMappings');
  return given.map((mapping: Body) => ({
    source: String(mapping.sourceFieldName ?? mapping.sourceOrdinal),
    destination: String(mapping.destinationFieldName),
  }));
}

function show(definition: ImportDefinition): Body {
  return {
    importDefinitionId: definition.objectId,
    customerKey: definition.customerKey,
    name: definition.name,
    description: definition.description,
    allowErrors: definition.allowErrors,
    blankFileProcessingType: BLANK_FILES.indexOf(definition.blankFile),
    createdDate: centralText(definition.created),
    modifiedDate: centralText(definition.modified),
    dateFormatLocale: definition.dateLocale,
    deleteFile: definition.deleteFile,
    destinationObjectId: definition.destinationId,
    destinationObjectTypeId: DATA_EXTENSION,
    destinationId: 0,
    encodingName: 'utf-8',
    fieldMappings: definition.mappings.map(({ source, destination }) => ({
      sourceFieldName: source,
      destinationFieldName: destination,
    })),
    fieldMappingType: definition.mappingType,
    fileNamingPattern: definition.fileSpec,
    fileTransferLocationId: definition.locationId,
    fileTransferLocationTypeId: 0,
    fileType: definition.fileType,
    filter: '',
    hasColumnHeader: definition.hasHeader,
    isOrderedImport: true,
    isSequential: true,
    maxFileAgeHours: 0,
    maxFileAgeScheduleOffsetHours: 0,
    maxImportFrequencyHours: 0,
    sendEmailNotification: false,
    standardQuotedStrings: true,
    subscriberImportTypeId: 255,
    updateTypeId: UPDATE_TYPES.indexOf(definition.updateType),
  };
}

function oneOf<T extends string>(name: string, known: readonly T[], given: unknown): T {
  const found = known.find((value) => value === given);
  if (found === undefined) throw invalid(name);
  return found;
}

function byNumber<T>(name: string, known: readonly T[], given: unknown): T {
  const found = known[Number(given)];
  if (found === undefined) throw invalid(name);
  return found;
}

function required(name: string): ApiError {
  return new ApiError(400, 10002, `The following field is required: '${name}'.`);
}

function invalid(name: string): ApiError {
  return new ApiError(400, 10005, `The value specified for the following field is not valid: '${name}'.`);
}
