import { parseWorkflow } from '../../../contract/check.ts';
import type { Issue } from '../../../contract/errors.ts';
import type { Workflow } from '../../../contract/workflow.ts';
import { t } from '../../texts/t.ts';

/** A workflow, or why there is none: a sentence, what to do, and the problems by name. */
export type WorkflowFile =
  | { workflow: Workflow; problem: null }
  | { workflow: null; problem: { message: string; action: string; issues: Issue[] } };

const maxMegabytes = 20;

/** Reads a file that a person chose or dropped. */
export async function readWorkflowFile(file: Pick<File, 'size' | 'text'>): Promise<WorkflowFile> {
  if (file.size > maxMegabytes * 1_000_000) {
    const message = t('workflows.importTooLarge', { megabytes: maxMegabytes });
    return refuse(message, t('workflows.importTooLargeAction'));
  }
  return readWorkflowText(await file.text());
}

export function readWorkflowText(text: string): WorkflowFile {
  let value: unknown;
  try {
    // A byte order mark at the front is no part of JSON, but editors write it.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(t('workflows.importNotJson', { reason }), t('workflows.importNotJsonAction'));
  }
  const { workflow, issues } = parseWorkflow(value);
  if (workflow) return { workflow, problem: null };
  return refuse(t('workflows.importInvalid'), t('workflows.importNotJsonAction'), issues);
}

function refuse(message: string, action: string, issues: Issue[] = []): WorkflowFile {
  return { workflow: null, problem: { message, action, issues } };
}
