import type { Command } from 'commander';
import { canRun } from '../contract/check.ts';
import type { Issue } from '../contract/errors.ts';
import { UserError } from '../contract/errors.ts';
import type { NodeCatalog } from '../contract/node.ts';
import type { Workflow } from '../contract/workflow.ts';
import { issueLine, usageExit } from './failure.ts';
import type { Terminal } from './terminal.ts';
import { readWorkflowFile } from './workflowFile.ts';

interface Verdict {
  file: string;
  ok: boolean;
  issues: Issue[];
}

export function addValidate(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command('validate')
    .description('Print the problems of workflow files. Exits with 0 when all of them can be run, else with 2.')
    .argument('<file...>', 'workflow files (JSON)')
    .option('--json', 'print one JSON object per file')
    .action(async (files: string[], options: { json?: boolean }) => {
      const { loadCatalog } = await import('../server/engine/catalog.ts');
      const { definitions } = await loadCatalog();
      const verdicts: Verdict[] = [];
      for (const file of files) verdicts.push(await judge(file, definitions, terminal, options.json ?? false));
      done(verdicts.every((verdict) => verdict.ok) ? 0 : usageExit);
    });
}

async function judge(file: string, catalog: NodeCatalog, { out }: Terminal, json: boolean): Promise<Verdict> {
  const { workflow, issues } = await check(file, catalog);
  const verdict = { file, ok: workflow !== null && canRun(issues), issues };
  if (json) out.write(`${JSON.stringify(verdict)}\n`);
  else out.write(describe(verdict, workflow));
  return verdict;
}

/** A file that cannot be read is a problem like any other: the files after it are still checked. */
async function check(file: string, catalog: NodeCatalog): Promise<{ workflow: Workflow | null; issues: Issue[] }> {
  try {
    return await readWorkflowFile(file, catalog);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message } = error;
    return {
      workflow: null,
      issues: [{ code, severity: 'error', message, action: 'Check the path and the JSON text.' }],
    };
  }
}

function describe({ file, ok, issues }: Verdict, workflow: Workflow | null): string {
  const nameOf = (issue: Issue) => workflow?.nodes.find((node) => node.id === issue.nodeId)?.name;
  const lines = issues.map((issue) => `${file}: ${issueLine(issue, nameOf(issue))}\n`);
  return `${lines.join('')}${file}: ${ok ? 'can be run' : 'cannot be run'}\n`;
}
