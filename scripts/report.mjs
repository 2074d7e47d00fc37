/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** @param {number} start as performance.now() gave it */
export function secondsSince(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/**
 * Says what is being waited for and for how long: on a terminal the seconds run, elsewhere a line appears each half minute.
 *
 * @template T
 * @param {string} text
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function sayWhile(text, work) {
  const start = performance.now();
  const onTerminal = process.stdout.isTTY;
  const show = () =>
    process.stdout.write(
      onTerminal ? `\r${text} … ${secondsSince(start)} ` : `${text} … ${secondsSince(start)} so far\n`,
    );
  process.stdout.write(onTerminal ? `${text} …` : `${text} …\n`);
  const timer = setInterval(show, onTerminal ? 1000 : 30_000);
  try {
    const result = await work();
    process.stdout.write(
      onTerminal ? `\r${text} … done in ${secondsSince(start)}\n` : `${text}: done in ${secondsSince(start)}\n`,
    );
    return result;
  } catch (error) {
    process.stdout.write(onTerminal ? '\n' : '');
    throw error;
  } finally {
    clearInterval(timer);
  }
}
