import { isDay } from '../writes/coerce.ts';
import { malformed } from './errors.ts';

export type TokenKind = 'name' | 'string' | 'number' | 'date' | 'datetime' | 'sign' | 'end';

export interface Token {
  kind: TokenKind;
  /** As it stands in the query. */
  raw: string;
  /** Number, YYYY-MM-DD, milliseconds since 1970, or a string in which the backslash, `_` and `%` stay escaped. */
  value: string | number;
  at: number;
}

const SPACE = /\s+/y;
const DATETIME = /(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})/iy;
const DATE = /\d{4}-\d{2}-\d{2}/y;
const NUMBER = /[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?/iy;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SIGN = /!=|<>|<=|>=|[=<>(),.:]/y;
const ESCAPES: Record<string, string> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
};

/** Splits a query into tokens; the last is always of kind `end`. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const space = matchAt(SPACE, text, at);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const token = readToken(text, at);
    tokens.push(token);
    at += token.raw.length;
  }
  tokens.push({ kind: 'end', raw: '<EOF>', value: '', at: text.length });
  return tokens;
}

function readToken(text: string, at: number): Token {
  if (text[at] === "'") return readString(text, at);
  const datetime = matchAt(DATETIME, text, at);
  if (datetime !== null) return { kind: 'datetime', raw: datetime, value: instantOf(text, at, datetime), at };
  const date = matchAt(DATE, text, at);
  if (date !== null) return { kind: 'date', raw: date, value: checkDay(text, at, date), at };
  const number = matchAt(NUMBER, text, at);
  if (number !== null) return { kind: 'number', raw: number, value: Number(number), at };
  const name = matchAt(NAME, text, at);
  if (name !== null) return { kind: 'name', raw: name, value: name, at };
  const sign = matchAt(SIGN, text, at);
  if (sign !== null) return { kind: 'sign', raw: sign, value: sign, at };
  throw malformed(text, at, `unexpected char: '${text[at]}'`);
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function readString(text: string, at: number): Token {
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === "'") return { kind: 'string', raw: text.slice(at, i + 1), value, at };
    if (letter !== '\\') {
      value += letter;
      continue;
    }
    value += readEscape(text, i);
    i++;
  }
  throw malformed(text, at, "mismatched character '<EOF>' expecting '''");
}

function readEscape(text: string, at: number): string {
  const letter = text[at + 1] ?? '';
  if (letter === "'" || letter === '"') return letter;
  if (letter === '\\' || letter === '_' || letter === '%') return `\\${letter}`;
  const escaped = ESCAPES[letter];
  if (escaped === undefined) throw malformed(text, at, `invalid string literal: illegal escape sequence '\\${letter}'`);
  return escaped;
}

function checkDay(text: string, at: number, day: string): string {
  if (!isDay(day)) throw malformed(text, at, `invalid date: ${day}`);
  return day;
}

function instantOf(text: string, at: number, raw: string): number {
  const iso = raw.toUpperCase().replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  const instant = Date.parse(iso);
  if (!isDay(raw.slice(0, 10)) || Number.isNaN(instant)) throw malformed(text, at, `invalid dateTime: ${raw}`);
  return instant;
}
