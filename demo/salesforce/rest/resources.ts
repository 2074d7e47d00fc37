import { type Call, dataPath, header, versionOf } from '../call.ts';
import { describeBriefly, describeFully, METADATA_CHANGED } from '../describe.ts';
import { ApiError, notFound } from '../errors.ts';
import { json, type Reply } from '../reply.ts';
import type { Table } from '../store/table.ts';

const OLDEST = 31;
const NEWEST = 66;
const SEASONS = ['Spring', 'Summer', 'Winter'];

/** GET /services/data */
export function listVersions(): Reply {
  const versions = [];
  for (let version = OLDEST; version <= NEWEST; version++) {
    versions.push({ label: releaseName(version), url: `/services/data/v${version}.0`, version: `${version}.0` });
  }
  return json(versions);
}

/** Three releases a year; version 60 was Spring '24, and Winter belongs to the next year. */
function releaseName(version: number): string {
  const season = version % 3;
  const year = 24 + Math.floor((version - 60) / 3) + (season === 2 ? 1 : 0);
  return `${SEASONS[season]} '${year}`;
}

/** Throws for versions that never were, and for those that are retired. */
export function checkVersion(call: Call): void {
  const version = versionOf(call);
  if (Number.isNaN(version) || version > NEWEST || version < 7) throw notFound();
  if (version < OLDEST) {
    throw new ApiError(410, 'UNSUPPORTED_API_VERSION', `API version ${version}.0 is retired, use a later one`);
  }
}

/** GET /services/data/vXX.0 */
export function listResources(call: Call): Reply {
  const path = dataPath(call);
  const names = [
    'sobjects',
    'query',
    'queryAll',
    'limits',
    'composite',
    'recent',
    'jobs',
    'search',
    'tooling',
    'metadata',
  ];
  const resources = Object.fromEntries(names.map((name) => [name, `${path}/${name}`]));
  return json({ ...resources, identity: `${call.base}/id/${call.org.id}/${call.userId}` });
}

/** GET /sobjects */
export function describeGlobal(call: Call): Reply {
  const sobjects = call.org.tables.map((table) => describeBriefly(table, dataPath(call)));
  return unlessUnchanged(call, () => ({ encoding: 'UTF-8', maxBatchSize: 200, sobjects }));
}

/** GET /sobjects/X */
export function describeBasics(call: Call): Reply {
  const objectDescribe = describeBriefly(tableOf(call), dataPath(call));
  return json({ objectDescribe, recentItems: [] });
}

/** GET /sobjects/X/describe */
export function describeObject(call: Call): Reply {
  const table = tableOf(call);
  return unlessUnchanged(call, () => describeFully(table, call.org.tables, dataPath(call)));
}

function unlessUnchanged(call: Call, make: () => unknown): Reply {
  const headers = { 'Last-Modified': new Date(METADATA_CHANGED).toUTCString() };
  const since = Date.parse(header(call, 'if-modified-since'));
  if (since >= METADATA_CHANGED) return { status: 304, contentType: '', body: '', headers };
  return json(make(), 200, headers);
}

/** GET /recent */
export function listRecent(): Reply {
  return json([]);
}

/** The table of the object in the path. */
export function tableOf(call: Call): Table {
  const table = call.org.table(call.params.object ?? '');
  if (table === undefined) throw notFound();
  return table;
}
