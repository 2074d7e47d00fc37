import { z } from 'zod';
import type { rowsQuerySchema } from '../../contract/api.ts';
import { UserError } from '../../contract/errors.ts';
import { filterOperators } from '../../contract/filter.ts';
import { plainWords } from '../../contract/plainWords.ts';
import type { Column } from '../../contract/types.ts';
import type { RowQuery } from '../tables/types.ts';

type Asked = Partial<z.output<typeof rowsQuerySchema>>;

const conditionsSchema = z
  .array(z.strictObject({ column: z.string(), operator: z.enum(filterOperators), value: z.json().default(null) }))
  .max(50);
const defaultLimit = 100;

/** Turns a page's query string into a query over known columns. Throws UserError INVALID_INPUT or COLUMN_UNKNOWN. */
export function readRowQuery(asked: Asked, columns: readonly Column[]): RowQuery {
  const query: RowQuery = {
    limit: asked.limit ?? defaultLimit,
    cursor: asked.cursor ?? null,
    sort: asked.sort === undefined ? null : { column: asked.sort, direction: asked.direction ?? 'asc' },
    search: asked.search ?? '',
    filter: readConditions(asked.filter),
  };
  const known = new Set(columns.map((column) => column.name));
  const named = [...query.filter.map((one) => one.column), ...(query.sort ? [query.sort.column] : [])];
  const unknown = named.find((name) => !known.has(name));
  if (unknown !== undefined) throw new UserError('COLUMN_UNKNOWN', { column: unknown });
  return query;
}

function readConditions(text: string | undefined): RowQuery['filter'] {
  if (text === undefined || text === '') return [];
  const parsed = conditionsSchema.safeParse(parseJson(text), { error: plainWords });
  if (!parsed.success)
    throw new UserError('INVALID_INPUT', { reason: 'query.filter: must be a list of column, operator, value' });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError('INVALID_INPUT', { reason: 'query.filter: is not JSON' }, { cause });
  }
}
