/**
 * JSON schemas that people write, checked while they draw: what is said is where it is wrong. The words of draft 2020-12 that
 * judge one event by itself are taken; a schema reaches nothing outside itself, and its patterns can be matched in linear time.
 */
import { patternProblem } from './linearPattern.ts';

export interface SchemaProblem {
  /** JSON pointer of the place in the schema; '' is the whole. */
  pointer: string;
  /** Half a sentence. */
  reason: string;
}

const mostCharacters = 64_000;
const deepest = 32;
const mostSchemas = 2_000;

/** Those that an event is checked for. */
export const schemaFormats = [
  ...['date', 'time', 'date-time', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uuid'],
] as const satisfies string[];

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/** null: the text is a schema that an event can be checked against. */
export function findSchemaProblem(text: string): SchemaProblem | null {
  if (text.trim() === '') return { pointer: '', reason: 'write a schema; {} takes everything' };
  if (text.length > mostCharacters) return { pointer: '', reason: `it is longer than ${mostCharacters} characters` };
  const parsed = parse(text);
  if (parsed.problem) return parsed.problem;
  const walk = new Walk();
  walk.schema(parsed.value, '', 0);
  return walk.problem ?? walk.findLostReference();
}

function parse(text: string): { value: unknown; problem: SchemaProblem | null } {
  try {
    return { value: JSON.parse(text), problem: null };
  } catch (error) {
    return { value: null, problem: { pointer: '', reason: `it is not JSON: ${(error as SyntaxError).message}` } };
  }
}

type Rule = (walk: Walk, value: unknown, pointer: string, depth: number) => void;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const must =
  (holds: (value: unknown) => boolean, reason: string): Rule =>
  (walk, value, pointer) => {
    if (!holds(value)) walk.report(pointer, reason);
  };

const textList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') && new Set(value).size === value.length;

const text = must((value) => typeof value === 'string', 'must be a text');
const flag = must((value) => typeof value === 'boolean', 'must be true or false');
const number = must((value) => typeof value === 'number', 'must be a number');
const size = must((value) => Number.isSafeInteger(value) && Number(value) >= 0, 'must be a whole number from 0');
const names = must(textList, 'must be a list of texts, none twice');
const one: Rule = (walk, value, pointer, depth) => walk.schema(value, pointer, depth + 1);

const list: Rule = (walk, value, pointer, depth) => {
  if (!Array.isArray(value) || value.length === 0) return walk.report(pointer, 'must be a list of schemas, not empty');
  for (const [index, inner] of value.entries()) walk.schema(inner, `${pointer}/${index}`, depth + 1);
};

const byName: Rule = (walk, value, pointer, depth) => {
  if (!isObject(value)) return walk.report(pointer, 'must be an object of schemas by name');
  for (const [name, inner] of Object.entries(value)) walk.schema(inner, `${pointer}/${escapeName(name)}`, depth + 1);
};

const byPattern: Rule = (walk, value, pointer, depth) => {
  for (const name of isObject(value) ? Object.keys(value) : [])
    pattern(walk, name, `${pointer}/${escapeName(name)}`, depth);
  byName(walk, value, pointer, depth);
};

const pattern: Rule = (walk, value, pointer) => {
  if (typeof value !== 'string') return walk.report(pointer, 'must be a text');
  const reason = patternProblem(value);
  if (reason !== null) walk.report(pointer, reason);
};

const namesByName: Rule = (walk, value, pointer, depth) => {
  if (!isObject(value)) return walk.report(pointer, 'must be an object of lists of names');
  for (const [name, inner] of Object.entries(value)) names(walk, inner, `${pointer}/${escapeName(name)}`, depth);
};

const oneOf = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(', ');
const isType = (value: unknown): boolean => typeof value === 'string' && types.includes(value);

const reference: Rule = (walk, value, pointer) => {
  if (typeof value !== 'string' || !/^#(\/|$)/.test(value))
    return walk.report(pointer, 'may only point into the same schema, as "#/$defs/name"');
  walk.references.push({ pointer, target: readReference(value) });
};

const isDraft = (value: unknown): boolean =>
  /^https?:\/\/json-schema\.org\/(draft\/2020-12|draft\/2019-09|draft-07)\/schema#?$/.test(String(value));
const isTypes = (value: unknown): boolean =>
  isType(value) || (textList(value) && value.length > 0 && value.every(isType));

const words = (rule: Rule, ...known: string[]): (readonly [string, Rule])[] => known.map((word) => [word, rule]);

const rules: ReadonlyMap<string, Rule> = new Map([
  ...words(must(isDraft, 'must be that of draft 2020-12, 2019-09 or 7'), '$schema'),
  ...words(reference, '$ref'),
  ...words(must(isTypes, `must be one or several of ${oneOf(types)}`), 'type'),
  ...words(
    must((value) => Array.isArray(value) && value.length > 0, 'must be a list of values, not empty'),
    'enum',
  ),
  ...words(
    must((value) => typeof value === 'number' && value > 0, 'must be a number above 0'),
    'multipleOf',
  ),
  ...words(
    must((value) => schemaFormats.some((known) => known === value), `must be one of ${oneOf(schemaFormats)}`),
    'format',
  ),
  ...words(pattern, 'pattern'),
  ...words(number, 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'),
  ...words(size, 'maxLength', 'minLength', 'maxItems', 'minItems', 'minContains', 'maxContains'),
  ...words(size, 'maxProperties', 'minProperties'),
  ...words(names, 'required'),
  ...words(namesByName, 'dependentRequired'),
  ...words(one, 'items', 'contains', 'additionalProperties', 'propertyNames', 'not', 'if', 'then', 'else'),
  ...words(list, 'prefixItems', 'allOf', 'anyOf', 'oneOf'),
  ...words(byName, 'properties', 'dependentSchemas', '$defs', 'definitions'),
  ...words(byPattern, 'patternProperties'),
  ...words(flag, 'uniqueItems', 'deprecated', 'readOnly', 'writeOnly'),
  ...words(text, 'title', 'description', '$comment'),
  ...words(must(Array.isArray, 'must be a list'), 'examples'),
  ...words(() => undefined, 'const', 'default'),
]);

class Walk {
  /** The first one. */
  problem: SchemaProblem | null = null;
  readonly references: { pointer: string; target: string }[] = [];
  /** Pointers of all schemas, with the place that each refers to by itself. */
  readonly #schemas = new Map<string, string | null>();

  report(pointer: string, reason: string): void {
    this.problem ??= { pointer, reason };
  }

  schema(value: unknown, pointer: string, depth: number): void {
    if (this.problem) return;
    const reason = this.#refusal(value, depth);
    if (reason !== null) this.report(pointer, reason);
    else this.#look(value as boolean | Record<string, unknown>, pointer, depth);
  }

  #refusal(value: unknown, depth: number): string | null {
    if (depth > deepest) return `is nested more than ${deepest} times`;
    if (this.#schemas.size >= mostSchemas) return `is one of more than ${mostSchemas} schemas in each other`;
    return typeof value === 'boolean' || isObject(value) ? null : 'must be a schema: an object, true or false';
  }

  #look(schema: boolean | Record<string, unknown>, pointer: string, depth: number): void {
    const { $ref = null } = typeof schema === 'boolean' ? {} : schema;
    this.#schemas.set(pointer, typeof $ref === 'string' ? readReference($ref) : null);
    for (const [word, inner] of Object.entries(schema)) {
      const place = `${pointer}/${escapeName(word)}`;
      const rule = rules.get(word);
      if (rule) rule(this, inner, place, depth);
      else this.report(place, 'is no word of JSON schema that is known here');
    }
  }

  /** One that points to no schema, or back to itself: neither could be checked. */
  findLostReference(): SchemaProblem | null {
    for (const { pointer, target } of this.references) {
      if (!this.#schemas.has(target)) return { pointer, reason: 'points to no schema' };
      const seen = new Set<string>();
      for (let at: string | null | undefined = target; at !== null && at !== undefined; at = this.#schemas.get(at)) {
        if (seen.has(at)) return { pointer, reason: 'leads back to itself' };
        seen.add(at);
      }
    }
    return null;
  }
}

/** A name as a part of a JSON pointer. */
const escapeName = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function readReference(reference: string): string {
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    // No pointer has such a place.
    return reference;
  }
}
