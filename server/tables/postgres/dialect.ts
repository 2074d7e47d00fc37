/**
 * PostgreSQL's side of `Dialect`. Text is compared byte by byte wherever it is ordered; decimals are canonical text that
 * counts as `numeric`; booleans are 0 and 1, so that the same statements read them on every database.
 */
import { type Cell, type ColumnType, canonicalText } from '../../../contract/types.ts';
import type { Bind, Dialect, NumberedInsert } from '../relation/dialect.ts';
import { faultOf } from './faults.ts';
import { rowFormat, rowLoader } from './rows.ts';
import { asciiLower, directSteps } from './text.ts';

const text = 'text COLLATE "C"';
const storedTypes: Record<ColumnType, string> = {
  text,
  integer: 'bigint',
  number: 'float8',
  decimal: text,
  boolean: 'smallint',
  date: text,
  datetime: text,
  json: text,
};
const bareType = (type: ColumnType): string => (storedTypes[type] === text ? 'text' : storedTypes[type]);
const bytewise = (sql: string): string => `(${sql}) COLLATE "C"`;

/** Lists travel as text, so that an identity, a list and nothing can stand in one column. */
const asJson = (item: string): string => `(${item})::text::jsonb`;

export const postgresDialect: Dialect = {
  temporary: 'pg_temp',
  join: 'JOIN',
  faultOf,
  param: (index, param) => (typeof param === 'number' ? `CAST(?${index} AS bigint)` : `CAST(?${index} AS text)`),
  columnType: (type) => storedTypes[type],
  idType: 'bigint PRIMARY KEY',
  serialType: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  bytesType: 'bytea',
  anyType: text,
  createTable: (name, columns) => `CREATE TABLE ${name} (${columns.join(', ')})`,
  insertNumbered,
  // An index by hash: values may be longer than what a sorted one holds.
  createFoldTable: (name) => [
    `CREATE TABLE IF NOT EXISTS ${name} (v ${text}, r ${text})`,
    `CREATE INDEX IF NOT EXISTS ${name.replace(/^.*\./, '')}_v ON ${name} USING hash (v)`,
  ],
  foldKey: ([first], value) => (first === 'number' || first === 'decimal' ? `(${value})::text` : value),
  // Joins are made by hashing, so what they need is not an index but an estimate.
  settle: (table) => `ANALYZE ${table}`,

  nothing: (type) => `CAST(NULL AS ${bareType(type)})`,
  literal,
  cells,
  asText: (type, sql) => {
    if (type === 'integer') return `(${sql})::text`;
    return type === 'boolean' ? `CASE ${sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END` : sql;
  },
  integerAsNumber: (sql) => `(${sql})::float8`,

  orderKey: (type, sql) => {
    if (type === 'decimal') return `(${sql})::numeric`;
    return storedTypes[type] === text ? bytewise(sql) : sql;
  },
  extreme: (fn, type, sql) => {
    if (type === 'decimal') return `${fn}((${sql})::numeric)::text`;
    return `${fn}(${storedTypes[type] === text ? bytewise(sql) : sql})`;
  },
  sum: (type, sql) => {
    if (type === 'integer') return `sum(${sql})::bigint`;
    // Exact digits: in floating point the sum would depend on the order of the rows.
    return type === 'number' ? `sum((${sql})::text::numeric)::float8` : sumDecimals(`(${sql})::numeric`);
  },
  // Without the OFFSET the planner would write the value wherever it is read.
  single: (value) => `(SELECT ${value} AS v OFFSET 0)`,
  same: (left, right) => `${left} IS NOT DISTINCT FROM ${right}`,
  among: (value, list, not) => `${not ? 'NOT ' : ''}EXISTS (SELECT 1 FROM (${list}) m WHERE m.v = ${value})`,
  // Nothing can be hashed by IS NOT DISTINCT FROM.
  nullSafe: { type: () => 'text', key: nullSafeKey, meet: (left, right) => `${nullSafeKey(left)} = ${right}` },
  contains: (where, needle) => `strpos(${where}, ${needle}) > 0`,
  startsWith: (where, prefix) => `starts_with(${where}, ${prefix})`,
  length: (sql) => `char_length(${sql})`,
  bytes: (sql) => `coalesce(octet_length(${sql}), 0)`,
  asciiLower,
  direct: directSteps,

  rowFormat,
  collect: (json) => `'[' || coalesce(string_agg((${json})::text, ','), '') || ']'`,
  texts: (list) => ({
    from: `json_array_elements_text((${list})::json) WITH ORDINALITY AS j (value, n)`,
    place: '(j.n - 1)',
    value: 'j.value',
  }),
  item: (item) => `(${item})::text`,
  list: (items) => `jsonb_build_array(${items.map(asJson).join(', ')})`,
  collectItems: (item) => `jsonb_agg(${asJson(item)})`,
  itemsOf: (list) => ({
    from: `LATERAL jsonb_path_query((${list})::jsonb, 'strict $.**') AS i (value)`,
    item: `CASE jsonb_typeof(i.value) WHEN 'number' THEN (i.value #>> '{}')::bigint END`,
  }),
  loader: rowLoader,
};

function nullSafeKey(key: string): string {
  return `coalesce('=' || (${key})::text, '')`;
}

/** Numbers are given here, behind the sort: numbers of a sequence would have gaps. */
function insertNumbered({ into, id, after, columns, values, from, order }: NumberedInsert): string {
  const list = values.length > 0 ? values.map((value, index) => `${value} AS n${index}`).join(', ') : '1 AS one';
  const given = ['', ...values.map((_, index) => `numbered.n${index}`)].join(', ');
  return `INSERT INTO ${into} (${[id, ...columns].join(', ')})
    SELECT ${after} + row_number() OVER ()${given} FROM (SELECT ${list} FROM ${from} ORDER BY ${order}) numbered`;
}

function literal(bind: Bind, type: ColumnType, cell: Cell): string {
  if (cell === null) return 'NULL';
  if (type === 'boolean') return cell === true ? '1' : '0';
  const bound = bind(canonicalText(type, cell));
  return storedTypes[type] === text ? bound : `(${bound})::${storedTypes[type]}`;
}

function cells(bind: Bind, type: ColumnType, list: Cell[]): string {
  const texts = list.map((cell) => (type === 'boolean' ? Number(cell) : canonicalText(type, cell)));
  return `(SELECT e.value::${bareType(type)} AS value FROM json_array_elements_text((${bind(JSON.stringify(texts))})::json) e)`;
}

/** As many digits as on other databases; more of them fail, by leaving the range of a number. */
function sumDecimals(value: string): string {
  const tooLong = `max(abs(${value})) >= 1e54 OR max(scale(${value})) > 36`;
  return `CASE WHEN ${tooLong} THEN (9223372036854775807 + count(*))::text ELSE trim_scale(sum(${value}))::text END`;
}
