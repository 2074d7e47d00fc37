/**
 * Something the person at the keyboard can mend. Its message is one line that says what is wrong and what to do.
 * The entry programs print it as it is; any other error is a bug and keeps its stack.
 */
export class Problem extends Error {
  /** @override */
  name = 'Problem';
}

/**
 * Runs an entry program: its result is the exit code; a Problem is one line on stderr and exit code 1.
 *
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`syncline: ${error.message}\n`);
    process.exitCode = 1;
  }
}
