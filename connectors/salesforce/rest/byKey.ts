/** Records by the values of a key field: what is about to be written, as it is now. */
import type { ReadPage, ReadQuery } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { Cell } from '../../../contract/types.ts';
import { partsFor } from '../../kit/reads.ts';
import type { ReadScope } from '../scope.ts';
import { select } from '../scope.ts';
import type { Part } from '../soql.ts';
import { buildQuery, literalFor, toAddress } from '../soql.ts';
import { convertRecords } from '../values.ts';
import { fetchPart } from './fetchPage.ts';
import { addressRoom } from './groups.ts';
import { readByIds } from './read.ts';
import { idOf } from './whole.ts';

/** A comma between two values. */
const separator = 3;
/** Some keys should have room beside the fields. */
const keyRoom = 3_000;
const pageRecords = 2_000;

/** Each record once, though values that differ only in case may find the same. Throws FIELD_UNKNOWN, QUERY_TOO_LONG. */
export async function* readByKey(
  scope: ReadScope,
  query: ReadQuery,
  keyField: string,
  values: readonly Cell[],
): AsyncGenerator<ReadPage> {
  const { orderBy: _order, limit: _limit, ...asked } = query;
  const selection = select(scope, asked);
  const bytes = (fields: string[]): number =>
    toAddress(buildQuery({ ...asked, fields }, scope.fields, { keyField, literals: [] })).length;
  // Fields that leave too little room are read in a second step, by the ids that the first one found.
  const isWide = bytes(selection.names) > addressRoom - keyRoom;
  const fields = isWide ? ['Id'] : selection.names;
  const size = (literal: string): number => toAddress(literal).length + separator;
  const seen = new Set<string>();
  for (const literals of partsFor(literalsOf(scope, keyField, values), size, { size: addressRoom - bytes(fields) })) {
    const part: Part = { keyField, literals };
    const found = (await fetchPart(scope, { ...asked, fields }, part)).filter((record) => isNew(record, seen));
    if (isWide)
      yield* readByIds(
        scope,
        asked,
        found.map(idOf).filter((id) => id !== null),
      );
    for (let from = 0; !isWide && from < found.length; from += pageRecords) {
      const page = convertRecords(found.slice(from, from + pageRecords), selection.fields, 'Id');
      yield { ...selection.cut(page), position: null, total: null };
    }
  }
}

function literalsOf(scope: ReadScope, keyField: string, values: readonly Cell[]): string[] {
  const field = scope.fields.get(keyField.toLowerCase());
  if (!field) throw new UserError('FIELD_UNKNOWN', { field: keyField, object: '' });
  if (!field.filterable) throw new UserError('FIELD_NOT_FILTERABLE', { field: keyField });
  const given = values.map((value) => (typeof value === 'string' ? value.trim() : value));
  return [...new Set(given.filter((value) => value !== null && value !== ''))].map((value) => literalFor(field, value));
}

function isNew(record: unknown, seen: Set<string>): boolean {
  const id = idOf(record);
  if (id === null) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return true;
}
