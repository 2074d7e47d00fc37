import { answerBatch } from '../batch/batch.ts';
import { type Call, serviceRoot } from '../call.ts';
import { noSegment } from '../errors.ts';
import { csdl } from '../metadata/csdl.ts';
import { answerDefinitions } from '../metadata/definitions.ts';
import { odata, type Reply } from '../reply.ts';
import type { Table } from '../store/table.ts';
import { reference } from '../writes/payload.ts';
import { readPath, type Segment } from './address.ts';
import { countChanges } from './changes.ts';
import { countRows, listRows } from './list.ts';
import { writeMultiple } from './multiple.ts';
import { runOperation } from './operations.ts';
import { answerProperty, notAllowed } from './properties.ts';
import { createRecord, deleteRecord, readRecord, upsertRecord } from './records.ts';

const DEFINITIONS = new Set(['EntityDefinitions', 'RelationshipDefinitions', 'GlobalOptionSetDefinitions']);
const ACTION = 'Microsoft.Dynamics.CRM.';

/** Answers a request below `/api/data/v9.x/`. */
export function route(call: Call): Reply {
  const segments = readPath(expand(call));
  const [first, ...rest] = segments;
  if (first === undefined) return serviceDocument(call);
  if (first.name === '$batch' && call.method === 'POST') return answerBatch(call, route);
  if (first.name === '$metadata') return csdl(call);
  if (DEFINITIONS.has(first.name)) return answerDefinitions(call, segments);
  const table = call.org.tableOfSet(first.name);
  if (table !== undefined) return answerTable(call, table, first, rest);
  return runOperation(call, first.name, first.key ?? '');
}

/** Within a change set a path may begin with what was made before. */
function expand(call: Call): string {
  const [, prefix = '', id, rest = ''] = /^(\/api\/data\/v9\.\d+\/)?\/?\$(\d+)((?:\/.*)?)$/.exec(call.path) ?? [];
  if (id === undefined) return call.path;
  return prefix + reference(call, id).replace(/^https?:\/\/[^/]+\/api\/data\/v9\.\d+\//, '') + rest;
}

function answerTable(call: Call, table: Table, { key }: Segment, rest: readonly Segment[]): Reply {
  if (key !== null) return rest.length === 0 ? answerRecord(call, table, key) : answerProperty(call, table, key, rest);
  const [next] = rest;
  if (next === undefined) return answerSet(call, table);
  if (next.name === '$count' && call.method === 'GET')
    return call.query.has('$deltatoken') ? countChanges(call, table) : countRows(call, table);
  if (next.name.startsWith(ACTION) && call.method === 'POST')
    return writeMultiple(call, table, next.name.slice(ACTION.length));
  throw noSegment(next.name);
}

function answerSet(call: Call, table: Table): Reply {
  if (call.method === 'GET') return listRows(call, table, table.definition.setName);
  if (call.method === 'POST') return createRecord(call, table);
  throw notAllowed(call);
}

function answerRecord(call: Call, table: Table, key: string): Reply {
  if (call.method === 'GET') return readRecord(call, table, key);
  if (call.method === 'PATCH') return upsertRecord(call, table, key);
  if (call.method === 'DELETE') return deleteRecord(call, table, key);
  throw notAllowed(call);
}

function serviceDocument(call: Call): Reply {
  const value = call.org.tables.map(({ definition }) => ({
    name: definition.setName,
    kind: 'EntitySet',
    url: definition.setName,
  }));
  return odata({ '@odata.context': `${serviceRoot(call)}$metadata`, value });
}
