/** The records that the rows of an export may mean, with what they hold of the fields that are written. */
import type { CrmClient, ReadQuery } from '../../../contract/connector.ts';
import type { Relation, TableRef } from '../../../contract/relation.ts';
import { column, literal, scan } from '../../../contract/relation.ts';
import type { Cell, Json } from '../../../contract/types.ts';
import { toCell } from '../../../contract/types.ts';
import { idField } from '../config.ts';
import type { Context } from '../readRecords.ts';
import { keyForm } from './comparison.ts';
import type { WrittenField, WrittenObject } from './fields.ts';
import { findsById, lookupFields } from './fields.ts';
import type { Finding } from './found.ts';
import { distinctKeys, findRecords } from './found.ts';
import { movedFields } from './moved.ts';
import { nameFields, nameHeld } from './naming.ts';
import { relatedKey, relatedMatch } from './preparedRow.ts';
import { findInWhole, paysToReadAll } from './wholeObject.ts';

export interface Targets {
  /** Each key of the rows once, with how many rows have it. */
  keys: TableRef;
  /** For each of the keys that is there once: the record. */
  found: TableRef;
}

/** Null where every row is a new record. Keys that several rows have are not asked for: their rows are rejected. */
export async function readTargets(
  context: Context,
  client: CrmClient,
  written: WrittenObject,
  prepared: TableRef,
): Promise<Targets | null> {
  if (written.key === null) return null;
  const keys = await context.table(distinctKeys(prepared, { match: '_match', key: '_key' }), { name: 'keys' });
  const once: Relation = {
    op: 'filter',
    input: scan(keys),
    where: {
      op: 'and',
      items: [
        { op: 'eq', left: column('rows'), right: literal(1, 'integer') },
        { op: 'isNull', value: column('refused') },
      ],
    },
  };
  const asked = await context.table(once, { name: 'asked' });
  const query = targetQuery(written, written.key);
  const finding = findTargets(client, written, written.key, query, asked);
  const keyed: ReadQuery = findsById(written) ? query : { ...query, filter: hasKey(written.key) };
  const found = (await paysToReadAll(client, keyed, asked.count))
    ? await findInWhole(context, client, keyed, finding)
    : await findRecords(context, finding);
  return { keys, found };
}

const hasKey = ({ remote }: WrittenField): ReadQuery['filter'] => ({
  kind: 'condition',
  field: remote.name,
  operator: 'isNotEmpty',
  value: null,
});

function targetQuery(written: WrittenObject, key: WrittenField): ReadQuery {
  const { details, stampField } = written;
  const stamp = stampField === null ? [] : [stampField];
  const names = [idField, key.remote.name, ...stamp, ...nameFields(details), ...keptFields(written)];
  return { object: details.name, fields: [...new Set(names)] };
}

/** What may be changed; of a record that is deleted, all that a new one could be given, and then be changed to. */
function keptFields({ mode, details, fields }: WrittenObject): string[] {
  if (mode === 'delete')
    return details.fields.filter(({ createable, updateable }) => createable || updateable).map(({ name }) => name);
  return [...new Set([...fields.map(({ remote }) => remote.name), ...movedFields(details.moved)])];
}

function findTargets(
  client: CrmClient,
  written: WrittenObject,
  key: WrittenField,
  query: ReadQuery,
  keys: TableRef,
): Finding {
  const { stampField } = written;
  const plain = keptFields(written);
  const names = query.fields;
  const at = (row: readonly Cell[], name: string): Cell => row[names.indexOf(name)] ?? null;
  const byId = findsById(written);
  return {
    name: 'targets',
    keys,
    unit: 'keys looked up',
    read: (values) =>
      byId ? client.readByIds(query, values) : client.readByKey(query, key.remote.name, cellsOf(key, values)),
    matchOf: (row) => (byId ? String(at(row, idField)) : keyForm(key.mapped.type, at(row, key.remote.name))),
    matchOfUnread: ({ id, record }) => (byId ? id : matchInRecord(key.mapped.type, key.remote.name, record)),
    keep: (row) => ({
      id: at(row, idField),
      name: nameHeld(
        written.details,
        valuesOf(nameFields(written.details), (name) => at(row, name)),
      ),
      stamp: stampField === null ? null : at(row, stampField),
      before: valuesOf(plain, (name) => at(row, name)),
    }),
  };
}

const valuesOf = (names: readonly string[], at: (name: string) => Cell): Record<string, Cell> =>
  Object.fromEntries(names.map((name) => [name, at(name)]));

/** Related records by the keys that are sent in their place, one table for each lookup. */
export function readRelated(
  context: Context,
  client: CrmClient,
  written: WrittenObject,
  prepared: TableRef,
): Promise<TableRef[]> {
  return lookupFields(written).reduce<Promise<TableRef[]>>(async (before, field, index) => {
    const tables = await before;
    const columns = { match: relatedMatch(index), key: relatedKey(index) };
    const keys = await context.table(distinctKeys(prepared, columns), { name: `relatedKeys${index}` });
    return [...tables, await findRecords(context, findRelated(client, field, keys, `related${index}`))];
  }, Promise.resolve([]));
}

function findRelated(client: CrmClient, { mapped }: WrittenField, keys: TableRef, name: string): Finding {
  const { object, keyField } = mapped.lookup ?? { object: '', keyField: '' };
  const query: ReadQuery = { object, fields: [idField, keyField] };
  return {
    name,
    keys,
    unit: 'related records looked up',
    read: (values) => client.readByKey(query, keyField, cellsOf({ mapped }, values)),
    matchOf: ([, key = null]) => keyForm(mapped.type, key),
    matchOfUnread: ({ record }) => matchInRecord(mapped.type, keyField, record),
    keep: ([id = null]) => ({ id, name: null, stamp: null, before: null }),
  };
}

/** Keys come back from the work table as texts. */
const cellsOf = ({ mapped }: Pick<WrittenField, 'mapped'>, keys: readonly string[]): Cell[] =>
  keys.map((key) => {
    const cell = toCell(mapped.type, key);
    return cell.ok ? cell.value : key;
  });

function matchInRecord(type: WrittenField['mapped']['type'], name: string, record: Json): string | null {
  if (record === null || typeof record !== 'object' || Array.isArray(record)) return null;
  const cell = toCell(type, record[name]);
  return cell.ok ? keyForm(type, cell.value) : null;
}
