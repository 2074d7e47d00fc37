import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { descend, textOf } from '../soap/xml.ts';
import { openCloud, type TestCloud } from '../testing.ts';
import type { ImportRun } from './runs.ts';

let folder: string;
let cloud: TestCloud;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-ftp-'));
  await mkdir(join(folder, 'Import'));
  cloud = await openCloud({ ftpFolder: folder });
});
beforeEach(async () => {
  await cloud.call('DELETE', '/__demo/faults');
  await cloud.call('POST', '/__demo/rows', {
    key: 'AUDIENCE',
    clear: true,
    upsert: [{ ContactKey: 'a', Email: 'a@b.co', Score: 1 }],
  });
});
afterAll(async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
});

let made = 0;

/** Makes a definition for the data extension and resolves to its key and id. */
async function define(more: Record<string, unknown> = {}): Promise<{ key: string; id: string }> {
  const key = `import-${++made}`;
  const { body } = await cloud.call('GET', '/automation/v1/ftplocations');
  const [location] = (body as { items: { id: string }[] }).items;
  const answer = await cloud.call('POST', '/automation/v1/imports', {
    name: key,
    customerKey: key,
    destinationObjectTypeId: 310,
    destinationObjectId: cloud.org.byKey(cloud.accountId, 'AUDIENCE')!.objectId,
    fileTransferLocationId: location!.id,
    fileNamingPattern: 'audience.csv',
    fieldMappingType: 'InferFromColumnHeadings',
    updateTypeId: 0,
    blankFileProcessingType: 0,
    allowErrors: true,
    ...more,
  });
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return { key, id: (answer.body as { importDefinitionId: string }).importDefinitionId };
}

/** Starts a definition with a file and resolves to its run when it is over. */
async function perform(key: string, file: string | Buffer | null, name = 'audience.csv'): Promise<ImportRun> {
  await rm(join(folder, 'Import', name), { force: true });
  if (file !== null) await writeFile(join(folder, 'Import', name), file);
  const definition = `<Definition xsi:type="ImportDefinition"><CustomerKey>${key}</CustomerKey></Definition>`;
  const answer = await cloud.soap(
    `<PerformRequestMsg><Action>start</Action><Definitions>${definition}</Definitions></PerformRequestMsg>`,
  );
  const result = descend(answer, 'Results', 'Result');
  expect([textOf(answer, 'OverallStatus'), textOf(result, 'StatusCode')]).toEqual(['OK', 'OK']);
  const taskId = Number(textOf(result, 'Task', 'ID'));
  const run = () => cloud.org.imports.of(cloud.accountId).find((one) => one.taskId === taskId)!;
  await expect.poll(() => run().ended).not.toBeNull();
  return run();
}

const rows = async (): Promise<string[][]> => (await cloud.rows('AUDIENCE')).map((row) => Object.values(row));

test('columns go where their headings say, a byte order mark and CRLF are taken, blanks overwrite', async () => {
  const { key } = await define();
  const file = '\uFEFFscore,CONTACTKEY,email,Unknown\r\n,a,,x\r\n5,"b, ""c""\nd",b@b.co,y\r\n';
  const run = await perform(key, file);
  expect([run.status, run.totals]).toEqual(['Completed', { rows: 2, successful: 2, duplicated: 0, errors: 0 }]);
  expect(await rows()).toEqual([
    ['a', '', ''],
    ['b, "c"\nd', 'b@b.co', '5'],
  ]);
});

test.each([
  [
    0,
    [
      ['a', 'a@b.co', '2'],
      ['b', '', '3'],
    ],
    0,
  ],
  [
    1,
    [
      ['a', 'a@b.co', '1'],
      ['b', '', '3'],
    ],
    1,
  ],
  [2, [['a', 'a@b.co', '2']], 1],
])('update type %i leaves %j, and counts %i as errors', async (updateTypeId, wanted, errors) => {
  const { key } = await define({ updateTypeId });
  const run = await perform(key, 'ContactKey,Score\na,2\nb,3\n');
  expect([run.totals.errors, await rows()]).toEqual([errors, wanted]);
});

