import { z } from 'zod';
import type { Endpoint, EndpointName } from '../../contract/api.ts';
import { api } from '../../contract/api.ts';

type Schema = Record<string, unknown>;

/** The whole interface as OpenAPI 3.1, made from the contract. */
export function describeApi(version: string): Record<string, unknown> {
  const schemas: Record<string, Schema> = { Error: errorSchema };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, endpoint] of Object.entries(api) as [EndpointName, Endpoint][]) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describeEndpoint(name, endpoint, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Syncline',
      version,
      description: 'Everything the editor does. Send a session cookie or an API token.',
    },
    servers: [{ url: '/api' }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token, made by an admin.' },
        session: { type: 'apiKey', in: 'cookie', name: 'syncline_session' },
      },
    },
  };
}

const errorSchema: Schema = {
  type: 'object',
  required: ['code', 'message', 'action'],
  properties: {
    code: { type: 'string' },
    message: { type: 'string', description: 'What is wrong, in one sentence.' },
    action: { type: 'string', description: 'What to do now.' },
    details: { type: 'object' },
    issues: { type: 'array', items: { type: 'object' } },
  },
};

function describeEndpoint(name: EndpointName, endpoint: Endpoint, schemas: Record<string, Schema>): Schema {
  const convert = (schema: z.ZodType, part: string, io: 'input' | 'output'): Schema =>
    toSchema(schema, `${name}_${part}`, io, schemas);
  return {
    operationId: name,
    summary: endpoint.summary,
    'x-role': endpoint.role,
    security: endpoint.role === 'public' ? [] : [{ token: [] }, { session: [] }],
    parameters: [...pathParameters(endpoint), ...queryParameters(endpoint, convert)],
    ...(endpoint.body
      ? { requestBody: { required: true, content: jsonContent(convert(endpoint.body, 'body', 'input')) } }
      : {}),
    responses: {
      200: { description: 'Done', content: replyContent(endpoint, () => convert(endpoint.reply, 'reply', 'output')) },
      default: { description: 'What went wrong', content: jsonContent({ $ref: '#/components/schemas/Error' }) },
    },
  };
}

const jsonContent = (schema: Schema) => ({ 'application/json': { schema } });

function replyContent(endpoint: Endpoint, schema: () => Schema): Record<string, unknown> {
  if (endpoint.kind === 'events') return { 'text/event-stream': { schema: { type: 'string' } } };
  if (endpoint.kind === 'file')
    return { 'text/csv': { schema: { type: 'string' } }, ...jsonContent({ type: 'array' }) };
  return jsonContent(schema());
}

function pathParameters(endpoint: Endpoint): Schema[] {
  return [...endpoint.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(
  endpoint: Endpoint,
  convert: (schema: z.ZodType, part: string, io: 'input' | 'output') => Schema,
): Schema[] {
  return Object.entries(endpoint.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    // The parsed form: on the wire everything is text.
    schema: convert(schema as z.ZodType, `query_${name}`, 'output'),
  }));
}

/** Schemas that refer to themselves bring definitions of their own: those move to the document's, under the endpoint's name. */
function toSchema(schema: z.ZodType, prefix: string, io: 'input' | 'output', schemas: Record<string, Schema>): Schema {
  const { $schema: _, $defs = {}, ...whole } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema;
  const moved = (value: unknown): unknown => moveReferences(value, prefix);
  for (const [name, definition] of Object.entries($defs as Record<string, Schema>))
    schemas[`${prefix}_${name}`] = moved(definition) as Schema;
  return moved(whole) as Schema;
}

function moveReferences(value: unknown, prefix: string): unknown {
  if (Array.isArray(value)) return value.map((item) => moveReferences(item, prefix));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', `#/components/schemas/${prefix}_`)
        : moveReferences(inner, prefix),
    ]),
  );
}
