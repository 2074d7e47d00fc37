/**
 * One SELECT of a person over local data. It runs between others: `WITH` the tables it mentions, under the names and with
 * the columns that people know, `SELECT … FROM (it)`. So it can only be a query. That it reads nothing else, and writes
 * nothing, is what the session of the database sees to (reader.ts).
 */
import { UserError } from '../../../contract/errors.ts';
import type { LocalQuery, QueriedRows } from '../../../contract/relation.ts';
import type { SqlToken } from '../../../contract/selectText.ts';
import { isSign, readSelect } from '../../../contract/selectText.ts';
import type { Cell, Json } from '../../../contract/types.ts';
import type { Param } from '../connection.ts';
import { throwIfStopped } from '../errors.ts';
import { type LocalTable, listLocal } from '../local/catalogue.ts';

import { mentionedTables, writeSelect } from './names.ts';
import type { LocalReader } from './reader.ts';

const charactersPerBatch = 4_000_000;

interface Prepared {
  /** What stands in front of a SELECT from `(body)`. */
  tables: string;
  body: string;
  params: Param[];
}

/** Reads the rows while they are asked for. Throws UserError SQL_REFUSED or SQL_FAILED, also on the way. */
export async function openSelect(reader: LocalReader, query: LocalQuery, signal: AbortSignal): Promise<QueriedRows> {
  const tokens = demandSelect(reader, query.sql);
  const known = await listLocal(reader.db);
  const tables = mentionedTables(tokens, known);
  const { body, tables: front, params } = prepare(reader, tokens, tables, query.parameters);
  const numbers = tables.map(({ no }) => no);
  const nothing = `${front} SELECT q.* FROM (SELECT 1 AS one) o LEFT JOIN (SELECT * FROM (${body}) s LIMIT 0) q ON 1 = 1`;
  await reader.guard(nothing, params, numbers, signal);
  const [empty = {}] = await reader.db.all<Record<string, null>>(nothing, params, signal);
  const columns = Object.keys(empty);
  const format = reader.valueFormat(columns.map((name) => `q.${reader.quote(name)}`));
  const sql = `${front} SELECT ${format.sql} AS json FROM (${body}) q`;
  await reader.guard(sql, params, numbers, signal);
  return { columns, batches: readBatches(reader, { sql, params, decode: format.decode }, signal) };
}

function demandSelect(reader: LocalReader, sql: string): SqlToken[] {
  const read = readSelect(sql);
  if (!read.ok) throw new UserError('SQL_REFUSED', { reason: read.reason });
  for (const [index, { kind, text }] of read.tokens.entries()) {
    const isCall = (kind === 'word' || kind === 'name') && isSign(read.tokens[index + 1], '(');
    if (isCall && !isNamedAlias(read.tokens[index - 1]) && !reader.mayCall(text.toLowerCase()))
      throw new UserError('SQL_REFUSED', { reason: `it may not call ${text}` });
  }
  return read.tokens;
}

/** `… AS t(a, b)` names columns, and `CAST(x AS numeric(10, 2))` a type. */
const isNamedAlias = (before: SqlToken | undefined): boolean =>
  before?.kind === 'word' && before.text.toLowerCase() === 'as';

/** Parameters are bound, and so is a text that looks like the mark of one. */
function prepare(
  reader: LocalReader,
  tokens: readonly SqlToken[],
  tables: readonly LocalTable[],
  values: LocalQuery['parameters'],
): Prepared {
  const params: Param[] = [];
  const places = new Map<string, string>();
  const bind = (key: string, value: Cell): string => {
    const place = places.get(key) ?? `?${params.push(reader.param(value))}`;
    places.set(key, place);
    return place;
  };
  const write = ({ kind, text }: SqlToken): string => {
    if (kind === 'string') return text.includes('?') ? bind(`'${text}`, text) : `'${text.replaceAll("'", "''")}'`;
    const found = values.find(({ name }) => name === text);
    if (!found) throw new UserError('SQL_REFUSED', { reason: `there is no parameter "${text}"` });
    return bind(text, found.value);
  };
  const names = tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => column.name)]);
  const marked = [...names, ...tokens.flatMap(({ kind, text }) => (kind === 'name' ? [text] : []))];
  const unfit = marked.find((name) => /\?\d/.test(name));
  if (unfit !== undefined) throw new UserError('SQL_REFUSED', { reason: `the name "${unfit}" cannot stand in SQL` });
  const body = writeSelect(tokens, names, { quote: reader.quote, value: write });
  const list = tables.map((table) => shownTable(reader, table));
  return { tables: list.length === 0 ? '' : `WITH ${list.join(', ')}`, body, params };
}

function shownTable({ quote, shown }: LocalReader, { no, name, columns }: LocalTable): string {
  const names = columns.map((column) => quote(column.name)).join(', ');
  const values = columns.map(({ type }, index) => shown(type, `c${index + 1}`)).join(', ');
  return `${quote(name)} (${names}) AS NOT MATERIALIZED (SELECT ${values} FROM t${no})`;
}

interface Reading {
  sql: string;
  params: Param[];
  decode(row: Json[]): Json[];
}

async function* readBatches(reader: LocalReader, reading: Reading, signal: AbortSignal): AsyncIterable<Json[][]> {
  for await (const page of reader.pages(reading.sql, reading.params, signal)) {
    for (const texts of inBatches(page)) {
      throwIfStopped(signal);
      yield texts.map((text) => reading.decode(JSON.parse(text) as Json[]));
    }
  }
}

/** Rows can be long. */
function* inBatches(rows: readonly string[]): Iterable<string[]> {
  let batch: string[] = [];
  let characters = 0;
  for (const row of rows) {
    batch.push(row);
    characters += row.length;
    if (characters < charactersPerBatch) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
