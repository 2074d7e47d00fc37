import type { CompareOperator, Condition, Literal, Path, Query } from './ast.ts';
import { isPeriod, takesNumber } from './dates.ts';
import { malformed } from './errors.ts';
import type { Token } from './lexer.ts';
import type { Tokens } from './tokens.ts';

const LONGEST_STRING = 4000;
const COMPARISONS = new Set(['=', '!=', '<>', '<', '<=', '>', '>=']);

/** Reads a query within IN. */
export type ParseInner = (tokens: Tokens) => Query;

/** What follows WHERE. AND and OR stand side by side only with parentheses between them. */
export function parseCondition(tokens: Tokens, parseInner: ParseInner): Condition {
  const first = parseTerm(tokens, parseInner);
  for (const [word, kind] of [
    ['AND', 'and'],
    ['OR', 'or'],
  ] as const) {
    if (!tokens.isWord(word)) continue;
    const items = [first];
    while (tokens.skipWord(word)) items.push(parseTerm(tokens, parseInner));
    if (tokens.isWord('AND') || tokens.isWord('OR')) throw tokens.unexpected();
    return { kind, items };
  }
  return first;
}

function parseTerm(tokens: Tokens, parseInner: ParseInner): Condition {
  if (tokens.skipWord('NOT')) return { kind: 'not', item: parseTerm(tokens, parseInner) };
  if (!tokens.skipSign('(')) return parseComparison(tokens, parseInner);
  const condition = parseCondition(tokens, parseInner);
  tokens.expectSign(')');
  return condition;
}

function parseComparison(tokens: Tokens, parseInner: ParseInner): Condition {
  const path = tokens.expectPath();
  if (tokens.isSign('(')) throw tokens.unsupported(`the function ${path.parts.join('.')}()`);
  if (tokens.skipWord('IN')) return parseList(tokens, path, false, parseInner);
  if (tokens.isWord('NOT') && tokens.afterNext.raw.toUpperCase() === 'IN') {
    tokens.take();
    tokens.take();
    return parseList(tokens, path, true, parseInner);
  }
  if (tokens.isWord('INCLUDES') || tokens.isWord('EXCLUDES')) throw tokens.unsupported(tokens.next.raw.toUpperCase());
  return { kind: 'compare', path, operator: takeOperator(tokens), literal: parseLiteral(tokens) };
}

function takeOperator(tokens: Tokens): CompareOperator {
  if (tokens.skipWord('LIKE')) return 'LIKE';
  if (tokens.next.kind !== 'sign' || !COMPARISONS.has(tokens.next.raw)) throw tokens.unexpected();
  const { raw } = tokens.take();
  return (raw === '<>' ? '!=' : raw) as CompareOperator;
}

function parseList(tokens: Tokens, path: Path, negated: boolean, parseInner: ParseInner): Condition {
  tokens.expectSign('(');
  if (tokens.isWord('SELECT')) {
    const query = parseInner(tokens);
    tokens.expectSign(')');
    return { kind: 'join', path, negated, query };
  }
  const literals = [parseLiteral(tokens)];
  while (tokens.skipSign(',')) literals.push(parseLiteral(tokens));
  tokens.expectSign(')');
  return { kind: 'in', path, negated, literals };
}

function parseLiteral(tokens: Tokens): Literal {
  const token = tokens.next;
  const { at } = token;
  switch (token.kind) {
    case 'string':
      return stringLiteral(tokens, tokens.take());
    case 'number':
      return { kind: 'number', value: Number(tokens.take().value), at };
    case 'date':
      return { kind: 'date', value: String(tokens.take().value), at };
    case 'datetime':
      return { kind: 'datetime', value: Number(tokens.take().value), at };
    case 'name':
      return wordLiteral(tokens, tokens.take());
    default:
      throw tokens.unexpected();
  }
}

function stringLiteral(tokens: Tokens, { value, at }: Token): Literal {
  const pattern = String(value);
  if (pattern.length > LONGEST_STRING) {
    throw malformed(tokens.text, at, `string literal is longer than ${LONGEST_STRING} characters`);
  }
  return { kind: 'string', value: pattern.replace(/\\(.)/g, '$1'), pattern, at };
}

function wordLiteral(tokens: Tokens, token: Token): Literal {
  const { at } = token;
  const word = token.raw.toUpperCase();
  if (word === 'NULL') return { kind: 'null', at };
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE', at };
  if (!isPeriod(word)) throw tokens.unexpected(token);
  if (!takesNumber(word)) return { kind: 'period', name: word, n: 0, at };
  tokens.expectSign(':');
  return { kind: 'period', name: word, n: tokens.expectCount(), at };
}
