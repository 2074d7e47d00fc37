import type { Call } from '../call.ts';
import { badRequest } from '../errors.ts';
import { readGuid } from '../store/guid.ts';
import type { Table } from '../store/table.ts';
import type { Value } from '../tables/column.ts';
import { readPayload } from './payload.ts';

/** What an action is about: a row by its address, or by its type and id with other values. It need not be there. */
export function resolveTarget(
  call: Call,
  target: unknown,
): { table: Table; id: string; values: Record<string, Value> } {
  const body = (typeof target === 'object' && target !== null ? target : {}) as Record<string, unknown>;
  const { '@odata.id': address, '@odata.type': type } = body;
  if (typeof address === 'string') {
    const [, setName = '', key = ''] = /(\w+)\(([^)]*)\)$/.exec(address) ?? [];
    const table = call.org.tableOfSet(setName);
    const id = readGuid(key);
    if (table !== undefined && id !== null) return { table, id, values: {} };
  }
  const table = call.org.table(String(type ?? '').replace(/^#?Microsoft\.Dynamics\.CRM\./, ''));
  const payload = table === undefined ? null : readPayload(call, table, body);
  if (table === undefined || payload?.id == null)
    throw badRequest(
      '0x80048d19',
      'The parameter Target names no row: it needs @odata.id, or @odata.type and the primary key.',
    );
  return { table, id: payload.id, values: payload.values };
}
