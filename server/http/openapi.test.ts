import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Endpoint } from '../../contract/api.ts';
import { api } from '../../contract/api.ts';
import { renderDocs } from './docsPage.ts';
import { describeApi } from './openapi.ts';

/** What OpenAPI 3.1 asks of a document, as far as ours uses it. */
const schema = z.union([z.boolean(), z.record(z.string(), z.unknown())]);
const content = z.record(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/), z.strictObject({ schema }));
const parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['path', 'query']),
  required: z.boolean(),
  schema,
});
const operation = z.strictObject({
  operationId: z.string().min(1),
  summary: z.string().min(1),
  'x-role': z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameter),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z.record(z.string().regex(/^([1-5]\d\d|default)$/), z.strictObject({ description: z.string(), content })),
});
const documentSchema = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.strictObject({ url: z.string() })),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(['get', 'post', 'put', 'delete']), operation)),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[\w.-]+$/), schema),
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.enum(['http', 'apiKey']) })),
  }),
});

const document = JSON.parse(JSON.stringify(describeApi('1.2.3'))) as z.output<typeof documentSchema>;

/** Calls back with every value of a key, at any depth. */
function visit(value: unknown, key: string, found: (value: unknown) => void): void {
  if (value === null || typeof value !== 'object') return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === key) found(inner);
    visit(inner, key, found);
  }
}

describe('the OpenAPI document', () => {
  it('has the shape that OpenAPI 3.1 asks for', () => {
    expect(() => documentSchema.parse(document)).not.toThrow();
  });

  it('names every endpoint once, with its role', () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations.map((one) => one.operationId).sort()).toEqual(Object.keys(api).sort());
    for (const one of operations) expect(one['x-role']).toBe(api[one.operationId as keyof typeof api].role);
  });

  it('declares every parameter of its paths, and no other', () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const one of Object.values(operations)) {
        const declared = one.parameters.filter((candidate) => candidate.in === 'path');
        expect(declared.map((candidate) => candidate.name)).toEqual(inPath);
        expect(declared.every((candidate) => candidate.required)).toBe(true);
      }
    }
  });

  it('has bodies and queries where the contract has them', () => {
    for (const [name, endpoint] of Object.entries(api) as [string, Endpoint][]) {
      const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
      const one = document.paths[path]?.[endpoint.method.toLowerCase() as 'get'];
      expect(one?.requestBody !== undefined, name).toBe(endpoint.body !== undefined);
      const query = one?.parameters.filter((candidate) => candidate.in === 'query').map((candidate) => candidate.name);
      expect(query, name).toEqual(Object.keys(endpoint.query?.shape ?? {}));
    }
  });

  it('refers only to what it holds', () => {
    const references: unknown[] = [];
    visit(document, '$ref', (value) => references.push(value));
    expect(references.length).toBeGreaterThan(0);
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    for (const reference of references) expect(known).toContain(reference);
    visit(document, '$defs', () => expect.unreachable('definitions are in components'));
  });

  it('has schemas that can be read as JSON schema', () => {
    const $defs = JSON.parse(
      JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
    );
    let read = 0;
    visit(document.paths, 'schema', (value) => {
      const one = JSON.parse(JSON.stringify(value).replaceAll('#/components/schemas/', '#/$defs/'));
      expect(() => z.fromJSONSchema({ ...one, $defs })).not.toThrow();
      read += 1;
    });
    expect(read).toBeGreaterThan(Object.keys(api).length);
  });

  it('describes a body well enough to tell a right one from a wrong one', () => {
    const body = document.paths['/tokens']?.post?.requestBody?.content['application/json']?.schema;
    const described = z.fromJSONSchema(body as Parameters<typeof z.fromJSONSchema>[0]);
    const token = { label: 'CI', role: 'editor' };
    expect(described.safeParse(token).success).toBe(true);
    expect(described.safeParse({ ...token, role: 'king' }).success).toBe(false);
    expect(described.safeParse({ role: 'editor' }).success).toBe(false);
  });
});

describe('the page of the interface', () => {
  const page = renderDocs(document);

  it('has every endpoint, runs nothing and loads nothing from elsewhere', () => {
    for (const name of Object.keys(api)) expect(page).toContain(`id="${name}"`);
    expect(page).not.toMatch(/<script|<img|src=|href="(?!\/)|https?:\/\/(?!json-schema\.org)/);
  });
});
