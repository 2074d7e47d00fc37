import { randomUUID } from 'node:crypto';
import { type Call, readJson } from '../call.ts';
import { ApiError } from '../errors.ts';
import type { Location } from '../locations.ts';
import { json, type Reply } from '../reply.ts';

/** The name of the details of each type, and the number that the older interface has for it. */
const TYPES = {
  EnhancedFtp: { details: null, number: 0 },
  AmazonSimpleStorage: { details: 'awsFileTransferLocation', number: 13 },
  ExternalSftp: { details: 'sFtpFileTransferLocation', number: 2 },
} as const;

/** GET /data/v1/filetransferlocations: those that an administrator made */
export function listLocations(call: Call): Reply {
  const items = call.org.locations.all().filter(({ type }) => type !== 'EnhancedFtp');
  return json({
    page: 1,
    pageSize: 50,
    count: items.length,
    items: items.map(show),
    requestId: randomUUID(),
    resultMessages: [],
  });
}

/** GET /data/v1/filetransferlocation/{key}: an unknown key is answered without a location */
export function readLocation(call: Call): Reply {
  const location = call.org.locations.byKey(call.params.key!);
  return json({
    ...(location && { fileTransferLocation: show(location) }),
    requestId: randomUUID(),
    resultMessages: [],
  });
}

/** POST /data/v1/filetransferlocation */
export function createLocation(call: Call): Reply {
  const given = readJson(call) as Record<string, unknown>;
  const type = given.locationType;
  if (type !== 'AmazonSimpleStorage' && type !== 'ExternalSftp')
    throw new ApiError(400, 10005, 'The value specified for the following field is not valid: locationType.');
  const details = given[TYPES[type].details];
  if (
    typeof given.customerKey !== 'string' ||
    given.customerKey === '' ||
    typeof details !== 'object' ||
    details === null
  )
    throw new ApiError(400, 10002, `The fields customerKey and ${TYPES[type].details} are required.`);
  const location: Location = {
    id: randomUUID(),
    customerKey: given.customerKey,
    name: String(given.name ?? given.customerKey),
    description: String(given.description ?? ''),
    type,
    details: { ...details },
    folder: null,
    fetch: null,
  };
  call.org.locations.put(location);
  return json({ fileTransferLocation: show(location), requestId: randomUUID(), resultMessages: [] });
}

/** GET /automation/v1/ftplocations: all places that an import definition can name by id */
export function listFtpLocations(call: Call): Reply {
  const items = call.org.locations.all().map(({ id, name, type }) => ({
    name,
    id,
    locationTypeId: TYPES[type].number,
    ...(type === 'EnhancedFtp' && { relPath: name }),
  }));
  return json({ page: 1, pageSize: 500, count: items.length, items });
}

/** Secrets of a location are never given back. */
function show({ customerKey, name, description, type, details }: Location): Record<string, unknown> {
  const { secretAccessKey: _secret, password: _password, ...shown } = details;
  const named = TYPES[type].details;
  return { customerKey, name, description, locationType: type, ...(named && { [named]: shown }) };
}
