import { type Call, readJson, serviceRoot } from '../call.ts';
import { badRequest, notThere, ODataError } from '../errors.ts';
import { noContent, odata, type Reply } from '../reply.ts';
import type { Table } from '../store/table.ts';
import { type Payload, readPayload } from '../writes/payload.ts';
import { createRow, deleteRow, optionsOf, updateRow } from '../writes/writer.ts';
import { readKey } from './find.ts';

type Action = (call: Call, table: Table, targets: Payload[]) => Reply;

/** Messages for many rows of a table: all of them are written, or none, but of an elastic one. Which one was wrong is not said. */
const ACTIONS: Record<string, Action> = {
  CreateMultiple: (call, table, targets) => {
    const ids = targets.map(({ values, id }) => createRow(call.org, table, values, id, optionsOf(call)).id);
    return odata({
      '@odata.context': `${serviceRoot(call)}$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse`,
      Ids: ids,
    });
  },
  UpdateMultiple: (call, table, targets) => {
    for (const target of targets) {
      const id = target.id ?? named(table, target)?.row?.id ?? '';
      const row = table.rows.get(id);
      if (row === undefined) throw notThere(table.name, id);
      updateRow(call.org, table, row, target.values, optionsOf(call));
    }
    return noContent();
  },
  UpsertMultiple: (call, table, targets) => {
    for (const target of targets) upsert(call, table, target);
    return noContent();
  },
  DeleteMultiple: (call, table, targets) => {
    for (const { id } of targets) {
      const row = table.rows.get(id ?? '');
      if (row === undefined) throw notThere(table.name, id ?? '');
      deleteRow(call.org, table, row);
    }
    return noContent();
  },
};

/** `POST accounts/Microsoft.Dynamics.CRM.CreateMultiple` and its kin. */
export function writeMultiple(call: Call, table: Table, name: string): Reply {
  if (name in ACTIONS && !call.org.takes(name, table.name))
    throw new ODataError(
      400,
      '0x80040800',
      `The '${name}' method does not support entities of type '${table.name}'. MessageProcessorCache returned MessageProcessor.Empty.`,
    );
  const action = ACTIONS[name];
  if (action === undefined)
    throw badRequest('0x80060888', `Resource not found for the segment 'Microsoft.Dynamics.CRM.${name}'.`);
  const { Targets: targets } = readJson(call);
  if (!Array.isArray(targets)) throw badRequest('0x80048d19', "The parameter 'Targets' is missing.");
  if (table.definition.elastic) return writeEach(call, table, targets, action);
  const payloads = targets.map((target: unknown) => readTarget(call, table, target));
  demandDistinct(table, payloads);
  return call.org.atomically(() => action(call, table, payloads));
}

/** What became of each row stands in the details of the error, for who asks for them. */
function writeEach(call: Call, table: Table, targets: readonly unknown[], action: Action): Reply {
  const made: string[] = [];
  const refused: ODataError[] = [];
  const told = targets.map((target, RequestIndex) => {
    const before = table.rows.size;
    try {
      const payload = readTarget(call, table, target);
      const { body } = call.org.atomically(() => action(call, table, [payload]));
      const { Ids: ids = [] } = (body === '' ? {} : JSON.parse(String(body))) as { Ids?: string[] };
      made.push(...ids);
      return { RequestIndex, Id: payload.id ?? ids[0] ?? '', StatusCode: table.rows.size > before ? 201 : 204 };
    } catch (error) {
      if (!(error instanceof ODataError)) throw error;
      refused.push(error);
      return { RequestIndex, Id: '', StatusCode: error.status };
    }
  });
  const [first] = refused;
  if (first) {
    const failure = badRequest(first.code, first.message);
    failure.details = { 'Plugin.BulkApiErrorDetails': JSON.stringify(told) };
    throw failure;
  }
  if (made.length === 0) return noContent();
  const context = `${serviceRoot(call)}$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse`;
  return odata({ '@odata.context': context, Ids: made });
}

function readTarget(call: Call, table: Table, target: unknown): Payload {
  const body = (typeof target === 'object' && target !== null ? target : {}) as Record<string, unknown>;
  if (String(body['@odata.type'] ?? '').replace(/^#/, '') !== `Microsoft.Dynamics.CRM.${table.name}`)
    throw badRequest(
      '0x80048d19',
      `A type named '${String(body['@odata.type'] ?? '')}' could not be resolved by the model: each item of Targets needs @odata.type.`,
    );
  return readPayload(call, table, body);
}

function demandDistinct(table: Table, payloads: readonly Payload[]): void {
  const marks = payloads.flatMap(({ id, address }) => id ?? address?.toLowerCase() ?? []);
  if (new Set(marks).size < marks.length)
    throw badRequest('0x80040216', `The same ${table.name} record stands in the request more than once.`);
}

const named = (table: Table, { address }: Payload) => {
  const key = /\(([\s\S]*)\)$/.exec(decodeURIComponent(address ?? ''))?.[1];
  return key === undefined ? null : readKey(table, key);
};

function upsert(call: Call, table: Table, target: Payload): void {
  const found = named(table, target);
  const row = target.id === null ? found?.row : table.rows.get(target.id);
  if (row !== undefined) {
    updateRow(call.org, table, row, target.values, optionsOf(call));
    return;
  }
  // The key stands in the address; in the body as well it fails, and only where a row is made.
  if (found?.kind === 'key' && found.key.columns.some((name) => name in target.values))
    throw badRequest('0x80040216', 'An item with the same key has already been added.');
  const keyed = found?.kind === 'key' ? found.values : {};
  const id = target.id ?? (found?.kind === 'id' ? found.id : null);
  createRow(call.org, table, { ...keyed, ...target.values }, id, optionsOf(call));
}
