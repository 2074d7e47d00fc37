import { ApiError } from '../errors.ts';
import type { OrderItem, Query, SelectItem } from './ast.ts';
import { parseCondition } from './conditions.ts';
import { soqlError } from './errors.ts';
import { Tokens } from './tokens.ts';

const LONGEST_QUERY = 100_000;
const GREATEST_OFFSET = 2000;
const LATER_CLAUSES = ['USING', 'WITH', 'GROUP', 'HAVING', 'FOR', 'UPDATE', 'ALL'];

/** Reads a SOQL query. Throws MALFORMED_QUERY with the place of the mistake. */
export function parseSoql(text: string): Query {
  if (text.length > LONGEST_QUERY) {
    throw new ApiError(400, 'MALFORMED_QUERY', `SOQL statements cannot be longer than ${LONGEST_QUERY} characters.`);
  }
  const tokens = new Tokens(text);
  const query = parseQuery(tokens);
  tokens.expectKind('end');
  return query;
}

function parseQuery(tokens: Tokens): Query {
  tokens.expectWord('SELECT');
  const countsRows = skipRowCount(tokens);
  const select = countsRows ? [] : parseSelect(tokens);
  tokens.expectWord('FROM');
  const object = tokens.expectPath();
  const alias = parseAlias(tokens);
  refuseUnsupported(tokens);
  const where = tokens.skipWord('WHERE') ? parseCondition(tokens, parseQuery) : null;
  refuseUnsupported(tokens);
  const orderBy = parseOrder(tokens);
  const limit = tokens.skipWord('LIMIT') ? tokens.expectCount() : null;
  const offset = parseOffset(tokens);
  refuseUnsupported(tokens);
  return { text: tokens.text, select, countsRows, object, alias, where, orderBy, limit, offset };
}

/** COUNT() */
function skipRowCount(tokens: Tokens): boolean {
  if (!tokens.isWord('COUNT') || tokens.afterNext.raw !== '(') return false;
  const start = tokens.position;
  tokens.take();
  tokens.take();
  if (tokens.skipSign(')')) return true;
  tokens.position = start;
  return false;
}

function parseSelect(tokens: Tokens): SelectItem[] {
  const items = [parseItem(tokens)];
  while (tokens.skipSign(',')) items.push(parseItem(tokens));
  return items;
}

function parseItem(tokens: Tokens): SelectItem {
  if (tokens.isSign('(')) throw tokens.unsupported('a query within SELECT');
  if (tokens.isWord('TYPEOF')) throw tokens.unsupported('TYPEOF');
  if (tokens.afterNext.raw !== '(') return { kind: 'field', path: tokens.expectPath() };
  if (tokens.isWord('COUNT')) return parseCount(tokens);
  if (tokens.isWord('FIELDS')) return parseGroup(tokens);
  throw tokens.unsupported(`the function ${tokens.next.raw}()`);
}

function parseCount(tokens: Tokens): SelectItem {
  tokens.take();
  tokens.expectSign('(');
  const path = tokens.expectPath();
  tokens.expectSign(')');
  const named = tokens.next.kind === 'name' && !tokens.isWord('FROM');
  return { kind: 'count', path, alias: named ? tokens.expectName().raw : null };
}

function parseGroup(tokens: Tokens): SelectItem {
  const { at } = tokens.take();
  tokens.expectSign('(');
  const group = tokens.next.raw.toUpperCase();
  if (group !== 'ALL' && group !== 'STANDARD' && group !== 'CUSTOM') throw tokens.unexpected();
  tokens.take();
  tokens.expectSign(')');
  return { kind: 'fields', group, at };
}

function parseAlias(tokens: Tokens): string | null {
  tokens.skipWord('AS');
  const words = ['WHERE', 'ORDER', 'LIMIT', 'OFFSET', ...LATER_CLAUSES];
  const isAlias = tokens.next.kind === 'name' && !words.some((word) => tokens.isWord(word));
  return isAlias ? tokens.expectName().raw : null;
}

function refuseUnsupported(tokens: Tokens): void {
  for (const word of LATER_CLAUSES) if (tokens.isWord(word)) throw tokens.unsupported(word);
}

function parseOrder(tokens: Tokens): OrderItem[] {
  if (!tokens.skipWord('ORDER')) return [];
  tokens.expectWord('BY');
  const items = [parseOrderItem(tokens)];
  while (tokens.skipSign(',')) items.push(parseOrderItem(tokens));
  return items;
}

function parseOrderItem(tokens: Tokens): OrderItem {
  const path = tokens.expectPath();
  const descending = tokens.skipWord('DESC');
  if (!descending) tokens.skipWord('ASC');
  if (!tokens.skipWord('NULLS')) return { path, descending, nullsLast: false };
  if (tokens.skipWord('LAST')) return { path, descending, nullsLast: true };
  tokens.expectWord('FIRST');
  return { path, descending, nullsLast: false };
}

function parseOffset(tokens: Tokens): number {
  if (!tokens.skipWord('OFFSET')) return 0;
  const { at } = tokens.next;
  const offset = tokens.expectCount();
  if (offset > GREATEST_OFFSET) {
    const message = `Maximum SOQL offset allowed is ${GREATEST_OFFSET}`;
    throw soqlError(tokens.text, at, 'NUMBER_OUTSIDE_VALID_RANGE', message);
  }
  return offset;
}
