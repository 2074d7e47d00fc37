import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import type { Capability } from '../../contract/form.ts';
import type { CheckScope } from '../../contract/node.ts';

/** CONNECTION_MISSING or CONNECTION_KIND at `path`, where it is known; a name that is not given yet is the schema's business. */
export function connectionIssues(scope: CheckScope, name: string, path: string, capability: Capability): Issue[] {
  if (scope.connections === null || name === '') return [];
  const found = scope.connections.find((connection) => connection.name === name);
  const place = { nodeId: scope.node.id, path };
  if (!found) return [makeIssue('CONNECTION_MISSING', { name }, place)];
  return found.capabilities.includes(capability)
    ? []
    : [makeIssue('CONNECTION_KIND', { name, kind: found.kind }, place)];
}