test('Overwrite is set by SOAP only, and empties the data extension first', async () => {
  const refused = await cloud.call('PATCH', `/automation/v1/imports/${(await define()).id}`, { updateTypeId: 3 });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('UpdateTypeId')]);
  const object =
    '<Objects xsi:type="ImportDefinition"><CustomerKey>over</CustomerKey><Name>over</Name><AllowErrors>true</AllowErrors>' +
    '<DestinationObject xsi:type="DataExtension"><CustomerKey>AUDIENCE</CustomerKey></DestinationObject>' +
    '<FieldMappingType>InferFromColumnHeadings</FieldMappingType><FileSpec>audience.csv</FileSpec><FileType>CSV</FileType>' +
    '<RetrieveFileTransferLocation><CustomerKey>ExactTarget Enhanced FTP</CustomerKey></RetrieveFileTransferLocation>' +
    '<UpdateType>Overwrite</UpdateType></Objects>';
  expect(textOf(await cloud.soap(`<CreateRequest>${object}</CreateRequest>`), 'OverallStatus')).toBe('OK');
  await perform('over', 'ContactKey,Score\nz,9\n');
  expect(await rows()).toEqual([['z', '', '9']]);
});

test.each([
  [0, 'Error', 1],
  [1, 'Completed', 1],
  [2, 'Completed', 1],
])('a file without rows: setting %i ends it %s', async (blankFileProcessingType, status, left) => {
  const { key } = await define({ blankFileProcessingType });
  expect([(await perform(key, 'ContactKey,Score\n')).status, (await rows()).length]).toEqual([status, left]);
});

test.each([
  [null, 'FileNotFound'],
  ['Email,Score\na@b.co,1\n', 'FieldNotFound: ContactKey'],
  ['ContactKey,Score\n"a,1\n', 'InvalidFile'],
])('the file %j fails as a whole and writes nothing', async (file, problem) => {
  const { key } = await define();
  const run = await perform(key, file);
  expect([run.status, run.problem]).toEqual(['Error', expect.stringContaining(problem)]);
  expect(await rows()).toEqual([['a', 'a@b.co', '1']]);
});

test('wrong rows are counted; where errors are not allowed they fail it all', async () => {
  const file = 'ContactKey,Email,Score\nb,nowhere,1\nc,c@b.co,2\nd,d@b.co\n';
  const allowed = await perform((await define()).key, file);
  expect([allowed.status, allowed.totals]).toMatchObject(['Completed', { rows: 3, successful: 1, errors: 2 }]);
  const strict = await perform((await define({ allowErrors: false })).key, file);
  expect([strict.status, strict.problem]).toEqual(['Error', expect.stringContaining('InvalidEmailAddress')]);
});

test('of several rows of one key the last wins, and they are counted', async () => {
  const run = await perform((await define()).key, 'ContactKey,Score\nb,1\nB,2\n');
  expect([run.totals, await rows()]).toMatchObject([
    { duplicated: 1, successful: 2 },
    [
      ['a', 'a@b.co', '1'],
      ['b', '', '2'],
    ],
  ]);
});

test('a pattern is read by the clock of the servers, and a file can be deleted when it was taken', async () => {
  const { key } = await define({ fileNamingPattern: 'audience_%%Year%%%%Month%%%%Day%%.csv', deleteFile: true });
  const run = await perform(key, 'ContactKey\nq\n', 'audience_20260615.csv');
  expect(run.status).toBe('Completed');
  expect(await readdir(join(folder, 'Import'))).not.toContain('audience_20260615.csv');
});

