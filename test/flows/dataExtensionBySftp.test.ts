/** Rows on their way to a data extension, by a real SFTP server that serves the folder the demo organisation imports from. */
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { definition } from '../../connectors/sftp/definition.ts';
import type { Cell } from '../../contract/types.ts';
import { type MarketingCloud, startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import { sendAudience } from '../harness/audience.ts';
import { testEngine } from '../harness/engine.ts';
import { useAllFileNodes } from '../harness/fileNodes.ts';
import { type Sshd, startSshd } from '../harness/sshd.ts';

let cloud: MarketingCloud;
let server: Sshd;
let hostKey = '';
beforeAll(async () => {
  server = await startSshd();
  cloud = await startMarketingCloud({ subscribers: 50, ftpFolder: server.folder });
  hostKey = await server.hostKey();
});
afterAll(async () => {
  await cloud.close();
  await server.stop();
});

const engine = testEngine({
  loadConnection: async (name) => {
    const { url, clientId, clientSecret } = cloud;
    if (name === 'cloud')
      return { kind: 'marketing-cloud', settings: { subdomain: url, clientId, clientSecret, accountId: '' } };
    if (name === 'files') return { kind: 'local-folder', settings: { folder: 'files' } };
    const { port, user, privateKey } = server;
    const settings = { host: '127.0.0.1', port, user, auth: 'key', privateKey, hostKey };
    return { kind: 'sftp', settings: definition.settings.parse(settings) };
  },
});

const send = (rows: Cell[][]) => sendAudience(engine, rows, { files: 'sftp' });
const size = (): number => cloud.org.byKey(cloud.accountId, 'AUDIENCE')?.size ?? 0;
const laid = (): Promise<string[]> => readdir(join(server.folder, 'Import'));

it('they arrive as one whole file, are imported, and those that were not taken are rejected', async () => {
  const rows = Array.from({ length: 5_000 }, (_, row): Cell[] => [
    `Ä-${row}, "x"`,
    row % 1_000 === 7 ? 'nowhere' : `p${row}@mail.example`,
    row,
  ]);
  const run = await send(rows);
  expect(run.describe()).toMatch(/^succeeded/);
  const rejected = (await run.rows('send.reject')).map(({ Score, errorCode }) => [Score, errorCode]);
  expect(rejected).toEqual([7, 1_007, 2_007, 3_007, 4_007].map((score) => [score, 'NOT_IMPORTED']));
  expect([size(), (await laid()).length]).toEqual([4_995, 1]);
  expect((await laid())[0]).toMatch(/^syncline_.*\.csv$/);
});

it('a server with another key gets nothing; with the key that is right again, the next run sends', async () => {
  await server.changeHostKey();
  const refused = await send([['late', 'late@mail.example', 1]]);
  expect(refused.task('send').error).toMatchObject({ code: 'HOST_KEY_CHANGED' });
  expect([size(), (await laid()).length]).toEqual([4_995, 1]);
  hostKey = await server.hostKey();
  expect((await send([['late', 'late@mail.example', 1]])).describe()).toMatch(/^succeeded/);
  expect(size()).toBe(4_996);
});

it('a folder that may not be written is named, and nothing is imported', async () => {
  await mkdir(join(server.folder, 'Import'), { recursive: true });
  await chmod(join(server.folder, 'Import'), 0o555);
  try {
    const refused = await send([['never', 'never@mail.example', 1]]);
    expect(refused.task('send').error).toMatchObject({
      code: 'FILE_NOT_ALLOWED',
      message: expect.stringContaining('Import/'),
    });
    expect(size()).toBe(4_996);
  } finally {
    await chmod(join(server.folder, 'Import'), 0o755);
  }
});

it('files are uploaded, listed, looked for, downloaded, archived, removed, extracted, loaded and collected', async () => {
  await useAllFileNodes(engine, 'sftp');
});
