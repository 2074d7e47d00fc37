/** What nodes that deliver only what changed have in common; see contract/sent.ts. */
import { createHash } from 'node:crypto';
import type { Expr, Predicate, Relation } from '../../contract/relation.ts';
import { column, either, literal } from '../../contract/relation.ts';
import type { SentState } from '../../contract/sent.ts';
import { sentColumns } from '../../contract/sent.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';
import { canonicalJson } from '../../contract/types.ts';

/** Equal values have equal hashes, in whatever order their names come; 132 bits tell rows apart. */
export const hashOf = (values: Record<string, Json>): string =>
  createHash('sha256').update(canonicalJson(values)).digest('base64url').slice(0, 22);

/** One text for the cells of a key; null where one of them is empty: such a row cannot be found again. */
export const keyOf = (cells: readonly Cell[]): string | null =>
  cells.some(isEmpty) ? null : canonicalJson([...cells]);

const isEmpty = (cell: Cell): boolean => cell === null || (typeof cell === 'string' && cell.trim() === '');

const known = (name: string): string => `sent:${name}`;

/** The rows with what the sent state holds for their keys, for `sentAs` and `isSent`. */
export function besideSent(rows: Relation, state: SentState, key: string): Relation {
  return {
    op: 'join',
    kind: 'left',
    left: rows,
    right: state.rows,
    on: [{ left: column(key, 'left'), right: column('key', 'right') }],
    columns: sentColumns
      .filter(({ name }) => ['hash', 'dismissed', 'recordId'].includes(name))
      .map((own): { from: string; as: Column } => ({ from: own.name, as: { ...own, name: known(own.name) } })),
  };
}

/** A column of the sent state, behind `besideSent`. */
export const sentColumn = (name: 'hash' | 'dismissed' | 'recordId'): Expr => column(known(name));

/** Whether the row was sent, or dismissed, as it is. */
export const isSent = (hash: string): Predicate => ({
  op: 'or',
  items: [
    { op: 'eq', left: sentColumn('hash'), right: column(hash) },
    { op: 'eq', left: sentColumn('dismissed'), right: column(hash) },
  ],
});

/** `unchanged`: sent or dismissed as it is; `changed`: sent, but not as it is; `new`: never sent. */
export const changeOf = (hash: string): Expr =>
  either(
    isSent(hash),
    literal('unchanged', 'text'),
    either({ op: 'isNull', value: sentColumn('hash') }, literal('new', 'text'), literal('changed', 'text')),
  );
