import { type Call, readJson, serviceRoot } from '../call.ts';
import { badRequest, noSegment } from '../errors.ts';
import { odata, type Reply } from '../reply.ts';
import { resolveTarget } from '../writes/target.ts';
import { restoreRow } from '../writes/writer.ts';

type Operation = (call: Call, parameters: string) => Reply;

const response = (call: Call, name: string, values: Record<string, unknown>): Reply =>
  odata({ '@odata.context': `${serviceRoot(call)}$metadata#Microsoft.Dynamics.CRM.${name}Response`, ...values });

/** Functions and actions that are bound to no table. */
const OPERATIONS: Record<string, { method: 'GET' | 'POST'; run: Operation }> = {
  WhoAmI: { method: 'GET', run: whoAmI },
  RetrieveVersion: { method: 'GET', run: (call) => response(call, 'RetrieveVersion', { Version: '9.2.24063.00155' }) },
  RetrieveCurrentOrganization: { method: 'GET', run: currentOrganization },
  RetrieveTotalRecordCount: { method: 'GET', run: totalRecordCount },
  Restore: { method: 'POST', run: restore },
};

export function runOperation(call: Call, name: string, parameters: string): Reply {
  const operation = OPERATIONS[name.replace(/^Microsoft\.Dynamics\.CRM\./, '')];
  if (operation === undefined) throw noSegment(name);
  if (operation.method !== call.method)
    throw badRequest('0x80060888', `The HTTP method '${call.method}' is not allowed for '${name}'.`);
  return operation.run(call, parameters);
}

function whoAmI(call: Call): Reply {
  const { businessUnitId, userId, id } = call.org;
  return response(call, 'WhoAmI', { BusinessUnitId: businessUnitId, UserId: userId, OrganizationId: id });
}

function currentOrganization(call: Call): Reply {
  const { org, base } = call;
  const name = org.table('organization')?.rows.get(org.id)?.values.name;
  const endpoints = {
    Count: 2,
    IsReadOnly: false,
    Keys: ['WebApplication', 'OrganizationService'],
    Values: [`${base}/`, `${base}/`],
  };
  const Detail = {
    OrganizationId: org.id,
    FriendlyName: name,
    OrganizationVersion: '9.2.24063.155',
    EnvironmentId: org.tenant,
    Geo: 'EUR',
    TenantId: org.tenant,
    UrlName: 'demo',
    UniqueName: 'demo',
    State: 'Enabled',
    Endpoints: endpoints,
  };
  return response(call, 'RetrieveCurrentOrganization', { Detail });
}

/** A snapshot, in reality up to a day old. */
function totalRecordCount(call: Call, parameters: string): Reply {
  const given = /EntityNames=(@\w+|\[.*\])/.exec(parameters)?.[1] ?? '[]';
  const text = given.startsWith('@') ? (call.query.get(given) ?? '[]') : given;
  const names = [...text.matchAll(/["']([^"']+)["']/g)].map(([, name = '']) => name);
  const tables = names.map((name) => {
    const table = call.org.table(name);
    if (table === undefined)
      throw badRequest('0x80060888', `The entity with a name = '${name}' was not found in the MetadataCache.`);
    return table;
  });
  const collection = {
    Count: names.length,
    IsReadOnly: false,
    Keys: names,
    Values: tables.map(({ rows }) => rows.size),
  };
  return response(call, 'RetrieveTotalRecordCount', { EntityRecordCountCollection: collection });
}

function restore(call: Call): Reply {
  const { Target: target } = readJson(call);
  const { table, id, values } = resolveTarget(call, target);
  const row = call.org.atomically(() => restoreRow(call.org, table, id, values));
  return response(call, 'Restore', { id: row.id });
}
