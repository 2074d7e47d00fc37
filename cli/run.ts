import { type Command, Option } from 'commander';
import { UserError } from '../contract/errors.ts';
import { exitCodes } from '../contract/run.ts';
import { exitCodeOf, failureReply, printFailure } from './failure.ts';
import { describeReport } from './reportText.ts';
import type { RunFlags } from './runFile.ts';
import type { Terminal } from './terminal.ts';

const help = `
Progress is shown on stderr, the result on stdout. Ctrl-C stops the run.

Exit codes: 0 succeeded, 3 succeeded with rejects, 1 failed, 2 bad file or usage,
4 in doubt, 5 waits for approval, 130 stopped.

While a server works on the same folder, the run is done by that server's engine; connections given
by --demo or --connection are not known there, so such a run is refused then.
A run that was interrupted (a crash, a lost machine) or paused is still in its folder: --resume goes on with
it. One that failed or was stopped goes on with --retry: what succeeded is not done again. One that waits for
approval goes on with --approve or --refuse.`;

export function addRun(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command('run')
    .description('Run a workflow file without a server, and wait for its end.')
    .argument('<file>', 'workflow file (JSON)')
    .option('--data <folder>', 'the folder for runs, rows and options (default: data)')
    .option(
      '--demo',
      'start demo organisations for the run, and connections to them: demo_salesforce, demo_dynamics, demo_marketing_cloud',
    )
    .option('--demo-seed <number>', 'which data the demo organisation has (default: 1)')
    .option('--demo-contacts <number>', 'how many contacts it has (default: 5000)')
    .option('--connection <name=file>', 'a connection for this run only; may be repeated', collect, [])
    .option('--resume', 'go on with an interrupted run of this workflow, if there is one')
    .option('--retry', 'go on with the last run of this workflow, if it failed or was stopped')
    .option('--approve', 'go on with the run that waits for approval, and approve what it asks')
    .addOption(
      new Option('--refuse', 'go on with the run that waits for approval, and refuse what it asks').conflicts(
        'approve',
      ),
    )
    .option('--to <node>', 'do nothing behind this node (its name), nor on ways that do not lead to it')
    .option('--simulate', 'leave out the nodes that write, and say what they would do')
    .option('--json', 'end with one JSON object on stdout')
    .option('--log-level <level>', 'what the engine logs on stderr: debug, info, warn, error or silent', 'error')
    .addHelpText('after', help)
    .action(async (file: string, flags: RunFlags) => {
      try {
        const { runFile } = await import('./runFile.ts');
        const report = await runFile(file, flags, terminal);
        terminal.out.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : describeReport(report));
        done(exitCodes[report.state]);
      } catch (error) {
        printFailure(error, terminal);
        if (isInTheWay(error)) terminal.err.write('Add --resume to go on with the run that was interrupted.\n');
        if (flags.json) terminal.out.write(`${JSON.stringify(failureReply(error), null, 2)}\n`);
        done(exitCodeOf(error));
      }
    });
}

/** A run that was interrupted counts as running: nobody else works on it. */
const isInTheWay = (error: unknown): boolean => error instanceof UserError && error.code === 'ALREADY_RUNNING';

const collect = (value: string, before: string[]): string[] => [...before, value];
