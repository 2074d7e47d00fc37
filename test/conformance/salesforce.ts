/** The sf CLI, installed beside the project, and jsforce against a demo organisation of Salesforce. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from 'jsforce';
import { startOrganisation } from '../harness/organisation.ts';
import { type Demo, openDemo } from './demo.ts';
import { jsforceReadingLines, jsforceSignInLines, type Opened } from './jsforceReading.ts';
import { jsforceWritingLines } from './jsforceWriting.ts';
import { type Count, type Line, runParts } from './line.ts';
import { sfBulkLines } from './sfBulk.ts';
import { installSfCli, SfCli } from './sfCli.ts';
import { sfReadingLines, sfRecordLines } from './sfRecords.ts';
import { sfSignInLines } from './sfSignIn.ts';

/** Runs them with so many contacts: at least 4,100, as fewer do not fill three pages. */
export async function runSalesforce(say: (text: string) => void, contacts: number): Promise<Count> {
  const program = await installSfCli(say);
  const folder = await mkdtemp(join(tmpdir(), 'syncline-conformance-'));
  const organisation = await startOrganisation({ seed: 3, contacts });
  try {
    return await runParts(partsOf(await openDemo(organisation), new SfCli(program, folder)), say);
  } finally {
    await organisation.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function partsOf(demo: Demo, sf: SfCli): [string, Line[]][] {
  const opened: Opened = { connection: new Connection() };
  return [
    [
      'sf',
      [...sfSignInLines(sf, demo), ...sfReadingLines(sf, demo), ...sfRecordLines(sf, demo), ...sfBulkLines(sf, demo)],
    ],
    [
      'jsforce',
      [...jsforceSignInLines(demo, opened), ...jsforceReadingLines(demo, opened), ...jsforceWritingLines(demo, opened)],
    ],
  ];
}
