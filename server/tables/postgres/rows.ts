/** Rows between JavaScript and PostgreSQL: in by COPY, out as arrays of texts, because the text of every value is exact. */
import { type Cell, type ColumnType, canonicalJson, cleanText, type Json } from '../../../contract/types.ts';
import type { ValueFormat } from '../query/reader.ts';
import type { LoadRows, RowFormat, RowLoader } from '../relation/dialect.ts';
import { columnsPerPart } from '../relation/shape.ts';
import { PostgresConnection } from './connection.ts';

const storedAsText = new Set<ColumnType>(['text', 'decimal', 'date', 'datetime', 'json']);

const decoders: Partial<Record<ColumnType, (text: string) => Cell>> = {
  number: Number,
  integer: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text),
  boolean: (text) => text === '1',
  json: (text) => JSON.parse(text) as Json,
};

export function rowFormat(columns: { sql: string; type: ColumnType }[]): RowFormat {
  const items = columns.map(({ sql, type }) => (storedAsText.has(type) ? sql : `(${sql})::text`));
  const decoded = columns.flatMap(({ type }, index) => {
    const decode = decoders[type];
    return decode ? [{ index, decode }] : [];
  });
  return {
    sql: `array_to_json(ARRAY[${items.join(', ')}]::text[])::text`,
    decode: (row) => {
      for (const { index, decode } of decoded) {
        const text = row[index];
        if (typeof text === 'string') row[index] = decode(text);
      }
      return row;
    },
  };
}

/** Every value as its text, which is exact. */
export function valueFormat(columns: readonly string[]): ValueFormat {
  const texts = columns.map((sql) => `(${sql})::text`);
  return { sql: `array_to_json(ARRAY[${texts.join(', ')}]::text[])::text`, decode: (row) => row };
}

interface LoadColumn {
  name: string;
  type: ColumnType;
}

/** Bounds the work of one step on the event loop. */
const rowsPerChunk = 500;

export function rowLoader(parts: string[], columns: LoadColumn[], withRids: boolean): RowLoader {
  const statements = parts.map((name, part) => {
    const from = part * columnsPerPart;
    const own = columns.slice(from, from + columnsPerPart);
    const withRid = withRids && part === 0;
    const targets = ['_id', ...own.map((column) => column.name), ...(withRid ? ['_rid'] : [])];
    return { sql: `COPY ${name} (${targets.join(', ')}) FROM STDIN`, from, own, withRid };
  });
  return {
    load: async (db, rows, signal) => {
      if (!(db instanceof PostgresConnection)) throw new Error('Rows for PostgreSQL came to another database');
      const seen = { characters: 0 };
      for (const { sql, ...part } of statements) await db.copy(sql, chunksOf(rows, part, seen), signal);
      return rows.rows.length === 0 ? 0 : seen.characters;
    },
  };
}

interface Part {
  from: number;
  own: LoadColumn[];
  withRid: boolean;
}

function* chunksOf({ rows, firstId, rids }: LoadRows, { from, own, withRid }: Part, seen: { characters: number }) {
  for (let start = 0; start < rows.length; start += rowsPerChunk) {
    const end = Math.min(rows.length, start + rowsPerChunk);
    let text = '';
    for (let index = start; index < end; index += 1) {
      const row = rows[index] ?? [];
      text += firstId + index;
      own.forEach(({ type }, place) => {
        text += `\t${encode(type, row[from + place] ?? null)}`;
      });
      text += withRid ? `\t${rids?.[index] ?? '\\N'}\n` : '\n';
    }
    seen.characters = Math.max(seen.characters, text.length / (end - start));
    yield cleanText(text).text;
  }
}

const special = /[\\\t\n\r]/g;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function encode(type: ColumnType, cell: Cell): string {
  if (cell === null) return '\\N';
  if (type === 'boolean') return cell === true ? '1' : '0';
  if (typeof cell === 'number' && type !== 'json') return String(cell);
  const text = type === 'json' ? canonicalJson(cell) : String(cell);
  return text.replace(special, (found) => escapes[found] ?? found);
}
