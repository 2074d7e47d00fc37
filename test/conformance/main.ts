/**
 * `npm run conformance -- salesforce [--contacts N]`: starts a demo organisation and runs clients that others wrote, as they
 * come from the registry, against it: the sf CLI, installed beside the project, and jsforce. A line per call says what came
 * back; each was compared with what the organisation holds. Ends with `N passed, N failed`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Connection } from 'jsforce';
import { startOrganisation } from '../harness/organisation.ts';
import { type Demo, openDemo } from './demo.ts';
import { jsforceReadingLines, jsforceSignInLines, type Opened } from './jsforceReading.ts';
import { jsforceWritingLines } from './jsforceWriting.ts';
import { type Count, type Line, runLines } from './line.ts';
import { sfBulkLines } from './sfBulk.ts';
import { installSfCli, SfCli } from './sfCli.ts';
import { sfReadingLines, sfRecordLines } from './sfRecords.ts';
import { sfSignInLines } from './sfSignIn.ts';

const usage = 'npm run conformance -- salesforce [--contacts N]';
const say = (text: string): void => console.log(text);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { contacts: { type: 'string', default: '4500' } },
    allowPositionals: true,
  });
  const contacts = Number(values.contacts);
  if (positionals.join() !== 'salesforce' || !Number.isInteger(contacts) || contacts < 4_100) {
    console.error(`${usage}\nN is at least 4100: fewer contacts do not fill three pages.`);
    return 2;
  }
  const program = await installSfCli(say);
  const folder = await mkdtemp(join(tmpdir(), 'syncline-conformance-'));
  const organisation = await startOrganisation({ seed: 3, contacts });
  try {
    const { passed, failed } = await runClients(await openDemo(organisation), new SfCli(program, folder));
    say(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    await organisation.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runClients(demo: Demo, sf: SfCli): Promise<Count> {
  const opened: Opened = { connection: new Connection() };
  const parts: [string, Line[]][] = [
    [
      'sf',
      [...sfSignInLines(sf, demo), ...sfReadingLines(sf, demo), ...sfRecordLines(sf, demo), ...sfBulkLines(sf, demo)],
    ],
    [
      'jsforce',
      [...jsforceSignInLines(demo, opened), ...jsforceReadingLines(demo, opened), ...jsforceWritingLines(demo, opened)],
    ],
  ];
  const total: Count = { passed: 0, failed: 0 };
  for (const [client, lines] of parts) {
    const { passed, failed } = await runLines(client, lines, say);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}

process.exitCode = await main();