test('columns are mapped by hand, by tabs, and by their place', async () => {
  const manual = await define({
    fileType: 'TAB',
    fieldMappingType: 'ManualMap',
    fieldMappings: [
      { sourceFieldName: 'id', destinationFieldName: 'ContactKey' },
      { sourceFieldName: 'points', destinationFieldName: 'Score' },
    ],
  });
  await perform(manual.key, 'id\tother\tpoints\nm\tx\t4\n');
  const ordinal = await define({
    hasColumnHeader: false,
    fieldMappingType: 'MapByOrdinal',
    fieldMappings: [{ sourceOrdinal: 2, destinationFieldName: 'ContactKey' }],
  });
  await perform(ordinal.key, 'x,o\n');
  expect((await rows()).slice(1)).toEqual([
    ['m', '', '4'],
    ['o', '', ''],
  ]);
});

test('an import can be slow, fail, and lose rows with and without saying so', async () => {
  const { key } = await define();
  const file = 'ContactKey\nb\nc\nd\n';
  const play = (kind: string, more = {}) =>
    cloud.call('POST', '/__demo/faults', { kind, match: { body: 'PerformRequestMsg' }, ...more });
  await play('fail-work', { message: 'out of order' });
  expect(await perform(key, file)).toMatchObject({ status: 'Error', problem: 'out of order' });
  await play('fail-work', { rows: 1 });
  expect(await perform(key, file)).toMatchObject({ status: 'Error', totals: { rows: 3, successful: 1 } });
  expect((await rows()).slice(1)).toEqual([['b', '', '']]);
  await play('lose-rows', { rows: 2 });
  expect((await perform(key, file)).totals).toEqual({ rows: 3, successful: 1, duplicated: 0, errors: 2 });
  await play('lose-rows-silently', { rows: 2 });
  expect((await perform(key, file)).totals).toEqual({ rows: 3, successful: 3, duplicated: 0, errors: 0 });
  expect(await rows()).toEqual([
    ['a', 'a@b.co', '1'],
    ['b', '', ''],
  ]);
});

test('a name that leads out of the folder is never found', async () => {
  const { key } = await define({ fileNamingPattern: '../secret.csv' });
  expect(await perform(key, null)).toMatchObject({ status: 'Error', problem: 'FileNotFound' });
});

test.each([
  [{ destinationObjectId: 'none' }, 'DestinationObjectId'],
  [{ fileTransferLocationId: 'none' }, 'FileTransferLocationId'],
  [{ fieldMappingType: 'Guess' }, 'FieldMappingType'],
  [{ destinationObjectTypeId: 584 }, 'DestinationObjectTypeId'],
])('a definition with %j is refused', async (wrong, name) => {
  const answer = await cloud.call('PATCH', `/automation/v1/imports/${(await define()).id}`, wrong);
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(name)]);
});

test('definitions are listed, read and removed by both interfaces alike', async () => {
  const { key, id } = await define();
  expect((await cloud.call('GET', `/automation/v1/imports/${id}`)).body).toMatchObject({
    customerKey: key,
    updateTypeId: 0,
    blankFileProcessingType: 0,
  });
  expect((await cloud.call('GET', '/automation/v1/imports')).text).toContain(key);
  expect((await cloud.call('POST', '/automation/v1/imports', { name: key, customerKey: key })).status).toBe(400);
  expect((await cloud.call('POST', '/automation/v1/imports', { customerKey: 'k'.repeat(37), name: 'x' })).status).toBe(
    400,
  );
  const remove = `<DeleteRequest><Objects xsi:type="ImportDefinition"><CustomerKey>${key}</CustomerKey></Objects></DeleteRequest>`;
  expect(textOf(await cloud.soap(remove), 'OverallStatus')).toBe('OK');
  expect((await cloud.call('GET', `/automation/v1/imports/${id}`)).status).toBe(404);
  expect(textOf(await cloud.soap(remove), 'OverallStatus')).toBe('Error');
  const start = `<PerformRequestMsg><Action>start</Action><Definitions><Definition xsi:type="ImportDefinition"><CustomerKey>${key}</CustomerKey></Definition></Definitions></PerformRequestMsg>`;
  expect(textOf(await cloud.soap(start), 'OverallStatus')).toBe('Error');
});
