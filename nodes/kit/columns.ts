/** Questions about the columns that arrive, asked while drawing. */
import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import type { CheckScope, InputColumns } from '../../contract/node.ts';
import type { Column, Json } from '../../contract/types.ts';
import { canonicalJson } from '../../contract/types.ts';

/**
 * The columns that travel through a node which takes one arrival at a time. Arrivals that are not known yet (a loop back)
 * are passed over; null when none is known or when they differ.
 */
export function passedColumns(inputs: readonly InputColumns[]): Column[] | null {
  const known = inputs.flatMap((input) => (input.columns ? [input.columns] : []));
  const [first] = known;
  if (!first) return null;
  const text = canonicalJson(first as unknown as Json);
  return known.every((columns) => canonicalJson(columns as unknown as Json) === text) ? first : null;
}

/** COLUMN_UNKNOWN at `path` unless every known arrival has the column; an empty name is the schema's business. */
export function columnIssues(scope: CheckScope, column: string, path: string): Issue[] {
  const missing = scope.inputs.some((input) => input.columns && !input.columns.some((one) => one.name === column));
  return column !== '' && missing ? [makeIssue('COLUMN_UNKNOWN', { column }, { nodeId: scope.node.id, path })] : [];
}

/** CONFIG_INVALID at `path`, for what a schema alone cannot know. */
export function configIssue(
  scope: CheckScope,
  path: string,
  reason: string,
  severity: Issue['severity'] = 'error',
): Issue {
  return makeIssue('CONFIG_INVALID', { field: path, reason }, { nodeId: scope.node.id, path }, severity);
}

/** `base`, or `base` behind underscores until no column is called so. */
export function freshName(base: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  let name = base;
  while (names.has(name)) name = `_${name}`;
  return name;
}
