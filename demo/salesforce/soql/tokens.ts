import type { ApiError } from '../errors.ts';
import type { Path } from './ast.ts';
import { malformed } from './errors.ts';
import { type Token, type TokenKind, tokenise } from './lexer.ts';

/** Words that end a list of names, so they cannot be one. */
const RESERVED = new Set(['AND', 'OR', 'NOT', 'FROM', 'WHERE', 'ORDER', 'LIMIT', 'OFFSET', 'SELECT', 'IN', 'LIKE']);

/** Reads the tokens of a query one after another. */
export class Tokens {
  readonly text: string;
  private readonly tokens: Token[];
  /** Index of the next token; set it back to read again. */
  position = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = tokenise(text);
  }

  get next(): Token {
    return this.tokens[this.position]!;
  }

  /** The token after the next. */
  get afterNext(): Token {
    return this.tokens[Math.min(this.position + 1, this.tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.position++;
    return token;
  }

  isWord(word: string): boolean {
    return this.next.kind === 'name' && this.next.raw.toUpperCase() === word;
  }

  isSign(sign: string): boolean {
    return this.next.kind === 'sign' && this.next.raw === sign;
  }

  /** Takes the word if it is next. */
  skipWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.position++;
    return true;
  }

  skipSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.position++;
    return true;
  }

  expectWord(word: string): Token {
    if (!this.isWord(word)) throw this.unexpected();
    return this.take();
  }

  expectSign(sign: string): Token {
    if (!this.isSign(sign)) throw this.unexpected();
    return this.take();
  }

  expectKind(kind: TokenKind): Token {
    if (this.next.kind !== kind) throw this.unexpected();
    return this.take();
  }

  /** A dotted name. */
  expectPath(): Path {
    const first = this.expectName();
    const parts = [first.raw];
    while (this.skipSign('.')) parts.push(this.expectKind('name').raw);
    return { parts, at: first.at };
  }

  expectName(): Token {
    if (this.next.kind === 'name' && RESERVED.has(this.next.raw.toUpperCase())) throw this.unexpected();
    return this.expectKind('name');
  }

  expectCount(): number {
    const token = this.expectKind('number');
    if (!/^\d+$/.test(token.raw)) throw this.unexpected(token);
    return Number(token.value);
  }

  unexpected(token: Token = this.next): ApiError {
    return malformed(this.text, token.at, `unexpected token: '${token.raw}'`);
  }

  unsupported(what: string): ApiError {
    return malformed(this.text, this.next.at, `${what} is not supported by this demo organisation`);
  }
}
