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
    const missing = 'code' in cause && cause.code === 'ENOENT';
    throw new UserError('FILE_UNREADABLE', { file, reason: missing ? 'it does not exist' : cause.message }, { cause });
  }
}
