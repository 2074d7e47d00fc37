/**
 * A SELECT that a person wrote, read as far as is needed to run it between others: that it is one statement and no more,
 * which parameters and names it mentions. What it means is the database's business.
 */

export type SqlToken = {
  /** `word`: a name or keyword as it was typed; `name`: one in double quotes; `parameter`: `:name`. */
  kind: 'word' | 'name' | 'string' | 'number' | 'parameter' | 'sign';
  /** Without quotes and without the colon. */
  text: string;
  /** Place in the statement. */
  from: number;
  to: number;
};

export type ReadSelect = { ok: true; tokens: SqlToken[] } | { ok: false; reason: string };

const patterns: [SqlToken['kind'] | 'nothing', RegExp][] = [
  ['nothing', /(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)+/y],
  ['string', /'(?:[^']|'')*'/y],
  ['name', /"(?:[^"]|"")+"/y],
  ['parameter', /:[A-Za-z_]\w*/y],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['sign', /::|\|\||->>|->|<=|>=|<>|!=|==|[-+*/%<>=(),.;&|~#^!]/y],
];

/** What would be another thing in the other database, or in the next version of one. */
const foreign: Record<string, string> = {
  '?': 'write parameters as :name',
  $: 'write parameters as :name, and texts in single quotes',
  '@': 'write parameters as :name',
  '[': 'write names in double quotes',
  '`': 'write names in double quotes',
  "'": 'a text in single quotes does not end',
  '"': 'a name in double quotes does not end',
};

function nextToken(
  sql: string,
  from: number,
): (Omit<SqlToken, 'kind'> & { kind: SqlToken['kind'] | 'nothing' }) | null {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = from;
    const found = pattern.exec(sql)?.[0];
    if (found !== undefined) return { kind, text: bareText(kind, found), from, to: from + found.length };
  }
  return null;
}

function bareText(kind: SqlToken['kind'] | 'nothing', found: string): string {
  if (kind === 'string') return found.slice(1, -1).replaceAll("''", "'");
  if (kind === 'name') return found.slice(1, -1).replaceAll('""', '"');
  return kind === 'parameter' ? found.slice(1) : found;
}

/** One SELECT (a `;` may end it), or half a sentence that says why it is none. Comments are passed over. */
export function readSelect(sql: string): ReadSelect {
  // Whoever reads a statement as a text of C would see another one, which ends there.
  if (sql.includes('\0')) return { ok: false, reason: 'a character with the code 0 has no place here' };
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length; ) {
    const token = nextToken(sql, at);
    if (!token) return { ok: false, reason: foreign[sql[at] ?? ''] ?? `"${sql.slice(at, at + 2)}" has no place here` };
    if (token.kind !== 'nothing') tokens.push({ ...token, kind: token.kind });
    at = token.to;
  }
  if (tokens.at(-1)?.text === ';' && tokens.at(-1)?.kind === 'sign') tokens.pop();
  const reason = problemOf(tokens);
  return reason === null ? { ok: true, tokens } : { ok: false, reason };
}

function problemOf(tokens: readonly SqlToken[]): string | null {
  const [first] = tokens;
  if (!first) return 'write a SELECT';
  if (first.kind !== 'word' || !/^(select|with)$/i.test(first.text)) return 'begin with SELECT (or with WITH … SELECT)';
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (isSign(token, ';')) return 'write one statement only, without ";" inside';
    if (isSign(token, '(')) depth += 1;
    if (isSign(token, ')')) depth -= 1;
    if (depth < 0) return 'a ")" has no "("';
    const next = tokens[index + 1];
    if (token.kind === 'word' && next?.kind === 'string' && next.from === token.to)
      return `write the text '${next.text.slice(0, 20)}' without "${token.text}" in front`;
  }
  return depth > 0 ? 'a "(" has no ")"' : null;
}

export const isSign = (token: SqlToken | undefined, text: string): boolean =>
  token?.kind === 'sign' && token.text === text;

/** Names of the parameters, each once, in the order they appear. */
export const selectParameters = (tokens: readonly SqlToken[]): string[] => [
  ...new Set(tokens.flatMap((token) => (token.kind === 'parameter' ? [token.text] : []))),
];

/** Words that are never the name of a table or column, unless in double quotes. */
const keywords = new Set(
  `all and any as asc between by case cast collate cross current_date current_time current_timestamp desc distinct else
  end escape except exists false filter first from full glob group having ilike in inner intersect interval is isnull join
  lateral last left like limit materialized natural not notnull null nulls offset on or order outer over partition range
  recursive right rows select similar some then true union using values when where window with within`.split(/\s+/),
);
export const isKeyword = (word: string): boolean => keywords.has(word.toLowerCase());
