/** Up to 200 records in one request, by sObject Collections: what is sent, and what came back for each. */
import type { Cell } from '../../../contract/types.ts';
import type { RecordResult, RecordWrite, WriteRequest } from '../../../contract/write.ts';
import { notUnderstood } from '../../kit/faults.ts';
import type { Asked } from '../session.ts';
import type { WireFault } from './refusals.ts';
import { refusal, written } from './refusals.ts';
import type { WireField } from './wireFields.ts';
import { numeral } from './wireFields.ts';

/** Records of one request. */
export const mostRecords = 200;

/** The request for these records; `path` behind the version. */
export function toCollection(
  request: WriteRequest,
  records: readonly RecordWrite[],
  fields: readonly WireField[],
): { path: string; asked: Asked } {
  const { object, operation, keyField = '' } = request;
  if (operation === 'delete') {
    const ids = records.map(({ id }) => encodeURIComponent(id ?? '')).join(',');
    return { path: `/composite/sobjects?ids=${ids}&allOrNone=false`, asked: { method: 'DELETE', object } };
  }
  const texts = records.map((record) => recordText(object, record, fields));
  const body = `{"allOrNone":false,"records":[${texts.join(',')}]}`;
  const rule = request.assignmentRule;
  const asked: Asked = {
    method: operation === 'insert' ? 'POST' : 'PATCH',
    object,
    content: { type: 'application/json', body },
    ...(rule ? { headers: { 'Sforce-Auto-Assign': rule } } : {}),
  };
  const key = `/${encodeURIComponent(object)}/${encodeURIComponent(keyField)}`;
  return { path: `/composite/sobjects${operation === 'upsert' ? key : ''}`, asked };
}

/** JSON by hand, as numbers are sent with all their digits. */
function recordText(object: string, { id, values }: RecordWrite, fields: readonly WireField[]): string {
  const members = fields.flatMap((field) => {
    const cell = values[field.asked];
    return cell === undefined ? [] : [memberText(field, cell)];
  });
  const own = [
    `"attributes":${JSON.stringify({ type: object })}`,
    ...(id === null ? [] : [`"id":${JSON.stringify(id)}`]),
  ];
  return `{${[...own, ...members].join(',')}}`;
}

/** A check box knows no empty state: cleared, it is unticked. */
function memberText(field: WireField, cell: Cell): string {
  const { name, parent, type } = field;
  const value = numeral(field, cell) ?? JSON.stringify(cell === null && type === 'boolean' ? false : cell);
  if (parent === null) return `${JSON.stringify(name)}:${value}`;
  if (cell === null) return `${JSON.stringify(parent.lookup)}:null`;
  const object = parent.isOneOfSeveral ? `"attributes":${JSON.stringify({ type: parent.object })},` : '';
  return `${JSON.stringify(parent.path)}:{${object}${JSON.stringify(parent.key)}:${value}}`;
}

interface WireResult {
  id?: string;
  success: boolean;
  created?: boolean;
  errors: WireFault[];
}

/** The results of an answer, one for each record sent. Throws Transient for an answer that does not tell of each. */
export function readCollection(text: string, request: WriteRequest, count: number): RecordResult[] {
  const results = JSON.parse(text) as unknown;
  if (!Array.isArray(results) || results.length !== count)
    throw notUnderstood(`an answer about other than the ${count} records that were sent`);
  return results.map((result) => readResult(result as WireResult | null, request));
}

function readResult(result: WireResult | null, request: WriteRequest): RecordResult {
  if (result?.success === true && typeof result.id === 'string')
    return written(result.id, request.operation === 'insert' || result.created === true);
  const [first, ...more] = Array.isArray(result?.errors) ? result.errors : [];
  if (result?.success !== false || typeof first?.statusCode !== 'string')
    throw notUnderstood('an answer that does not say what became of a record');
  return refusal([first, ...more], request.operation);
}
