import { readFile } from 'node:fs/promises';
import { checkWorkflow, parseWorkflow } from '../contract/check.ts';
import type { Issue } from '../contract/errors.ts';
import { UserError } from '../contract/errors.ts';
import type { CheckScope, NodeCatalog } from '../contract/node.ts';
import type { Workflow } from '../contract/workflow.ts';

export interface CheckedFile {
  /** null when the file is not a workflow at all. */
  workflow: Workflow | null;
  issues: Issue[];
}

/** Throws UserError FILE_UNREADABLE. */
export async function readWorkflowFile(
  file: string,
  catalog: NodeCatalog,
  connections: CheckScope['connections'] = null,
): Promise<CheckedFile> {
  const { workflow, issues } = parseWorkflow(await readJsonFile(file));
  return { workflow, issues: workflow ? checkWorkflow(workflow, catalog, connections) : issues };
}

/** Throws UserError FILE_UNREADABLE for a file that is not there or is not JSON. */
export async function readJsonFile(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new UserError('FILE_UNREADABLE', { file, reason: reasonOf(cause) }, { cause });
  }
}

const reasons: Record<string, string> = {
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'its permissions do not allow it',
};

function reasonOf(cause: Error): string {
  if (cause instanceof SyntaxError) return `it is not JSON (${cause.message})`;
  return ('code' in cause && typeof cause.code === 'string' && reasons[cause.code]) || cause.message;
}
