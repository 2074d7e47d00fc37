import { Command } from 'commander';
import { addBackup, addRestore } from './backup.ts';
import { exitCodeOf, printFailure } from './failure.ts';
import { addMigrate } from './migrate.ts';
import { addRecords } from './records.ts';
import { addRun } from './run.ts';
import { addServe } from './serve.ts';
import type { Terminal } from './terminal.ts';
import { addValidate } from './validate.ts';
import { addWorker } from './worker.ts';

/** Runs one command line and gives its exit code. What went wrong is on the terminal's `err`. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const done = (given: number): void => {
    code = given;
  };
  try {
    await createProgram(terminal, done).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    printFailure(error, terminal);
    return exitCodeOf(error);
  }
}

/** `done` gets the exit code of the command that ran. */
function createProgram(terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command('syncline')
    .description('Visual workflows that keep CRM data in step.')
    .showHelpAfterError('(add --help to see how it is used)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
    });
  for (const add of [addServe, addWorker, addRun, addValidate, addRecords, addBackup, addRestore, addMigrate])
    add(program, terminal, done);
  return program;
}
