import type { Command } from 'commander';
import { canRun } from '../contract/check.ts';
import { UserError } from '../contract/errors.ts';
import { exitCodes } from '../contract/run.ts';
import type { Workflow } from '../contract/workflow.ts';
import type { Config } from '../server/config.ts';
import { loadConfig } from '../server/config.ts';
import type { Catalog } from '../server/engine/catalog.ts';
import { loadCatalog } from '../server/engine/catalog.ts';
import type { GivenConnections } from './connections.ts';
import { nameConnections, readConnectionFiles, startDemo } from './connections.ts';
import { exitCodeOf, failureReply, issueLine, printFailure } from './failure.ts';
import { createProgress } from './progress.ts';
import { describeReport } from './reportText.ts';
import type { RunReport } from './runSummary.ts';
import { reportRun } from './runSummary.ts';
import { stopSignal } from './signals.ts';
import type { Terminal } from './terminal.ts';
import { readWorkflowFile } from './workflowFile.ts';
import type { Workplace } from './workplace.ts';
import { openWorkplace } from './workplace.ts';

interface RunFlags {
  data?: string;
  demo?: boolean;
  demoSeed?: string;
  demoContacts?: string;
  connection: string[];
  resume?: boolean;
  json?: boolean;
  logLevel: string;
}

const help = `
Progress is shown on stderr, the result on stdout. Ctrl-C stops the run.

Exit codes: 0 succeeded, 3 succeeded with rejects, 1 failed, 2 bad file or usage,
4 in doubt, 5 waits for approval, 130 stopped.

While a server works on the same folder, the run is done by that server's engine; connections given
by --demo or --connection are not known there, so such a run is refused then.
A run that was interrupted (a crash, a lost machine) is still in its folder: --resume goes on with it.`;

export function addRun(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command('run')
    .description('Run a workflow file without a server, and wait for its end.')
    .argument('<file>', 'workflow file (JSON)')
    .option('--data <folder>', 'the folder for runs, rows and options (default: data)')
    .option('--demo', 'start a demo organisation for the run, and a connection to it: demo_salesforce')
    .option('--demo-seed <number>', 'which data the demo organisation has (default: 1)')
    .option('--demo-contacts <number>', 'how many contacts it has (default: 5000)')
    .option('--connection <name=file>', 'a connection for this run only; may be repeated', collect, [])
    .option('--resume', 'go on with an interrupted run of this workflow, if there is one')
    .option('--json', 'end with one JSON object on stdout')
    .option('--log-level <level>', 'what the engine logs on stderr: debug, info, warn, error or silent', 'error')
    .addHelpText('after', help)
    .action(async (file: string, flags: RunFlags) => {
      try {
        const report = await runFile(file, flags, terminal);
        terminal.out.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : describeReport(report));
        done(exitCodes[report.state]);
      } catch (error) {
        printFailure(error, terminal);
        if (flags.json) terminal.out.write(`${JSON.stringify(failureReply(error), null, 2)}\n`);
        done(exitCodeOf(error));
      }
    });
}

const collect = (value: string, before: string[]): string[] => [...before, value];

async function runFile(file: string, flags: RunFlags, terminal: Terminal): Promise<RunReport> {
  const { connection: pairs, json: _, resume = false, ...settings } = flags;
  const config = loadConfig({ ...settings });
  const catalog = await loadCatalog();
  await readRunnable(file, catalog, null, terminal);
  await using demo = config.demo ? await startDemo(config, catalog) : null;
  const given: GivenConnections = new Map([...(demo?.given ?? []), ...(await readConnectionFiles(pairs, catalog))]);
  await using place = await openWorkplace(config, catalog, given);
  const known = await nameConnections(place.db, given, catalog);
  const workflow = await readRunnable(file, catalog, known, terminal);
  return follow(place, { workflow, file, resume, config, known }, terminal);
}

/** Throws UserError FILE_UNREADABLE, or WORKFLOW_INVALID with the problems. Warnings are printed once all names are known. */
async function readRunnable(
  file: string,
  catalog: Catalog,
  known: Awaited<ReturnType<typeof nameConnections>> | null,
  { err }: Terminal,
): Promise<Workflow> {
  const { workflow, issues } = await readWorkflowFile(file, catalog.definitions, known);
  const reason = issues.find((issue) => issue.severity === 'error')?.message.replace(/\.$/, '') ?? '';
  if (!workflow || !canRun(issues)) throw new UserError('WORKFLOW_INVALID', { reason }, { issues });
  if (known) for (const issue of issues) err.write(`${issueLine(issue)}\n`);
  return workflow;
}

interface Asked {
  workflow: Workflow;
  file: string;
  resume: boolean;
  config: Config;
  known: Awaited<ReturnType<typeof nameConnections>>;
}

async function follow(place: Workplace, asked: Asked, terminal: Terminal): Promise<RunReport> {
  const run = await place.begin(asked);
  const progress = createProgress(run.workflow, terminal);
  stopSignal()
    .then(() => place.stop(run.id))
    .catch((error: unknown) => printFailure(error, terminal));
  try {
    const events = await place.follow(run.id, (fresh) => progress.show(fresh));
    return reportRun(await place.read(run.id), events);
  } finally {
    progress.end();
  }
}
