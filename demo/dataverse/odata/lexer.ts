import { malformed } from '../errors.ts';

export type Literal =
  | { type: 'string'; value: string }
  | { type: 'number'; value: number }
  | { type: 'boolean'; value: boolean }
  | { type: 'null'; value: null }
  | { type: 'guid'; value: string }
  | { type: 'date'; value: string }
  | { type: 'instant'; value: string }
  | { type: 'enum'; value: string }
  | { type: 'list'; value: (string | number)[] };

export type Token = { at: number } & ({ kind: 'literal'; literal: Literal } | { kind: 'name' | 'sign'; text: string });

const PATTERNS: [RegExp, (text: string) => Literal | null][] = [
  [
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iy,
    (text) => ({ type: 'guid', value: text.toLowerCase() }),
  ],
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})/iy, (text) => ({ type: 'instant', value: text })],
  [/\d{4}-\d{2}-\d{2}(?!\d)/y, (text) => ({ type: 'date', value: text })],
  [/-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[mdfl]?(?![\w.])/iy, (text) => ({ type: 'number', value: Number.parseFloat(text) })],
  [/Microsoft\.Dynamics\.CRM\.\w+'[^']*'/y, (text) => ({ type: 'enum', value: text.split("'")[1] ?? '' })],
];

/** Splits a filter. Throws the error of a text that ends within a literal. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === ' ') at++;
    else at = readToken(text, at, tokens);
  }
  return tokens;
}

function readToken(text: string, at: number, tokens: Token[]): number {
  if (text[at] === "'") return readString(text, at, tokens);
  if (text[at] === '[') return readList(text, at, tokens);
  for (const [pattern, make] of PATTERNS) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    const literal = found === undefined ? null : make(found);
    if (found === undefined || literal === null) continue;
    tokens.push({ kind: 'literal', literal, at });
    return at + found.length;
  }
  const name = /[@$\p{L}_][\p{L}\p{N}_.]*(\/[$\p{L}_][\p{L}\p{N}_.]*)*/uy;
  name.lastIndex = at;
  const found = name.exec(text)?.[0];
  if (found !== undefined) {
    tokens.push(wordToken(found, at));
    return at + found.length;
  }
  if (!'(),:='.includes(text[at] ?? ''))
    throw malformed(`Syntax error: character '${text[at]}' is not valid at position ${at} in '${text}'.`);
  tokens.push({ kind: 'sign', text: text[at] ?? '', at });
  return at + 1;
}

function wordToken(text: string, at: number): Token {
  if (text === 'null') return { kind: 'literal', literal: { type: 'null', value: null }, at };
  if (text === 'true' || text === 'false')
    return { kind: 'literal', literal: { type: 'boolean', value: text === 'true' }, at };
  return { kind: 'name', text, at };
}

function readString(text: string, at: number, tokens: Token[]): number {
  const pattern = /'((?:[^']|'')*)'/y;
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (!found) throw malformed(`There is an unterminated literal at position ${text.length} in '${text}'.`);
  tokens.push({ kind: 'literal', literal: { type: 'string', value: (found[1] ?? '').replaceAll("''", "'") }, at });
  return at + found[0].length;
}

/** Values of a query function: JSON, or texts in single quotes without one in them. */
function readList(text: string, at: number, tokens: Token[]): number {
  const pattern = /\[(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\]"'])*\]/y;
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  const value = found === undefined ? null : parseList(found);
  if (found === undefined || value === null)
    throw malformed(
      "Invalid JSON. A comma character ',' was expected in scope 'Array'. Every two elements in an array and properties of an object must be separated by commas.",
    );
  tokens.push({ kind: 'literal', literal: { type: 'list', value }, at });
  return at + found.length;
}

function parseList(text: string): (string | number)[] | null {
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|'([^']*)'/g, (whole, inner?: string) =>
    inner === undefined ? whole : JSON.stringify(inner),
  );
  try {
    return JSON.parse(quoted) as (string | number)[];
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
