/**
 * One SELECT of a person over local data. It runs between others: `WITH` the tables it mentions, under the names and with
 * the columns that people know, `SELECT … FROM (it)`. So it can only be a query. That it reads nothing else, and writes
 * nothing, is what the session of the database sees to (reader.ts).
 */
import { UserError } from '../../../contract/errors.ts';
import type { LocalQuery, QueriedRows } from '../../../contract/relation.ts';
import type { SqlToken } from '../../../contract/selectText.ts';
import { readSelect } from '../../../contract/selectText.ts';
import type { Cell, Json } from '../../../contract/types.ts';
import type { Param } from '../connection.ts';
import { throwIfStopped } from '../errors.ts';
import type { LocalTable } from '../local/catalogue.ts';

import { mentionedTables, writeSelect } from './names.ts';
import type { LocalReader, SelectWriting, Statement } from './reader.ts';
import { checkWords, membersOf } from './words.ts';

const charactersPerBatch = 4_000_000;

interface Prepared {
  /** What stands in front of a SELECT from `(body)`. */
  tables: string;
  body: string;
  params: Param[];
}

/** Reads the rows while they are asked for. Throws UserError SQL_REFUSED or SQL_FAILED, also on the way. */
export async function openSelect(reader: LocalReader, query: LocalQuery, signal: AbortSignal): Promise<QueriedRows> {
  const { writing } = reader;
  const read = readSelect(query.sql);
  if (!read.ok) throw new UserError('SQL_REFUSED', { reason: read.reason });
  checkWords(read.tokens, writing);
  const tables = mentionedTables(read.tokens, await reader.tables());
  const { body, tables: front, params } = prepare(writing, read.tokens, tables, query.parameters);
  const nothing = `${front} SELECT q.* FROM (SELECT 1 AS one) o LEFT JOIN (SELECT * FROM (${body}) s LIMIT 0) q ON 1 = 1`;
  const reach = { tables: tables.map(({ no }) => no), members: membersOf(read.tokens) };
  const columns = await reader.open({ sql: nothing, params }, reach, signal);
  const format = writing.valueFormat(columns.map((name) => `q.${writing.quote(name)}`));
  const sql = `${front} SELECT ${format.sql} AS json FROM (${body}) q`;
  return { columns, batches: readBatches(reader, { sql, params }, format.decode, signal) };
}

/** Parameters are bound, and so is a text that looks like the mark of one. */
function prepare(
  writing: SelectWriting,
  tokens: readonly SqlToken[],
  tables: readonly LocalTable[],
  values: LocalQuery['parameters'],
): Prepared {
  const params: Param[] = [];
  const places = new Map<string, string>();
  const bind = (key: string, value: Cell): string => {
    const place = places.get(key) ?? `?${params.push(writing.param(value))}`;
    places.set(key, place);
    return place;
  };
  const write = ({ kind, text }: SqlToken): string => {
    if (kind === 'string') return text.includes('?') ? bind(`'${text}`, text) : `'${text.replaceAll("'", "''")}'`;
    const found = values.find(({ name }) => name === text);
    if (!found) throw new UserError('SQL_REFUSED', { reason: `there is no parameter "${text}"` });
    if (String(found.value).includes('\0'))
      throw new UserError('SQL_REFUSED', { reason: `the parameter "${text}" holds a character with the code 0` });
    return bind(text, found.value);
  };
  const names = tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => column.name)]);
  const marked = [...names, ...tokens.flatMap(({ kind, text }) => (kind === 'name' ? [text] : []))];
  const unfit = marked.find((name) => /\?\d/.test(name));
  if (unfit !== undefined) throw new UserError('SQL_REFUSED', { reason: `the name "${unfit}" cannot stand in SQL` });
  const body = writeSelect(tokens, names, { quote: writing.quote, value: write });
  const list = tables.map((table) => shownTable(writing, table));
  return { tables: list.length === 0 ? '' : `WITH ${list.join(', ')}`, body, params };
}

function shownTable({ quote, shown }: SelectWriting, { no, name, columns }: LocalTable): string {
  const names = columns.map((column) => quote(column.name)).join(', ');
  const values = columns.map(({ type }, index) => shown(type, `c${index + 1}`)).join(', ');
  return `${quote(name)} (${names}) AS NOT MATERIALIZED (SELECT ${values} FROM t${no})`;
}

async function* readBatches(
  reader: LocalReader,
  statement: Statement,
  decode: (row: Json[]) => Json[],
  signal: AbortSignal,
): AsyncIterable<Json[][]> {
  for await (const page of reader.pages(statement, signal)) {
    for (const texts of inBatches(page)) {
      throwIfStopped(signal);
      yield texts.map((text) => decode(JSON.parse(text) as Json[]));
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
