/**
 * Rows between JavaScript and SQLite as JSON text, one text per batch.
 *
 * SQLite neither reads nor writes every double exactly as text (each way about one in 20,000 random ones comes out as its
 * neighbour, even with 17 digits). So a number travels as two integers, mantissa and exponent of two, in both directions.
 */
import { type Cell, type ColumnType, canonicalJson, cleanText, type Json } from '../../../contract/types.ts';
import type { ValueFormat } from '../query/reader.ts';
import type { RowFormat, RowLoader } from '../relation/dialect.ts';
import { columnsPerPart } from '../relation/shape.ts';
import { hundredths, isHundredths } from './text.ts';

/** Finding the n-th slot of a JSON array takes n steps, so wide rows are cut into groups. */
const flatSlots = 60;
const slotsPerGroup = 50;
const rowsPerBatch = 1_000;
/** Bounds the work of one step on the event loop. */
const charactersPerBatch = 1_000_000;

const doubles = new Float64Array(1);
const words = new Uint32Array(doubles.buffer);

/** x = mantissa × 2^exponent, both whole, the mantissa under 2^53. */
export function splitNumber(x: number): [mantissa: number, exponent: number] {
  if (Number.isSafeInteger(x)) return [x, 0];
  doubles[0] = x;
  const high = words[1] ?? 0;
  const stored = (high >>> 20) & 0x7ff;
  const mantissa = ((high & 0xfffff) + (stored === 0 ? 0 : 0x100000)) * 2 ** 32 + (words[0] ?? 0);
  return [high >>> 31 === 1 ? -mantissa : mantissa, (stored || 1) - 1075];
}

/** In two steps, because 2^exponent alone may be too small for a double although the product is not. */
function joinNumber(mantissa: number, exponent: number): number {
  return exponent < -900 ? mantissa * 2 ** (exponent + 600) * 2 ** -600 : mantissa * 2 ** exponent;
}

/** A safe integer, `[hundredths]`, or `[mantissa, exponent]`. */
function numberSql(x: string): string {
  const tiny = `${x} * pow(2.0, 600)`;
  const scaled = (value: string, shift: number) =>
    `json_array(CAST(${value} * pow(2.0, 53 - floor(log2(abs(${value})))) AS INTEGER), CAST(floor(log2(abs(${value}))) AS INTEGER) - ${shift})`;
  return `CASE WHEN ${x} IS NULL THEN NULL
    WHEN abs(${x}) < 9007199254740992 AND ${x} = CAST(${x} AS INTEGER) THEN CAST(${x} AS INTEGER)
    WHEN ${isHundredths(x)} THEN json_array(${hundredths(x)})
    WHEN abs(${x}) < 1e-280 THEN ${scaled(`(${tiny})`, 653)}
    ELSE ${scaled(x, 53)} END`;
}

const cellSql: Partial<Record<ColumnType, (sql: string) => string>> = {
  number: numberSql,
  integer: (sql) => `iif(${sql} BETWEEN -9007199254740991 AND 9007199254740991, ${sql}, CAST(${sql} AS TEXT))`,
};

const decoders: Partial<Record<ColumnType, (cell: Json) => Cell>> = {
  number: (cell) => {
    if (!Array.isArray(cell)) return cell;
    const [first, exponent] = cell as number[];
    return exponent === undefined ? Number(first) / 100 : joinNumber(Number(first), exponent);
  },
  boolean: (cell) => (cell === null ? null : cell === 1),
  json: (cell) => (typeof cell === 'string' ? (JSON.parse(cell) as Json) : cell),
};

export function sqliteRowFormat(columns: { sql: string; type: ColumnType }[]): RowFormat {
  const items = columns.map(({ sql, type }) => cellSql[type]?.(sql) ?? sql);
  const decoded = columns.flatMap(({ type }, index) => {
    const decode = decoders[type];
    return decode ? [{ index, decode }] : [];
  });
  return {
    sql: `json_array(${items.join(', ')})`,
    decode: (row) => {
      for (const { index, decode } of decoded) row[index] = decode(row[index] ?? null);
      return row;
    },
  };
}

/** As it is, whatever its type turns out to be. */
const valueSql = (x: string): string =>
  `CASE typeof(${x}) WHEN 'real' THEN ${numberSql(x)} WHEN 'integer' THEN ${cellSql.integer?.(x)} WHEN 'blob' THEN hex(${x}) ELSE ${x} END`;

