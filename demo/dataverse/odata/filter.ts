import { malformed } from '../errors.ts';
import { type Literal, type Token, tokenise } from './lexer.ts';

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

export type Operand = { kind: 'path'; path: string[] } | { kind: 'literal'; literal: Literal };

export type Filter =
  | { kind: 'and' | 'or'; items: Filter[] }
  | { kind: 'not'; item: Filter }
  | { kind: 'compare'; operator: Comparison; left: Operand; right: Operand }
  | { kind: 'text'; name: 'contains' | 'startswith' | 'endswith'; path: string[]; value: string }
  | { kind: 'function'; name: string; parameters: Record<string, Literal> }
  | { kind: 'lambda'; name: 'any' | 'all'; path: string[]; variable: string; item: Filter | null };

const COMPARISONS = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const TEXTS = new Set(['contains', 'startswith', 'endswith']);
const PREFIX = 'Microsoft.Dynamics.CRM.';

/** Reads `$filter`. Parameters such as `@p1` stand for what the query gives them. */
export function parseFilter(text: string, query: ReadonlyMap<string, string>): Filter {
  return new Parser(text, query).parse();
}

class Parser {
  private readonly text: string;
  private readonly tokens: Token[];
  private readonly query: ReadonlyMap<string, string>;
  private at = 0;

  constructor(text: string, query: ReadonlyMap<string, string>) {
    this.text = text;
    this.query = query;
    this.tokens = tokenise(text);
  }

  parse(): Filter {
    const filter = this.any();
    if (this.at < this.tokens.length) throw this.wrong();
    return filter;
  }

  private any(): Filter {
    return this.row('or', () => this.row('and', () => this.one()));
  }

  private row(kind: 'and' | 'or', item: () => Filter): Filter {
    const items = [item()];
    while (this.takesName(kind)) items.push(item());
    return items.length === 1 ? items[0]! : { kind, items };
  }

  private one(): Filter {
    if (this.takesName('not')) return { kind: 'not', item: this.one() };
    if (this.takesSign('(')) {
      const inner = this.any();
      this.demandSign(')');
      return inner;
    }
    const token = this.next();
    if (token.kind === 'name' && this.takesSign('(')) return this.call(token.text);
    const left = this.operand(token);
    const operator = this.next();
    if (operator.kind !== 'name' || !COMPARISONS.has(operator.text)) throw this.wrong();
    return { kind: 'compare', operator: operator.text as Comparison, left, right: this.operand(this.next()) };
  }

  private call(name: string): Filter {
    if (TEXTS.has(name)) return this.textCall(name as 'contains');
    if (name.startsWith(PREFIX))
      return { kind: 'function', name: name.slice(PREFIX.length), parameters: this.parameters() };
    const path = name.split('/');
    const last = path.pop();
    if (last === 'any' || last === 'all') return this.lambda(last, path);
    throw malformed(
      `An unknown function with name '${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
    );
  }

  private textCall(name: 'contains' | 'startswith' | 'endswith'): Filter {
    const path = this.operand(this.next());
    this.demandSign(',');
    const value = this.operand(this.next());
    this.demandSign(')');
    if (path.kind !== 'path' || value.kind !== 'literal' || value.literal.type !== 'string')
      throw malformed(`No function signature for the function with name '${name}' matches the specified arguments.`);
    return { kind: 'text', name, path: path.path, value: value.literal.value };
  }

  private parameters(): Record<string, Literal> {
    const parameters: Record<string, Literal> = {};
    while (!this.takesSign(')')) {
      const name = this.next();
      if (name.kind !== 'name') throw this.wrong();
      this.demandSign('=');
      parameters[name.text] = this.literal(this.next());
      this.takesSign(',');
    }
    return parameters;
  }

  private lambda(name: 'any' | 'all', path: string[]): Filter {
    if (this.takesSign(')')) return { kind: 'lambda', name, path, variable: '', item: null };
    const variable = this.next();
    if (variable.kind !== 'name') throw this.wrong();
    this.demandSign(':');
    const item = this.any();
    this.demandSign(')');
    return { kind: 'lambda', name, path, variable: variable.text, item };
  }

  private operand(token: Token): Operand {
    if (token.kind === 'name' && !token.text.startsWith('@')) return { kind: 'path', path: token.text.split('/') };
    return { kind: 'literal', literal: this.literal(token) };
  }

  private literal(token: Token): Literal {
    if (token.kind === 'literal') return token.literal;
    const given = token.kind === 'name' ? this.query.get(token.text) : undefined;
    const [only, ...more] = given === undefined ? [] : tokenise(given);
    if (only?.kind !== 'literal' || more.length > 0) throw this.wrong();
    return only.literal;
  }

  private next(): Token {
    const token = this.tokens[this.at++];
    if (token === undefined) throw malformed(`Syntax error at position ${this.text.length} in '${this.text}'.`);
    return token;
  }

  private takesName(text: string): boolean {
    return this.takes('name', text);
  }

  private takesSign(text: string): boolean {
    return this.takes('sign', text);
  }

  private takes(kind: 'name' | 'sign', text: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== kind || token.text !== text) return false;
    this.at++;
    return true;
  }

  private demandSign(text: string): void {
    if (!this.takesSign(text))
      throw malformed(
        `Expression expected at position ${this.tokens[this.at]?.at ?? this.text.length} in '${this.text}'.`,
      );
  }

  private wrong(): Error {
    const at = this.tokens[this.at - 1]?.at ?? this.text.length;
    return malformed(`Syntax error at position ${at} in '${this.text}'.`);
  }
}
