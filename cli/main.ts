import { runProgram } from './program.ts';
import { terminal } from './terminal.ts';

// The exit code is set, not forced: what is still being written on stdout gets out.
process.exitCode = await runProgram(process.argv.slice(2), terminal);
