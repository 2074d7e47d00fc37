/** The columns that a SELECT will give, as far as its text says so. */
import type { SqlToken } from '../../../contract/selectText.ts';
import { isKeyword, isSign, readSelect } from '../../../contract/selectText.ts';
import type { Column } from '../../../contract/types.ts';
import type { QueryConfig } from '../config.ts';

type Declared = QueryConfig['declared'];
type Tables = readonly { name: string; columns: readonly Column[] }[];

/** Of the first SELECT that stands in no bracket. Empty where a column has no name that could be seen. */
export function proposedColumns(sql: string, tables: Tables): Declared {
  const read = readSelect(sql);
  if (!read.ok) return [];
  const items = selectedItems(read.tokens);
  const mentioned = tables.filter(({ name }) => read.tokens.some((token) => isName(token, name)));
  const columns = items.flatMap((item) => itemColumns(item, mentioned));
  return columns.every((column) => column !== null) ? columns : [];
}

/** What stands between SELECT and FROM, cut at its commas. */
function selectedItems(tokens: readonly SqlToken[]): SqlToken[][] {
  const items: SqlToken[][] = [];
  let depth = 0;
  let inside = false;
  for (const token of tokens) {
    if (isSign(token, ')')) depth -= 1;
    const outermost = depth === 0;
    if (isSign(token, '(')) depth += 1;
    if (outermost && inside && /^(from|union|except|intersect|where|order|limit)$/i.test(wordOf(token))) break;
    if (outermost && !inside && /^select$/i.test(wordOf(token))) {
      inside = true;
      items.push([]);
    } else if (inside && outermost && isSign(token, ',')) items.push([]);
    else if (inside && !(items.length === 1 && items[0]?.length === 0 && /^(distinct|all)$/i.test(wordOf(token))))
      items.at(-1)?.push(token);
  }
  return items;
}

const wordOf = (token: SqlToken): string => (token.kind === 'word' ? token.text : '');
const isName = (token: SqlToken | undefined, name: string): boolean =>
  (token?.kind === 'name' && token.text === name) ||
  (token?.kind === 'word' && token.text.toLowerCase() === name.toLowerCase());

function itemColumns(item: readonly SqlToken[], tables: Tables): (Declared[number] | null)[] {
  const last = item.at(-1);
  if (isSign(last, '*') && item.length <= 3)
    return tables.flatMap(({ columns }) => columns.map(({ name, type }) => ({ name, type })));
  const value = item.length > 2 && /^as$/i.test(wordOf(item.at(-2) as SqlToken)) ? item.slice(0, -2) : item;
  const named = value !== item || isPlain(item);
  if (!last || !named || (last.kind !== 'word' && last.kind !== 'name')) return [null];
  const found = columnOf(value, tables);
  return [{ name: value === item ? (found?.name ?? last.text) : last.text, type: found?.type ?? guessedType(value) }];
}

/** A column, perhaps with its table in front. */
const isPlain = (item: readonly SqlToken[]): boolean =>
  (item.length === 1 || (item.length === 3 && isSign(item[1], '.'))) &&
  !(item.at(-1)?.kind === 'word' && isKeyword(item.at(-1)?.text ?? ''));

function columnOf(value: readonly SqlToken[], tables: Tables): Column | undefined {
  if (!isPlain(value)) return undefined;
  return tables.flatMap(({ columns }) => columns).find(({ name }) => isName(value.at(-1), name));
}

function guessedType([first, second]: readonly SqlToken[]): Column['type'] {
  if (first?.kind === 'number') return /^\d+$/.test(first.text) ? 'integer' : 'decimal';
  if (!isSign(second, '(')) return 'text';
  if (/^(count|length|row_number|rank|dense_rank)$/i.test(first?.text ?? '')) return 'integer';
  return /^(sum|avg|round|total)$/i.test(first?.text ?? '') ? 'decimal' : 'text';
}
