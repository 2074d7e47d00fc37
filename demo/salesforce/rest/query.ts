import { type Call, dataPath, header } from '../call.ts';
import { ApiError } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import { json, jsonText, type Reply } from '../reply.ts';
import type { Query, SelectItem } from '../soql/ast.ts';
import { findColumn, findObject } from '../soql/columns.ts';
import { type Context, makeContext } from '../soql/context.ts';
import { type Cursor, invalidLocator } from '../soql/cursors.ts';
import { parseSoql } from '../soql/parser.ts';
import { findRows } from '../soql/plan.ts';
import { project } from '../soql/project.ts';
import { Slices } from '../store/slices.ts';
import type { Table } from '../store/table.ts';
import { describeColumns } from './columns.ts';

const MOST_PAGE_ROWS = 2000;
const LEAST_PAGE_ROWS = 200;

/** GET /query and /queryAll */
export async function runQuery(call: Call, withDeleted: boolean): Promise<Reply> {
  const text = call.query.get('q');
  if (text === null || text.trim() === '') {
    throw new ApiError(400, 'MALFORMED_QUERY', 'A query string has to be specified');
  }
  const query = parseSoql(text);
  const context = makeContext(call.org, call.userId, text);
  const table = findObject(context, query);
  if (call.query.get('columns') === 'true') return describeColumns(context, table, query);
  const count = countItem(query);
  if (query.countsRows || count !== null) return countRows(context, table, query, count, withDeleted);
  const projection = project(context, table, query, dataPath(call));
  const rows = await findRows(context, table, query, withDeleted);
  return firstPage(call, { table, rows, projection, withDeleted, pageRows: askedPageRows(call) });
}

/** GET /query/{locator}: also serves what /queryAll began. */
export function runQueryMore(call: Call): Promise<Reply> {
  const [, id, offset] = /^(\w+)-(\d+)$/.exec(call.params.locator ?? '') ?? [];
  const cursorId = normaliseId(id ?? '');
  if (cursorId === null) throw invalidLocator();
  const cursor = call.org.cursors.get(cursorId);
  const from = Number(offset);
  if (from > cursor.rows.length) throw invalidLocator();
  const pageRows =
    call.effects.pageRows ?? (header(call, 'sforce-query-options') === '' ? cursor.pageRows : askedPageRows(call));
  const first = call.effects.repeatPage ? Math.max(0, from - pageRows) : from;
  return writePage(call, cursor, cursor, first, first < from ? from - first : pageRows);
}

function countItem(query: Query): (SelectItem & { kind: 'count' }) | null {
  const [item] = query.select;
  return query.select.length === 1 && item?.kind === 'count' ? item : null;
}

/** COUNT() answers without records; COUNT(field) with one, and leaves out what is empty. */
async function countRows(
  context: Context,
  table: Table,
  query: Query,
  item: (SelectItem & { kind: 'count' }) | null,
  withDeleted: boolean,
): Promise<Reply> {
  const column = item && findColumn(context, table, query.alias, item.path);
  const rows = await findRows(context, table, query, withDeleted);
  if (item === null || column === null) return json({ totalSize: rows.length, done: true, records: [] });
  const slices = new Slices();
  let count = 0;
  for (const row of rows) {
    if (column.read(row) !== null) count++;
    if (row % 1024 === 0 && slices.due) await slices.pause();
  }
  const record = { attributes: { type: 'AggregateResult' }, [item.alias ?? 'expr0']: count };
  return json({ totalSize: 1, done: true, records: [record] });
}

/** The size the client would like; small pages can also be forced. */
function askedPageRows(call: Call): number {
  if (call.effects.pageRows !== null) return call.effects.pageRows;
  const asked = /batchSize\s*=\s*(\d+)/i.exec(header(call, 'sforce-query-options'))?.[1];
  if (asked === undefined) return MOST_PAGE_ROWS;
  return Math.max(LEAST_PAGE_ROWS, Math.min(MOST_PAGE_ROWS, Number(asked)));
}

type Result = Omit<Cursor, 'id' | 'expires'>;

function firstPage(call: Call, result: Result): Promise<Reply> {
  const cursor = result.rows.length > result.pageRows ? call.org.cursors.add(result) : null;
  return writePage(call, result, cursor, 0, result.pageRows);
}

async function writePage(
  call: Call,
  result: Result,
  cursor: Cursor | null,
  from: number,
  pageRows: number,
): Promise<Reply> {
  const { rows, projection, withDeleted, table } = result;
  const end = Math.min(from + pageRows, rows.length);
  const slices = new Slices();
  let records = '';
  for (let i = from; i < end; i++) {
    const row = rows[i]!;
    if (!table.isVisible(row, withDeleted)) continue;
    records += records === '' ? projection(row) : `,${projection(row)}`;
    if (i % 256 === 0 && slices.due) await slices.pause();
  }
  const done = cursor === null || end === rows.length;
  const next = done ? '' : `,"nextRecordsUrl":"${dataPath(call)}/query/${cursor.id}-${end}"`;
  return jsonText(`{"totalSize":${rows.length},"done":${done}${next},"records":[${records}]}`);
}
