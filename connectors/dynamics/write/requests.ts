/** The text of what is sent for records. */
import type { Asked } from '../session.ts';
import type { TableName } from '../tables.ts';
import type { BatchRequest } from './batch.ts';
import type { Message } from './messages.ts';
import type { Sent, WriteScope } from './scope.ts';
import type { WriteField } from './wireFields.ts';
import { keyText, members } from './wireFields.ts';

export function toMessage(
  scope: WriteScope,
  message: Message,
  records: readonly Sent[],
): { path: string; asked: Asked } {
  const { described, request, fields } = scope;
  const { table } = described;
  const type = `"@odata.type":${JSON.stringify(`Microsoft.Dynamics.CRM.${table.name}`)}`;
  const targets = records.map(({ id, values }) => {
    const own = [type, `${JSON.stringify(table.primaryId)}:${JSON.stringify(id)}`];
    return `{${[...own, ...members(fields, values)].join(',')}}`;
  });
  const body = { type: 'application/json; charset=utf-8', text: `{"Targets":[${targets.join(',')}]}` };
  return {
    path: `${table.setName}/Microsoft.Dynamics.CRM.${message}`,
    asked: { method: 'POST', body, object: request.object },
  };
}

/** A change never makes a record, so that nothing deleted comes back; a creation never changes one. */
const onlyChange = { 'If-Match': '*' };
const onlyCreate = { 'If-None-Match': '*' };

export function toBatchRequest(scope: WriteScope, record: Sent): BatchRequest {
  const { described, request } = scope;
  const { table } = described;
  const { operation } = request;
  if (operation === 'upsert') return upsertRequest(scope, record);
  const path = `${table.setName}(${record.id})`;
  if (operation === 'delete') return { method: 'DELETE', path };
  const body = bodyOf(scope, record, null);
  return { method: 'PATCH', path, headers: operation === 'insert' ? onlyCreate : onlyChange, body };
}

/** The answer has to say whether a record was made, and which: only one with a body does. */
function upsertRequest(scope: WriteScope, record: Sent): BatchRequest {
  const { described, request } = scope;
  const { keyField = '' } = request;
  const { table, wires } = described;
  const key = wires.get(keyField.toLowerCase());
  if (!key) throw new RangeError(`${request.object} has no field ${keyField}`);
  const cell = record.values[keyField] ?? null;
  const path = `${table.setName}(${encodeURIComponent(keyText(keyField, key, cell))})?$select=${table.primaryId}`;
  return { method: 'PATCH', path, headers: { Prefer: 'return=representation' }, body: bodyOf(scope, record, keyField) };
}

/** Without the key, which stands in the address: in the body as well it would count for more than there. */
function bodyOf({ fields }: WriteScope, { values }: Sent, keyField: string | null): string {
  const own = fields.filter(({ asked }) => asked !== keyField);
  return `{${members(own, values).join(',')}}`;
}

export function restoreRequest({ name, primaryId }: TableName, id: string): BatchRequest {
  const target = { '@odata.type': `Microsoft.Dynamics.CRM.${name}`, [primaryId]: id };
  return { method: 'POST', path: 'Restore', body: JSON.stringify({ Target: target }) };
}

/**
 * A record as it was. It is born in the first state of its table, whatever it is given: any other one is a change of its own, with
 * the reason that belongs to it.
 */
export function remakeRequests(
  { setName }: TableName,
  fields: readonly WriteField[],
  { id, values }: Sent,
): BatchRequest[] {
  const path = `${setName}(${id})`;
  const isOther = fields.some(({ asked, wire }) => isState(wire) && Number(values[asked] ?? 0) !== 0);
  const ofState = fields.filter(({ wire }) => isState(wire) || (isOther && wire.field.remoteType === 'status'));
  const others = fields.filter((field) => !ofState.includes(field));
  const bodyWith = (chosen: readonly WriteField[]): string => `{${members(chosen, values).join(',')}}`;
  const made: BatchRequest = { method: 'PATCH', path, headers: onlyCreate, body: bodyWith(others) };
  return isOther ? [made, { method: 'PATCH', path, headers: onlyChange, body: bodyWith(ofState) }] : [made];
}

const isState = ({ field }: WriteField['wire']): boolean => field.remoteType === 'state';
