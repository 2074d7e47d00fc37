/** What a person asks of a table of rows: search, filters, order, as relation and predicates. */
import { UserError } from '../../../contract/errors.ts';
import {
  column,
  type Expr,
  literal,
  type Predicate,
  type Relation,
  relationColumns,
  rowId,
} from '../../../contract/relation.ts';
import { type Cell, type Column, toCell } from '../../../contract/types.ts';
import type { RowQuery } from '../types.ts';

export type Wish = Pick<RowQuery, 'search' | 'filter' | 'sort' | 'where'>;

/** The rows that pass. Throws COLUMN_UNKNOWN, INVALID_INPUT. */
export function passing(rows: Relation, { search, filter, where }: Wish): Relation {
  const columns = relationColumns(rows);
  const items = filter.map((condition) => conditionOf(findColumn(columns, condition.column), condition));
  if (where) items.push(where);
  const found = search.trim() === '' ? rows : searched(rows, columns, search.trim());
  return items.length === 0 ? found : { op: 'filter', input: found, where: { op: 'and', items } };
}

/** No statement may have more columns than this, so a wide table is searched in parts whose finds are put together. */
const columnsPerSearch = 1_000;

function searched(rows: Relation, columns: readonly Column[], text: string): Relation {
  const anywhere = (some: readonly Column[]): Relation => ({
    op: 'filter',
    input: rows,
    where: { op: 'or', items: some.map(({ name }) => ({ op: 'contains', value: column(name), text })) },
  });
  if (columns.length <= columnsPerSearch) return anywhere(columns);
  const id: Column = { name: 'id', label: '', type: 'integer' };
  const inputs = Array.from({ length: Math.ceil(columns.length / columnsPerSearch) }, (_, part): Relation => {
    const input = anywhere(columns.slice(part * columnsPerSearch, (part + 1) * columnsPerSearch));
    return { op: 'project', input, columns: [{ ...id, expr: rowId }] };
  });
  const right: Relation = { op: 'set', kind: 'unionAll', inputs, by: [] };
  return { op: 'join', kind: 'semi', left: rows, right, on: [{ left: rowId, right: column('id') }] };
}

export function findColumn(columns: readonly Column[], name: string): Column {
  const found = columns.find((one) => one.name === name);
  if (!found) throw new UserError('COLUMN_UNKNOWN', { column: name });
  return found;
}

function conditionOf({ name, type }: Column, { operator, value }: RowQuery['filter'][number]): Predicate {
  const left = column(name);
  switch (operator) {
    case 'isEmpty':
      return isEmpty(left, type);
    case 'isNotEmpty':
      return { op: 'not', item: isEmpty(left, type) };
    case 'contains':
    case 'startsWith':
      return { op: operator, value: left, text: String(value ?? '') };
    // Whoever asks for "not x" means also the rows that have nothing there.
    case 'eq':
      return { op: 'same', left, right: literalOf(name, type, value) };
    case 'ne':
      return { op: 'different', left, right: literalOf(name, type, value) };
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return { op: operator, left, right: literalOf(name, type, value) };
    default:
      throw new UserError('INVALID_INPUT', { reason: `there is no operator "${operator}"` });
  }
}

function isEmpty(value: Expr, type: Column['type']): Predicate {
  const none: Predicate = { op: 'isNull', value };
  if (type !== 'text') return none;
  return { op: 'or', items: [none, { op: 'eq', left: value, right: literal('', 'text') }] };
}

function literalOf(name: string, type: Column['type'], value: Cell): Expr {
  const cell = toCell(type, value);
  if (!cell.ok) throw new UserError('INVALID_INPUT', { reason: `filter on ${name}: ${cell.reason}` });
  return literal(cell.value, type);
}

/** Where a page ended: `_id` of its last row, its value in the sorted column, and how many rows pass. */
export interface Cursor {
  id: number;
  value: Cell;
  matching: number;
}

export const writeCursor = ({ id, value, matching }: Cursor): string =>
  Buffer.from(JSON.stringify([id, value, matching])).toString('base64url');

export function readCursor(text: string | null): Cursor | null {
  if (text === null) return null;
  try {
    const [id, value, matching] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [number, Cell, number];
    if (Number.isSafeInteger(id) && Number.isSafeInteger(matching) && value !== undefined)
      return { id, value, matching };
  } catch (cause) {
    throw new UserError('INVALID_INPUT', { reason: 'cursor: it is none of ours' }, { cause });
  }
  throw new UserError('INVALID_INPUT', { reason: 'cursor: it is none of ours' });
}

/** Rows whose value comes behind that of the cursor; nulls come first in rising order, last in falling order. */
export function behindValue({ name, type }: Column, direction: 'asc' | 'desc', value: Cell): Predicate {
  const left = column(name);
  const isNull: Predicate = { op: 'isNull', value: left };
  const isNotNull: Predicate = { op: 'isNotNull', value: left };
  const nothing: Predicate = { op: 'or', items: [] };
  if (value === null) return direction === 'asc' ? isNotNull : nothing;
  const right = literalOf(name, type, value);
  if (direction === 'asc') return { op: 'gt', left, right };
  return { op: 'or', items: [{ op: 'lt', left, right }, isNull] };
}

export const sameValue = ({ name, type }: Column, value: Cell): Predicate => ({
  op: 'same',
  left: column(name),
  right: literalOf(name, type, value),
});
