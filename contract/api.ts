/**
 * Every endpoint once, by subject in `api/`: method, path, role, request and reply. From this come the server's validation,
 * the editor's typed client and the OpenAPI page; a test calls all of them with every role.
 */
import type { z } from 'zod';
import { accessEndpoints } from './api/access.ts';
import { alarmsEndpoints } from './api/alarms.ts';
import { connectionsEndpoints } from './api/connections.ts';
import { exportsEndpoints } from './api/exports.ts';
import { keepingEndpoints } from './api/keeping.ts';
import { localDataEndpoints } from './api/localData.ts';
import { optionsEndpoints } from './api/options.ts';
import { runsEndpoints } from './api/runs.ts';
import { workflowsEndpoints } from './api/workflows.ts';

export { type Endpoint, mayAct, type Role, roles } from './api/endpoint.ts';
export { rowsQuerySchema } from './api/rows.ts';

export const api = {
  ...accessEndpoints,
  ...workflowsEndpoints,
  ...runsEndpoints,
  ...exportsEndpoints,
  ...optionsEndpoints,
  ...connectionsEndpoints,
  ...alarmsEndpoints,
  ...keepingEndpoints,
  ...localDataEndpoints,
};

export type Api = typeof api;
export type EndpointName = keyof Api;
export type Reply<N extends EndpointName> = z.infer<Api[N]['reply']>;
export type Body<N extends EndpointName> = Api[N] extends { body: z.ZodType } ? z.input<Api[N]['body']> : undefined;
export type Query<N extends EndpointName> = Api[N] extends { query: z.ZodType } ? z.input<Api[N]['query']> : undefined;

/** "/workflows/:workflow/runs" → "/workflows/contacts/runs"; values are percent-encoded. */
export function endpointPath(path: string, params: Record<string, string> = {}): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}