export function sqliteValueFormat(columns: readonly string[]): ValueFormat {
  const decode = (cell: Json): Json => decoders.number?.(cell) ?? null;
  return {
    sql: `json_array(${columns.map(valueSql).join(', ')})`,
    decode: (row) => row.map(decode),
  };
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

interface LoadColumn {
  name: string;
  type: ColumnType;
}

/** A row in slots: its cells, then the exponents of its numbers, then the identity. */
function slotsOf(columns: LoadColumn[], withRids: boolean) {
  const numbers = columns.flatMap(({ type }, index) => (type === 'number' ? [index] : []));
  const jsons = columns.flatMap(({ type }, index) => (type === 'json' ? [index] : []));
  const count = columns.length + numbers.length + (withRids ? 1 : 0);
  return { numbers, jsons, count, grouped: count > flatSlots, plain: numbers.length + jsons.length === 0 && !withRids };
}
type Slots = ReturnType<typeof slotsOf>;

const slotSql = ({ grouped }: Slots, slot: number): string =>
  grouped ? `value ->> '$[${Math.floor(slot / slotsPerGroup)}][${slot % slotsPerGroup}]'` : `value ->> ${slot}`;

function columnSql(columns: LoadColumn[], slots: Slots, index: number): string {
  const place = slots.numbers.indexOf(index);
  const cell = slotSql(slots, index);
  return place < 0 ? cell : `(${cell}) * pow(2.0, ${slotSql(slots, columns.length + place)})`;
}

function encodeRow(row: Cell[], slots: Slots, rid: string | undefined): Json {
  const cells = row.slice();
  for (const index of slots.jsons) if (cells[index] !== null) cells[index] = canonicalJson(cells[index] ?? null);
  for (const index of slots.numbers) {
    const cell = cells[index];
    const [mantissa, exponent] = typeof cell === 'number' ? splitNumber(cell) : [null, null];
    cells[index] = mantissa;
    cells.push(exponent);
  }
  if (rid !== undefined) cells.push(rid);
  return slots.grouped ? inGroups(cells, slotsPerGroup) : cells;
}

/** What no database can hold shows as an escape in the JSON text; most batches have none and are not looked through. */
const suspicious = /\\u(?:0000|d[89a-f])/;

function encodeRows(rows: Cell[][], slots: Slots, rids: string[] | null): string {
  if (slots.plain && !slots.grouped) return JSON.stringify(rows);
  return JSON.stringify(rows.map((row, index) => encodeRow(row, slots, rids?.[index])));
}

function encodeBatch(rows: Cell[][], slots: Slots, rids: string[] | null): string {
  const text = encodeRows(rows, slots, rids);
  if (!suspicious.test(text)) return text;
  const clean = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cleanText(cell).text : cell)));
  return encodeRows(clean, slots, rids);
}

/** `parts` are the physical tables; `columns` have physical names, the first thousand in the first part, and so on. */
export function sqliteLoader(parts: string[], columns: LoadColumn[], withRids: boolean): RowLoader {
  const slots = slotsOf(columns, withRids);
  const statements = parts.map((name, part) => insertSql(name, part, columns, slots, withRids && part === 0));
  let fitting = rowsPerBatch;

  return {
    load: async (db, { rows, firstId, rids }, signal) => {
      let longest = 0;
      for (let from = 0; from < rows.length; ) {
        const batch = rows.slice(from, from + fitting);
        const text = encodeBatch(batch, slots, rids?.slice(from, from + fitting) ?? null);
        const perRow = text.length / batch.length;
        fitting = Math.min(rowsPerBatch, Math.max(1, Math.floor(charactersPerBatch / perRow)));
        // The next batch is cut to what fits; one that is much too long is cut again before it leaves.
        if (text.length > charactersPerBatch * 2 && batch.length > 1) continue;
        for (const sql of statements) await db.run(sql, [text, firstId + from], signal);
        longest = Math.max(longest, perRow);
        from += batch.length;
      }
      return longest;
    },
  };
}

function insertSql(name: string, part: number, columns: LoadColumn[], slots: Slots, withRid: boolean): string {
  const first = part * columnsPerPart;
  const own = columns.slice(first, first + columnsPerPart);
  const targets = ['_id', ...own.map((column) => column.name)];
  const values = ['?2 + key', ...own.map((_, index) => columnSql(columns, slots, first + index))];
  if (withRid) {
    targets.push('_rid');
    values.push(`CAST(${slotSql(slots, slots.count - 1)} AS INTEGER)`);
  }
  return `INSERT INTO ${name} (${targets.join(', ')}) SELECT ${values.join(', ')} FROM jsonb_each(?1)`;
}
