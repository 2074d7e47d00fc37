/** Reading by pages, one in memory. A page that is lost is asked for again behind the last record delivered. */
import type { ReadPage, ReadPosition, ReadQuery, RemoteField } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import { notUnderstood } from './errors.ts';
import type { Session } from './session.ts';
import type { FieldsByName, Keyset } from './soql.ts';
import { buildQuery, isOrdered } from './soql.ts';
import type { ReadField } from './values.ts';
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

export async function* readPages(
  scope: ReadScope,
  query: ReadQuery,
  position: ReadPosition | null,
): AsyncGenerator<ReadPage> {
  const { wanted, extra } = wireFields(query);
  const fields = readFields(wanted, scope.find, query.raw);
  const ordered = isOrdered(query);
  let after = ordered ? null : toKeyset(position);
  let next: string | null = firstPath(scope, { ...query, fields: wanted }, after, query.everything === true);
  while (next !== null) {
    const page = await fetchPage(
      scope,
      query,
      fields,
      next,
      () => firstPath(scope, { ...query, fields: wanted }, after, query.everything === true),
      ordered,
    );
    const converted = convertRecords(page.records, fields, 'Id');
    after = ordered ? null : lastKeyset(page.records, query, after);
    yield {
      ...converted,
      rows: extra === 0 ? converted.rows : converted.rows.map((row) => row.slice(0, -extra)),
      position: after as Cell,
      total: page.totalSize,
    };
    next = page.done ? null : (page.nextRecordsUrl ?? null);
  }
}

/** Id and index field are always read: without them the read could not go on. Those the user did not choose stand last and are cut off. */
function wireFields(query: ReadQuery): { wanted: string[]; extra: number } {
  const chosen = new Set(query.fields.map((field) => field.toLowerCase()));
  const needed = ['Id', ...(query.window ? [query.window.field] : [])].filter(
    (field) => !chosen.has(field.toLowerCase()),
  );
  return { wanted: [...query.fields, ...needed], extra: needed.length };
}

function firstPath(scope: ReadScope, query: ReadQuery, after: Keyset | null, everything: boolean): string {
  return scope.session.path(
    `/${everything ? 'queryAll' : 'query'}?q=${encodeURIComponent(buildQuery(query, scope.fields, after))}`,
  );
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
  const headers = { 'Sforce-Query-Options': 'batchSize=2000' };
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
