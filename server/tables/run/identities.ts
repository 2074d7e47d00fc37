/**
 * The index of identifying values, so that one record can be found in every run without looking through its rows. For
 * each batch of a writer it holds the hash of each identifying value, four bytes each: a thousand times less to read than
 * the rows, and a tenth of the cost of an index over the values. What a hash points at is compared before it counts.
 */
import type { Cell, Column } from '../../../contract/types.ts';
import { canonicalText } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import { hashIdentity } from './physical.ts';

const rowsPerBlock = 1_000;
const blocksPerStep = 500;

export const identifyingPlaces = (columns: readonly Column[]): number[] =>
  columns.flatMap(({ identifying }, index) => (identifying ? [index] : []));

/** In the transaction that writes the rows. */
export async function addIdentities(
  db: Connection,
  table: { no: number; columns: readonly Column[] },
  rows: Cell[][],
  firstId: number,
): Promise<void> {
  const places = identifyingPlaces(table.columns);
  if (places.length === 0) return;
  for (let from = 0; from < rows.length; from += rowsPerBlock) {
    const block = hashBlock(table.columns, places, rows.slice(from, from + rowsPerBlock));
    await db.run('INSERT INTO _identities (no, first, hashes) VALUES (?1, ?2, ?3)', [table.no, firstId + from, block]);
  }
}

function hashBlock(columns: readonly Column[], places: number[], rows: Cell[][]): Buffer {
  const block = Buffer.alloc(rows.length * places.length * 4);
  rows.forEach((row, index) => {
    places.forEach((place, offset) => {
      const text = canonicalText(columns[place]?.type ?? 'text', row[place] ?? null);
      block.writeUInt32LE(text === null ? 0 : hashIdentity(text), (index * places.length + offset) * 4);
    });
  });
  return block;
}

/** `_id` of the rows of a table that may carry the value. */
export async function findIdentities(
  db: Connection,
  table: { no: number; columns: readonly Column[] },
  value: string,
): Promise<number[]> {
  const width = identifyingPlaces(table.columns).length;
  const wanted = hashIdentity(value);
  const found = new Set<number>();
  let after = 0;
  for (;;) {
    const blocks = await db.all<{ first: number; hashes: Buffer }>(
      'SELECT first, hashes FROM _identities WHERE no = ?1 AND first > ?2 ORDER BY first LIMIT ?3',
      [table.no, after, blocksPerStep],
    );
    for (const { first, hashes } of blocks) for (const row of rowsWith(hashes, wanted, width)) found.add(first + row);
    const last = blocks.at(-1);
    if (!last) return [...found];
    after = last.first;
  }
}

function rowsWith(block: Buffer, wanted: number, width: number): number[] {
  // A copy, because the bytes may lie at an address that a typed array cannot begin at.
  const hashes = new Uint32Array(new Uint8Array(block).buffer);
  const rows: number[] = [];
  for (let at = hashes.indexOf(wanted); at >= 0; at = hashes.indexOf(wanted, at + 1)) rows.push(Math.floor(at / width));
  return rows;
}
