/** The reference of set work: the same SQL in the `sqlite3` command line tool, on the same rows. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Installs it on Debian as root; elsewhere says what to install. */
export async function requireTool(): Promise<void> {
  const found = await run('sqlite3', ['--version']).then(
    () => true,
    () => false,
  );
  if (found) return;
  if (process.getuid?.() !== 0)
    throw new Error('Install the sqlite3 command line tool (Debian: apt-get install sqlite3).');
  await run('apt-get', ['update']);
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'sqlite3']);
}

/** Loads a CSV file (with a header) into `rows`, then runs the steps; gives the seconds of each. */
export async function timeSteps(
  csv: string,
  columns: readonly string[],
  steps: Record<string, string>,
  database: string,
): Promise<Record<string, number>> {
  const names = columns.map((_, index) => `c${index + 1} TEXT`).join(', ');
  const script = [
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;',
    `CREATE TABLE rows(_id INTEGER PRIMARY KEY, ${names}) STRICT;`,
    `CREATE TABLE raw(${names});`,
    '.mode csv',
    `.import --skip 1 ${csv} raw`,
    `INSERT INTO rows(${columns.map((_, index) => `c${index + 1}`).join(', ')}) SELECT ${columns.map((_, index) => `nullif(c${index + 1}, '')`).join(', ')} FROM raw;`,
    'DROP TABLE raw;',
    '.timer on',
    ...Object.entries(steps).flatMap(([name, sql]) => [`.print step ${name}`, sql]),
  ].join('\n');
  const child = spawn('sqlite3', [database], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(script);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`sqlite3 ended with ${code}`);
  return readTimes(Buffer.concat(chunks).toString());
}

function readTimes(output: string): Record<string, number> {
  const times: Record<string, number> = {};
  let step = '';
  for (const line of output.split('\n')) {
    const named = /^step (\w+)$/.exec(line)?.[1];
    if (named) step = named;
    const real = /^Run Time: real ([\d.]+)/.exec(line)?.[1];
    if (real) times[step] = (times[step] ?? 0) + Number(real);
  }
  return times;
}
