/** Reading by pages, one in memory. A page that is lost is asked for again behind the last record delivered. */
import type { ReadPage, ReadPosition, ReadQuery, RemoteField } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import { notUnderstood } from './errors.ts';
import { fullId } from './ids.ts';
import type { Session } from './session.ts';
import type { FieldsByName, Keyset, Part } from './soql.ts';
import { buildQuery, idsPerQuery, isOrdered } from './soql.ts';
import type { ConvertedPage, ReadField } from './values.ts';
import { convertRecords, quoteExactNumbers, readFields } from './values.ts';

export interface ReadScope {
  session: Session;
  /** Fields of the object by lower-case name, for literals. */
  fields: FieldsByName;
  /** Type of any chosen path, parents included. */
  find(name: string): RemoteField | undefined;
}

interface WirePage {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: unknown[];
}

const pageRows = 2_000;
const pageSize = { 'Sforce-Query-Options': `batchSize=${pageRows}` };

export async function* readPages(
  scope: ReadScope,
  query: ReadQuery,
  position: ReadPosition | null,
): AsyncGenerator<ReadPage> {
  const { wanted, extra } = wireFields(query);
  const fields = readFields(wanted, scope.find, query.raw);
  const ordered = isOrdered(query);
  let after = ordered ? null : toKeyset(position);
  const path = (): string => queryPath(scope, { ...query, fields: wanted }, after);
  let next: string | null = path();
  while (next !== null) {
    const page = await fetchPage(scope, query, fields, next, path, ordered);
    const converted = convertRecords(page.records, fields, 'Id');
    after = ordered ? null : lastKeyset(page.records, query, after);
    yield { ...cutOff(converted, extra), position: after as Cell, total: page.totalSize };
    next = page.done ? null : (page.nextRecordsUrl ?? null);
  }
}

/** Of one record each, however often its id is given. Throws RECORD_ID_INVALID. */
export async function* readIds(scope: ReadScope, query: ReadQuery, ids: readonly string[]): AsyncGenerator<ReadPage> {
  const { wanted, extra } = wireFields(query);
  const fields = readFields(wanted, scope.find, query.raw);
  const { orderBy: _order, limit: _limit, ...rest } = query;
  const asked: ReadQuery = { ...rest, fields: wanted };
  const distinct = [...new Set(ids.map(fullId))];
  const most = Math.min(pageRows, idsPerQuery(asked, scope.fields));
  for (let from = 0; from < distinct.length; from += most) {
    const part = { ids: distinct.slice(from, from + most) };
    let next: string | null = queryPath(scope, asked, part);
    while (next !== null) {
      const page: WirePage = await scope.session.page(next, { object: query.object, headers: pageSize }, (text) =>
        parsePage(text, fields),
      );
      yield { ...cutOff(convertRecords(page.records, fields, 'Id'), extra), position: null, total: null };
      next = page.done ? null : (page.nextRecordsUrl ?? null);
    }
  }
}

/** Without the fields that only the reading needed. */
function cutOff(converted: ConvertedPage, extra: number): ConvertedPage {
  return extra === 0 ? converted : { ...converted, rows: converted.rows.map((row) => row.slice(0, -extra)) };
}

/** Id and index field are always read: without them the read could not go on. Those the user did not choose stand last and are cut off. */
function wireFields(query: ReadQuery): { wanted: string[]; extra: number } {
  const chosen = new Set(query.fields.map((field) => field.toLowerCase()));
  const needed = ['Id', ...(query.window ? [query.window.field] : [])].filter(
    (field) => !chosen.has(field.toLowerCase()),
  );
  return { wanted: [...query.fields, ...needed], extra: needed.length };
}

function queryPath(scope: ReadScope, query: ReadQuery, part: Part): string {
  const resource = query.everything ? 'queryAll' : 'query';
  return scope.session.path(`/${resource}?q=${encodeURIComponent(buildQuery(query, scope.fields, part))}`);
}

/** A cursor of the CRM that has died is replaced by a new query behind the last record delivered. */
async function fetchPage(
  scope: ReadScope,
  query: ReadQuery,
  fields: readonly ReadField[],
  path: string,
  again: () => string,
  ordered: boolean,
): Promise<WirePage> {
  const headers = pageSize;
  try {
    return await scope.session.page(path, { object: query.object, headers }, (text) => parsePage(text, fields));
  } catch (error) {
    const cursorDied = error instanceof UserError && error.details.code === 'INVALID_QUERY_LOCATOR';
    if (!cursorDied || ordered) throw error;
    scope.session.host.log(
      'warning',
      'The cursor of the outside system had ended; reading goes on behind the last record.',
    );
    return scope.session.page(again(), { object: query.object, headers }, (text) => parsePage(text, fields));
  }
}

function parsePage(text: string, fields: readonly ReadField[]): WirePage {
  const value: unknown = JSON.parse(quoteExactNumbers(text, fields));
  if (
    value === null ||
    typeof value !== 'object' ||
    !Array.isArray((value as WirePage).records) ||
    typeof (value as WirePage).done !== 'boolean'
  ) {
    throw notUnderstood('an answer to a query without records');
  }
  const page = value as WirePage;
  if (!page.done && typeof page.nextRecordsUrl !== 'string')
    throw notUnderstood('a page that is not the last and names no next one');
  return page;
}

function toKeyset(position: ReadPosition | null): Keyset | null {
  if (position === null || typeof position !== 'object' || Array.isArray(position)) return null;
  const { stamp, id } = position;
  return typeof id === 'string' ? { stamp: typeof stamp === 'string' ? stamp : null, id } : null;
}

/** From the last record of the page that can be placed; a malformed one in between is behind it all the same. */
function lastKeyset(records: readonly unknown[], query: ReadQuery, before: Keyset | null): Keyset | null {
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const record = records[index] as Record<string, unknown> | null;
    const id = record?.Id;
    if (typeof id !== 'string') continue;
    if (!query.window) return { stamp: null, id };
    const time = Date.parse(String(record?.[query.window.field]));
    if (!Number.isNaN(time)) return { stamp: new Date(time).toISOString(), id };
  }
  return before;
}
