import { findProgram, isExecutable } from './command.mjs';
import { Problem } from './problem.mjs';
import { ensureTools } from './tools.mjs';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * The browser for the tests that need one: CHROMIUM_PATH, else one of the PATH, else installed where that can be done unasked.
 *
 * @returns {Promise<string>} the program's path
 */
export async function ensureChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given && !isExecutable(given))
    throw new Problem(`CHROMIUM_PATH says ${given}, which is not a program: correct it or unset it.`);
  if (given) return given;
  await ensureTools('Running the browser tests', [{ programs, aptPackage: 'chromium' }]);
  const found = programs.map(findProgram).find(Boolean);
  if (!found)
    throw new Problem('apt-get installed chromium, but the PATH has no such program: set CHROMIUM_PATH to it.');
  return found;
}
