import { Command } from 'commander';
import { addRecords } from './records.ts';
import { addRun } from './run.ts';
import { addServe } from './serve.ts';
import type { Terminal } from './terminal.ts';
import { addValidate } from './validate.ts';

/** The command line. `done` gets the exit code of the command that ran. */
export function createProgram(terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command('syncline')
    .description('Visual workflows that keep CRM data in step.')
    .showHelpAfterError('(add --help to see how it is used)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
    });
  for (const add of [addServe, addRun, addValidate, addRecords]) add(program, terminal, done);
  return program;
}
