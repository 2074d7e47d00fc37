/** Names in a SELECT, written so that both databases mean the same: exactly as the tables and columns are called. */
import type { SqlToken } from '../../../contract/selectText.ts';
import { isKeyword, isSign } from '../../../contract/selectText.ts';
import type { LocalTable } from '../local/catalogue.ts';

export interface Writing {
  quote(name: string): string;
  /** What stands for a text or a parameter. */
  value(token: SqlToken): string;
}

/** The tables whose names the statement mentions. Those that begin with "_" are Syncline's own and not among them. */
export function mentionedTables(tokens: readonly SqlToken[], tables: readonly LocalTable[]): LocalTable[] {
  const open = tables.filter(({ name }) => !name.startsWith('_'));
  const find = finder(open.map(({ name }) => name));
  const names = new Set(
    tokens.flatMap(({ kind, text }) => (kind === 'name' || kind === 'word' ? (find(kind, text) ?? []) : [])),
  );
  return open.filter(({ name }) => names.has(name));
}

/** An exact name counts first, then one that differs in upper and lower case only, if it is the only one. */
function finder(names: readonly string[]): (kind: SqlToken['kind'], text: string) => string | null {
  const exact = new Set(names);
  const folded = Map.groupBy(exact, (name) => name.toLowerCase());
  return (kind, text) => {
    if (exact.has(text)) return text;
    const [found, ...others] = kind === 'word' ? (folded.get(text.toLowerCase()) ?? []) : [];
    return found !== undefined && others.length === 0 ? found : null;
  };
}

/**
 * The statement with quoted names and without comments. A word stays as it is where it is a keyword, a function or a type.
 */
export function writeSelect(tokens: readonly SqlToken[], known: readonly string[], { quote, value }: Writing): string {
  const typed = typePlaces(tokens);
  const named = (index: number): boolean => isNamed(tokens, index, typed);
  const ofTables = finder(known);
  const ofAliases = finder(aliasesOf(tokens, named));
  const parts = tokens.map((token, index) => {
    if (token.kind === 'string' || token.kind === 'parameter') return value(token);
    if (token.kind === 'name') return quote(token.text);
    if (token.kind !== 'word' || !named(index)) return token.text;
    const found = ofTables('word', token.text) ?? ofAliases('word', token.text);
    return found === null ? token.text : quote(found);
  });
  return parts.join(' ');
}

const isWord = (token: SqlToken | undefined, text: string): boolean =>
  token?.kind === 'word' && token.text.toLowerCase() === text;

function isNamed(tokens: readonly SqlToken[], index: number, typed: ReadonlySet<number>): boolean {
  const [before, token, next] = [tokens[index - 1], tokens[index], tokens[index + 1]];
  if (typed.has(index) || isSign(before, '::') || isKeyword(token?.text ?? '')) return false;
  return !isSign(next, '(') && next?.kind !== 'string';
}

/** Names given with AS, each in its first spelling. */
function aliasesOf(tokens: readonly SqlToken[], named: (index: number) => boolean): string[] {
  const given = tokens.flatMap(({ kind, text }, index) =>
    kind === 'word' && isWord(tokens[index - 1], 'as') && named(index) ? [text] : [],
  );
  return [...Map.groupBy(given, (name) => name.toLowerCase()).values()].flatMap(([first]) => first ?? []);
}

/** Where types are named: what stands behind AS inside CAST( … ). */
export function typePlaces(tokens: readonly SqlToken[]): Set<number> {
  const places = new Set<number>();
  const open: { cast: boolean; typed: boolean }[] = [];
  for (const [index, token] of tokens.entries()) {
    const inside = open.at(-1);
    if (inside?.typed) places.add(index);
    if (isSign(token, '(')) open.push({ cast: isWord(tokens[index - 1], 'cast'), typed: false });
    else if (isSign(token, ')')) open.pop();
    else if (inside?.cast && isWord(token, 'as')) inside.typed = true;
  }
  return places;
}
