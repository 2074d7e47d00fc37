import { exitCodeOf, printFailure } from './failure.ts';
import { createProgram } from './program.ts';
import { terminal } from './terminal.ts';

/** The exit code is set, not forced: what is still being written on stdout gets out. */
const done = (code: number): void => {
  process.exitCode = code;
};

try {
  await createProgram(terminal, done).parseAsync();
} catch (error) {
  printFailure(error, terminal);
  done(exitCodeOf(error));
}
