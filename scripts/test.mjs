import { ensureChromium } from './chromium.mjs';
import { ensureEditor } from './editor.mjs';
import { ensureMariadb } from './mariadb.mjs';
import { ensurePackages } from './packages.mjs';
import { ensurePostgres } from './postgres.mjs';
import { Problem, runMain } from './problem.mjs';
import { ensureRadosgw } from './radosgw.mjs';
import { say, secondsSince } from './report.mjs';
import { runSuite } from './runSuite.mjs';
import { ensureSshd } from './sshd.mjs';
import { chooseSuites, suites } from './suites.mjs';
import { keepFilesInMemory } from './testFolder.mjs';

await runMain(async () => {
  const start = performance.now();
  const chosen = chooseSuites(process.argv.slice(2));
  if (chosen.length === 0) {
    throw new Problem(
      `no suite and no test file is named ${process.argv.slice(2).join(' ')}: the suites are ${suites.map((suite) => suite.name).join(', ')}.`,
    );
  }
  if (!(await isPrepared())) {
    say('0 passed, 1 failed');
    return 1;
  }
  say(`Prepared in ${secondsSince(start)}.`);
  keepFilesInMemory();
  const lines = [];
  const total = { passed: 0, failed: 0 };
  for (const { suite, files } of chosen) {
    const { count, time } = await runOne(suite, files);
    lines.push(`${suite.name.padEnd(14)}${time.padStart(9)}   ${describe(count)}`);
    say(lines.at(-1) ?? '');
    total.passed += count.passed;
    total.failed += count.failed;
  }
  say(['', ...lines, '', `Took ${secondsSince(start)}.`, `${total.passed} passed, ${total.failed} failed`].join('\n'));
  return total.failed > 0 ? 1 : 0;
});

/** Without packages no suite can run; who reads only the last line has to see a failure all the same. */
async function isPrepared() {
  try {
    await ensurePackages();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`syncline: ${error.message}\n`);
    return false;
  }
}

/**
 * A need that cannot be met fails its suite alone: the others still have something to say.
 *
 * @param {import('./suites.mjs').Suite} suite
 * @param {string[]} files
 */
async function runOne(suite, files) {
  say(`\n── ${suite.name}`);
  const start = performance.now();
  try {
    if (suite.needs?.includes('editor')) await ensureEditor();
    if (suite.needs?.includes('chromium')) process.env.CHROMIUM_PATH = await ensureChromium();
    if (suite.needs?.includes('postgres')) process.env.POSTGRES_BIN = await ensurePostgres();
    if (suite.needs?.includes('mariadb')) await ensureMariadb();
    if (suite.needs?.includes('sshd')) await ensureSshd();
    if (suite.needs?.includes('radosgw')) await ensureRadosgw();
    return { count: await runSuite(suite, files), time: secondsSince(start) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.message);
    return { count: { passed: 0, failed: 1, skipped: 0 }, time: secondsSince(start) };
  }
}

/** @param {import('./runSuite.mjs').Count} count */
function describe({ passed, failed, skipped }) {
  return `${failed > 0 ? 'FAILED  ' : ''}${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
