import { describe, expect, it } from 'vitest';
import { findSchemaProblem } from './jsonSchema.ts';

const problemOf = (schema: unknown) => findSchemaProblem(JSON.stringify(schema));
const nested = (depth: number): object => (depth === 0 ? {} : { items: nested(depth - 1) });
const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, true]));

describe('a schema that a person writes', () => {
  it.each([
    [{}],
    [true],
    [{ $schema: 'https://json-schema.org/draft/2020-12/schema', type: ['object', 'null'] }],
    [{ properties: { 'a/b~c': { $ref: '#/$defs/id' } }, required: ['a/b~c'], $defs: { id: { format: 'uuid' } } }],
    [{ properties: { id: { type: 'string' }, again: { $ref: '#/properties/id' } } }],
    [{ properties: { a: { $ref: '#' } } }],
    [JSON.parse('{"if":{"const":1},"then":{"enum":[1]},"else":{"not":{"minimum":0.5,"multipleOf":0.1}}}')],
    [{ type: 'string', pattern: '^[\\p{Lu}(?=]{1,20}\\\\1é$', minLength: 1 }],
    [{ patternProperties: { '^(a+)+$': { prefixItems: [{}, {}], items: false } }, additionalProperties: false }],
    [{ dependentRequired: { a: ['b'] }, dependentSchemas: { a: {} }, title: 'T', examples: [1], default: 2 }],
  ])('may be %j', (schema) => expect(problemOf(schema)).toBeNull());

  it.each([
    ['', '', 'write a schema; {} takes everything'],
    ['{"type":', '', /^it is not JSON: ./],
    ['[]', '', 'must be a schema: an object, true or false'],
    ['{"type":"text"}', '/type', /^must be one or several of "string", "number"/],
    ['{"type":[]}', '/type', /^must be one or several/],
    ['{"required":["a","a"]}', '/required', 'must be a list of texts, none twice'],
    ['{"properties":{"a/b":{"minLength":-1}}}', '/properties/a~1b/minLength', 'must be a whole number from 0'],
    ['{"properties":[]}', '/properties', 'must be an object of schemas by name'],
    ['{"items":[{}]}', '/items', 'must be a schema: an object, true or false'],
    ['{"anyOf":[]}', '/anyOf', 'must be a list of schemas, not empty'],
    ['{"anyOf":[{},{"enum":[]}]}', '/anyOf/1/enum', 'must be a list of values, not empty'],
    ['{"propertys":{}}', '/propertys', 'is no word of JSON schema that is known here'],
    ['{"$id":"https://a.example/s"}', '/$id', 'is no word of JSON schema that is known here'],
    ['{"format":"regex"}', '/format', /^must be one of "date", "time"/],
    ['{"multipleOf":0}', '/multipleOf', 'must be a number above 0'],
    ['{"uniqueItems":1}', '/uniqueItems', 'must be true or false'],
    ['{"dependentRequired":{"a":"b"}}', '/dependentRequired/a', 'must be a list of texts, none twice'],
    ['{"$schema":"http://json-schema.org/draft-04/schema#"}', '/$schema', /^must be that of draft/],
    ['{"__proto__":{"type":"x"}}', '/__proto__', 'is no word of JSON schema that is known here'],
    ['{"constructor":{}}', '/constructor', 'is no word of JSON schema that is known here'],
  ])('says where it is wrong: %s', (text, pointer, reason) => {
    const problem = findSchemaProblem(text);
    expect(problem?.pointer).toBe(pointer);
    expect(problem?.reason).toMatch(reason);
  });

  it.each([
    ['https://a.example/s.json', 'may only point into the same schema, as "#/$defs/name"'],
    ['file:///etc/passwd', 'may only point into the same schema, as "#/$defs/name"'],
    ['other.json#/a', 'may only point into the same schema, as "#/$defs/name"'],
    ['#anchor', 'may only point into the same schema, as "#/$defs/name"'],
    ['#/$defs/gone', 'points to no schema'],
    ['#/%', 'points to no schema'],
    ['#/$defs', 'points to no schema'],
    ['#/$defs/a', 'leads back to itself'],
  ])('reaches nothing but itself: %s', (reference, reason) => {
    const schema = {
      properties: { x: { $ref: reference } },
      $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } },
    };
    expect(problemOf(schema)).toEqual({ pointer: '/properties/x/$ref', reason });
  });

  it.each([
    ['(', 'is no regular expression'],
    ['(?=a)b', 'may not look ahead or behind'],
    ['(?<!a)b', 'may not look ahead or behind'],
    ['(a)\\1', 'may not refer back to a group'],
    ['(?<n>a)\\k<n>', 'may not refer back to a group'],
    ['\\p{Script=Greek}', 'knows no class of characters "Script=Greek", only such as L, Lu or Nd'],
    ['a{1001}', 'may repeat at most 1000 times'],
    ['a'.repeat(1_001), 'is longer than 1000 characters'],
  ])('has patterns that can be matched in linear time only: not %s', (pattern, reason) => {
    expect(problemOf({ properties: { a: { pattern } } })).toEqual({ pointer: '/properties/a/pattern', reason });
    expect(problemOf({ patternProperties: { [pattern]: true } })?.reason).toBe(reason);
  });

  it('has bounds: its size, its depth, the number of its parts', () => {
    expect(problemOf({ title: 'x'.repeat(64_000) })?.reason).toBe('it is longer than 64000 characters');
    expect(problemOf(nested(32))).toBeNull();
    expect(problemOf(nested(33))?.reason).toBe('is nested more than 32 times');
    expect(problemOf({ properties: names(1_999) })).toBeNull();
    expect(problemOf({ properties: names(2_000) })?.reason).toBe('is one of more than 2000 schemas in each other');
  });
});
