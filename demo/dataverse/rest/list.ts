import { type Call, serviceRoot } from '../call.ts';
import { badRequest, malformed } from '../errors.ts';
import { nextLink, readCookie } from '../odata/cookie.ts';
import { compile } from '../odata/evaluate.ts';
import { parseFilter } from '../odata/filter.ts';
import { comparePlaces, type Order, placeOf, readOrder } from '../odata/order.ts';
import { project } from '../odata/project.ts';
import type { Test } from '../odata/reached.ts';
import { describeShape, readShape, type Shape } from '../odata/shape.ts';
import { preferenceHeader, wants } from '../preferences.ts';
import { odata, type Reply } from '../reply.ts';
import type { Row, Table } from '../store/table.ts';
import { listChanges } from './changes.ts';
import { MOST_ROWS } from './mostRows.ts';

const OPTIONS = ['$select', '$filter', '$orderby', '$top', '$expand', '$count', '$skiptoken', '$deltatoken'];

/** `GET` of a collection: a page of its rows. `path` is the collection's address behind the service's. */
export function listRows(call: Call, table: Table, path: string, within: Test = () => true): Reply {
  checkOptions(call);
  if (isTracking(call)) return listChanges(call, table, path);
  const { query } = call;
  const shape = readShape(call.org, table, query);
  const order = readOrder(call.org, table, query.get('$orderby'));
  const test = filterOf(call, table);
  const places = [...table.rows.values()]
    .filter((row) => within(row) && test(row))
    .map((row) => ({ row, place: placeOf(row, order) }))
    .sort((a, b) => comparePlaces(a.place, b.place, order));
  return answerPage(call, table, path, { shape, order, places });
}

const isTracking = ({ prefer, query }: Call): boolean =>
  prefer.tracksChanges || query.has('$deltatoken') || (query.get('$skiptoken') ?? '').includes('istracking="True"');

function filterOf(call: Call, table: Table): Test {
  const text = call.query.get('$filter');
  return text === undefined ? () => true : compile(call.org, table, parseFilter(text, call.query));
}

function checkOptions({ query }: Call): void {
  for (const name of query.keys()) {
    if (name === '$skip') throw badRequest('0x80060888', 'Skip Clause is not supported in CRM');
    if (name.startsWith('$') && !OPTIONS.includes(name))
      throw malformed(`The query parameter '${name}' is not supported.`);
  }
}

interface Found {
  shape: Shape;
  order: readonly Order[];
  places: { row: Row; place: ReturnType<typeof placeOf> }[];
}

function answerPage(call: Call, table: Table, path: string, { shape, order, places }: Found): Reply {
  const token = call.query.get('$skiptoken');
  const cookie = token === undefined ? null : readCookie(token);
  const from = cookie === null ? 0 : places.findIndex(({ place }) => comparePlaces(place, cookie.after, order) > 0);
  const rest = from < 0 ? [] : places.slice(from);
  const top = readTop(call);
  const size = call.effects.pageRows ?? Math.min(top ?? call.prefer.pageSize ?? MOST_ROWS, MOST_ROWS);
  const page = rest.slice(0, size);
  const last = call.effects.repeatPage ? (cookie?.after ?? []) : page.at(-1)?.place;
  const hasMore = top === null && rest.length > page.length && last !== undefined;
  const number = (cookie?.page ?? 1) + (call.effects.repeatPage ? 0 : 1);
  const next = hasMore ? nextLink(call, path, { page: number, after: last, until: null }) : null;
  const names = describeShape(shape);
  return odata(
    {
      '@odata.context': `${serviceRoot(call)}$metadata#${table.definition.setName}${names === '' ? '' : `(${names})`}`,
      ...countOf(call, places.length),
      ...(next === null ? {} : { '@odata.nextLink': next }),
      value: page.map(({ row }) => project(call, table, row, shape)),
    },
    200,
    preferenceHeader(call.prefer),
  );
}

/** Where a page size is asked for as well, `$top` does not count. */
function readTop({ query, prefer }: Call): number | null {
  const text = query.get('$top');
  if (text === undefined || prefer.pageSize !== null) return null;
  if (!/^\d+$/.test(text))
    throw malformed(
      `Invalid value '${text}' for $top query option found. The $top query option requires a non-negative integer value.`,
    );
  return Number(text);
}

function countOf({ query, prefer }: Call, count: number): Record<string, unknown> {
  const isAsked = query.get('$count') === 'true';
  const exceeded = isAsked && count > MOST_ROWS;
  return {
    ...(isAsked ? { '@odata.count': Math.min(count, MOST_ROWS) } : {}),
    ...(wants(prefer, 'Microsoft.Dynamics.CRM.totalrecordcount')
      ? { '@Microsoft.Dynamics.CRM.totalrecordcount': isAsked ? Math.min(count, MOST_ROWS) : -1 }
      : {}),
    ...(wants(prefer, 'Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded')
      ? { '@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded': exceeded }
      : {}),
  };
}

/** `GET accounts/$count`. */
export function countRows(call: Call, table: Table): Reply {
  const test = filterOf(call, table);
  const count = [...table.rows.values()].filter(test).length;
  const headers = { 'OData-Version': '4.0' };
  return { status: 200, contentType: 'text/plain', body: `\uFEFF${Math.min(count, MOST_ROWS)}`, headers };
}
