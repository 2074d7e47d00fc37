/** SQLite's side of `Dialect`. Tables are STRICT; a number goes in and out as mantissa and exponent, see rows.ts. */
import { type Cell, type ColumnType, canonicalText } from '../../../contract/types.ts';
import type { Bind, Dialect } from '../relation/dialect.ts';
import { decimalExtreme, decimalOrderKey, sumDecimals } from './decimal.ts';
import { faultOf } from './faults.ts';
import { splitNumber, sqliteLoader, sqliteRowFormat } from './rows.ts';
import { asciiLower, directSteps } from './text.ts';

const storedTypes: Record<ColumnType, string> = {
  text: 'TEXT',
  integer: 'INTEGER',
  number: 'REAL',
  decimal: 'TEXT',
  boolean: 'INTEGER',
  date: 'TEXT',
  datetime: 'TEXT',
  json: 'TEXT',
};

/** `abs` of the least integer fails with "integer overflow": the only way to end a statement from inside it. */
const overflowWhen = (count: string): string => `abs(-9223372036854775807 - min(1, ${count}))`;

export const sqliteDialect: Dialect = {
  temporary: 'temp',
  join: 'CROSS JOIN',
  faultOf,
  param: (index) => `?${index}`,
  columnType: (type) => storedTypes[type],
  idType: 'INTEGER PRIMARY KEY',
  serialType: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  bytesType: 'BLOB',
  anyType: 'ANY',
  createTable: (name, columns, { keyed } = {}) =>
    `CREATE TABLE ${name} (${columns.join(', ')}) STRICT${keyed ? ', WITHOUT ROWID' : ''}`,
  // The number is that of the row, which follows the greatest there is.
  insertNumbered: ({ into, id, columns, values, from, order }) =>
    `INSERT INTO ${into} (${columns.join(', ') || id})
     SELECT ${values.join(', ') || 'NULL'} FROM ${from} WHERE 1 = 1 ORDER BY ${order}`,
  createFoldTable: (name) => [`CREATE TABLE IF NOT EXISTS ${name} (v ANY PRIMARY KEY, r TEXT) WITHOUT ROWID`],
  foldKey: (_, value) => value,
  settle: (table, columns) => `CREATE INDEX ${table}_key ON ${table.replace(/^.*\./, '')} (${columns.join(', ')})`,

  nothing: () => 'NULL',
  literal,
  cells,
  asText: (type, sql) => {
    if (type === 'integer') return `CAST(${sql} AS TEXT)`;
    return type === 'boolean' ? `CASE ${sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END` : sql;
  },
  integerAsNumber: (sql) => `CAST(${sql} AS REAL)`,

  orderKey: (type, sql) => (type === 'decimal' ? decimalOrderKey(sql) : sql),
  extreme: (fn, type, sql) => (type === 'decimal' ? decimalExtreme(fn, sql) : `${fn}(${sql})`),
  sum: (type, sql) => {
    if (type === 'decimal') return sumDecimals(sql);
    if (type === 'integer') return `sum(${sql})`;
    return `CASE WHEN abs(sum(${sql})) > 1.7976931348623157e308 THEN ${overflowWhen('count(*)')} ELSE sum(${sql}) END`;
  },
  single: (value) => `(SELECT ${value} AS v)`,
  same: (left, right) => `${left} IS ${right}`,
  among: (value, list, not) => (not ? `(${value} IN (${list})) IS NOT TRUE` : `${value} IN (${list})`),
  nullSafe: { type: (type) => type, key: (key) => key, meet: (left, right) => `${left} IS ${right}` },
  contains: (text, needle) => `instr(${text}, ${needle}) > 0`,
  startsWith: (text, prefix, length) => `substr(${text}, 1, ${length}) = ${prefix}`,
  length: (text) => `length(${text})`,
  bytes: (text) => `coalesce(octet_length(${text}), 0)`,
  asciiLower,
  direct: directSteps,

  rowFormat: sqliteRowFormat,
  collect: (json) => `'[' || coalesce(group_concat(${json}, ','), '') || ']'`,
  texts: (list) => ({ from: `json_each(${list}) j`, place: 'j.key', value: 'j.value' }),
  item: (item) => item,
  list: (items) => `json_array(${items.map((item) => `json(${item})`).join(', ')})`,
  collectItems: (item) => `json_group_array(json(${item}))`,
  itemsOf: (list) => ({ from: `json_tree(${list}) i`, item: 'i.atom' }),
  loader: sqliteLoader,
};

function literal(bind: Bind, type: ColumnType, cell: Cell): string {
  if (cell === null) return 'NULL';
  if (type === 'boolean') return cell === true ? '1' : '0';
  if (type === 'number') return `CAST(${bind(Number(cell))} AS REAL)`;
  const text = bind(canonicalText(type, cell));
  return type === 'integer' ? `CAST(${text} AS INTEGER)` : text;
}

function cells(bind: Bind, type: ColumnType, list: Cell[]): string {
  if (type === 'number') {
    const parts = bind(JSON.stringify(list.map((cell) => splitNumber(Number(cell)))));
    return `(SELECT CAST(value ->> 0 AS REAL) * pow(2.0, value ->> 1) AS value FROM json_each(${parts}))`;
  }
  const texts = type === 'boolean' ? list : list.map((cell) => canonicalText(type, cell));
  const value = type === 'integer' ? 'CAST(value AS INTEGER) AS value' : 'value';
  return `(SELECT ${value} FROM json_each(${bind(JSON.stringify(texts))}))`;
}
