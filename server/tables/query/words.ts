/** What the words of a SELECT may be: only listed functions and types, and nothing that calls a function without brackets. */
import { UserError } from '../../../contract/errors.ts';
import type { SqlToken } from '../../../contract/selectText.ts';
import { isKeyword, isSign } from '../../../contract/selectText.ts';
import { typePlaces } from './names.ts';
import type { SelectWriting } from './reader.ts';

type Allowed = Pick<SelectWriting, 'mayCall' | 'mayBeType'>;

const refuse = (reason: string): never => {
  throw new UserError('SQL_REFUSED', { reason });
};

const isName = (token: SqlToken | undefined): boolean => token?.kind === 'word' || token?.kind === 'name';

/** Throws UserError SQL_REFUSED. */
export function checkWords(tokens: readonly SqlToken[], { mayCall, mayBeType }: Allowed): void {
  const typed = typePlaces(tokens);
  for (const [index, token] of tokens.entries()) {
    const [before, next] = [tokens[index - 1], tokens[index + 1]];
    // A column of what is in brackets, or a function of it.
    if (isSign(token, ')') && isSign(next, '.')) refuse('a "." has no place behind a ")"');
    if (!isName(token)) continue;
    const word = token.text.toLowerCase();
    const isCall = isSign(next, '(') && !isAlias(before);
    if (isCall && !mayCall(word)) refuse(`it may not call ${token.text}`);
    if (isType(tokens, index, typed) && !mayBeType(word)) refuse(`it may not use the type ${token.text}`);
  }
}

/** `… AS t(a, b)` names columns, and `CAST(x AS numeric(10, 2))` a type. */
const isAlias = (before: SqlToken | undefined): boolean =>
  before?.kind === 'word' && before.text.toLowerCase() === 'as';

/** `x::type`, `CAST(x AS type)`, and `type 'text'`. */
function isType(tokens: readonly SqlToken[], index: number, typed: ReadonlySet<number>): boolean {
  const [before, token, next] = [tokens[index - 1], tokens[index], tokens[index + 1]];
  if (typed.has(index) || isSign(before, '::')) return true;
  return next?.kind === 'string' && !(token?.kind === 'word' && isKeyword(token.text));
}

/** Names behind a dot, in every way a database may read them. */
export function membersOf(tokens: readonly SqlToken[]): string[] {
  const members = tokens.filter((token, index) => isName(token) && isSign(tokens[index - 1], '.'));
  return [...new Set(members.flatMap(({ text }) => [text, text.toLowerCase()]))];
}
