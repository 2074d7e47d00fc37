import { type Call, dataPath } from '../call.ts';
import { ApiError } from '../errors.ts';
import { jsonText, type Reply } from '../reply.ts';
import { findObject } from '../soql/columns.ts';
import { makeContext } from '../soql/context.ts';
import { parseSoql } from '../soql/parser.ts';
import { findRows } from '../soql/plan.ts';
import { project } from '../soql/project.ts';
import { SLICE_ROWS, Slices } from '../store/slices.ts';
import { matcher } from './match.ts';
import { parseSosl, type Sosl } from './sosl.ts';

/** Searched when a search names no object. */
const SEARCHED = ['Account', 'Contact', 'Lead', 'Opportunity', 'Case', 'User'];

/** GET /search */
export async function runSearch(call: Call): Promise<Reply> {
  const text = call.query.get('q');
  if (text === null || text.trim() === '') throw new ApiError(400, 'MALFORMED_SEARCH', 'No search term found');
  const search = parseSosl(text);
  const returning = search.returning ?? SEARCHED.map((object) => ({ object, fields: 'Id', rest: '' }));
  const records: string[] = [];
  for (const { object, fields, rest } of returning) {
    const soql = `SELECT ${fields} FROM ${object} ${rest}`;
    records.push(...(await searchObject(call, search, soql, search.limit - records.length)));
  }
  return jsonText(`{"searchRecords":[${records.join(',')}]}`);
}

/** The records of one object that are found, as JSON text. */
async function searchObject(call: Call, { anyOf, group }: Sosl, soql: string, room: number): Promise<string[]> {
  const query = parseSoql(soql);
  const context = makeContext(call.org, call.userId, soql);
  const table = findObject(context, query);
  const write = project(context, table, query, dataPath(call));
  const fits = matcher(table, group, anyOf);
  const rows = await findRows(context, table, { ...query, limit: null, offset: 0 }, false);
  const most = Math.min(room, query.limit ?? room);
  const slices = new Slices();
  const found: string[] = [];
  for (let i = 0; i < rows.length && found.length < most; i++) {
    if (fits(rows[i]!)) found.push(write(rows[i]!));
    if (i % SLICE_ROWS === 0 && slices.due) await slices.pause();
  }
  return found;
}
