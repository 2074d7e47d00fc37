/** sf: many records at once, in and out. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCsv, writeCsv } from './csv.ts';
import type { Demo } from './demo.ts';
import { type Line, same, sameSet } from './line.ts';
import type { SfCli } from './sfCli.ts';

type Row = Record<string, string>;

interface Upserted {
  jobInfo: { id: string; state: string; numberRecordsProcessed: number; numberRecordsFailed: number };
  records: Record<'successfulResults' | 'failedResults' | 'unprocessedRecords', Row[]>;
}

interface Imported {
  jobId: string;
  processedRecords: number;
  successfulRecords: number;
  failedRecords: number;
}

const org = ['--target-org', 'demo'];
const contact = ['--sobject', 'Contact'];
const wait = ['--wait', '2'];
const imported = "SELECT Id, LastName, Title FROM Contact WHERE External_Id__c LIKE 'sf-bulk-%'";
const exported = 'SELECT Id, Name, Account.Name, CreatedDate, Description FROM Contact';
const pageRows = 2000;

export function sfBulkLines(sf: SfCli, demo: Demo): Line[] {
  return [
    { title: 'data import bulk (2,500 rows)', run: () => importMany(sf, demo) },
    { title: 'data import bulk (CRLF, semicolons)', run: () => importOtherFormat(sf, demo) },
    { title: 'data import bulk (one row is refused)', run: () => importSomeRefused(sf, demo) },
    { title: 'data import bulk (a field nobody has)', run: () => importUnknownField(sf, demo) },
    { title: 'data upsert bulk', run: () => upsert(sf, demo) },
    { title: 'data update bulk', run: () => update(sf, demo) },
    { title: 'data delete bulk', run: () => remove(sf, demo) },
    { title: 'data delete bulk --hard-delete', run: () => erase(sf, demo) },
    { title: 'data export bulk (csv, over three result pages)', run: () => exportCsv(sf, demo) },
    { title: 'data export bulk (json, over three result pages)', run: () => exportJson(sf, demo) },
    { title: 'data export bulk --all-rows', run: () => exportAll(sf, demo) },
    { title: 'data export bulk (CRLF, tabs)', run: () => exportTabs(sf, demo) },
  ];
}

async function write(sf: SfCli, name: string, text: string): Promise<string[]> {
  const file = join(sf.folder, name);
  await writeFile(file, text);
  return ['--file', file];
}

const keys = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `sf-bulk-${from + index}`);

async function importMany(sf: SfCli, demo: Demo): Promise<string> {
  const rows = keys(0, 2500).map((key, index) => [key, `Bulk ${index}`, index % 2 ? 'a "quoted" title' : 'two\nlines']);
  const file = await write(sf, 'import.csv', writeCsv(['External_Id__c', 'LastName', 'Title'], rows));
  const done = await sf.ask<Imported>([
    'data',
    'import',
    'bulk',
    ...contact,
    ...file,
    ...wait,
    '--line-ending',
    'LF',
    ...org,
  ]);
  same('counts', [done.processedRecords, done.successfulRecords, done.failedRecords], [2500, 2500, 0]);
  const found = await demo.query(imported);
  sameSet(
    'records',
    found.map((row) => `${row.LastName} ${row.Title}`),
    rows.map(([, name, title]) => `${name} ${title}`),
  );
  return `${found.length} records are there, with quotes and line breaks`;
}

async function importOtherFormat(sf: SfCli, demo: Demo): Promise<string> {
  const file = await write(sf, 'semicolons.csv', 'External_Id__c;LastName\r\nsf-semi-1;A,B\r\nsf-semi-2;"C;D"\r\n');
  const format = ['--line-ending', 'CRLF', '--column-delimiter', 'SEMICOLON'];
  await sf.ask(['data', 'import', 'bulk', ...contact, ...file, ...wait, ...format, ...org]);
  const found = await demo.query("SELECT LastName FROM Contact WHERE External_Id__c LIKE 'sf-semi-%'");
  sameSet(
    'names',
    found.map(({ LastName }) => LastName),
    ['A,B', 'C;D'],
  );
  return `${found.length} records are there`;
}

async function importSomeRefused(sf: SfCli, demo: Demo): Promise<string> {
  const csv = 'External_Id__c,LastName,Email\nsf-bad-1,Ok,\nsf-bad-2,,\nsf-bad-3,Mail,nonsense\n';
  const file = await write(sf, 'refused.csv', csv);
  const { code, answer } = await sf.try<Imported>(['data', 'import', 'bulk', ...contact, ...file, ...wait, ...org]);
  same('exit code', code, 1);
  same('name', answer.name, 'FailedRecordDetailsError');
  same('records written', await demo.count("SELECT Id FROM Contact WHERE External_Id__c LIKE 'sf-bad-%'"), 1);
  const { jobId } = (answer as unknown as { data: { jobId: string } }).data;
  return `${answer.name}; ${await readResults(sf, jobId)}`;
}

/** `data bulk results` writes the files of the job into its folder. */
async function readResults(sf: SfCli, jobId: string): Promise<string> {
  const results = await sf.ask<Record<string, unknown>>(['data', 'bulk', 'results', '--job-id', jobId, ...org]);
  same(
    'counts of data bulk results',
    [results.processedRecords, results.successfulRecords, results.failedRecords, results.status],
    [3, 1, 2, 'JobComplete'],
  );
  const [successes, failures] = [
    await readFile(join(sf.folder, String(results.successFilePath)), 'utf8'),
    await readFile(join(sf.folder, String(results.failedFilePath)), 'utf8'),
  ];
  sameSet(
    'successes',
    readCsv(successes).map((row) => `${row.External_Id__c} ${row.sf__Created}`),
    ['sf-bad-1 true'],
  );
  sameSet(
    'failures',
    readCsv(failures).map((row) => `${row.External_Id__c} ${row.sf__Error?.split(':')[0]}`),
    ['sf-bad-2 REQUIRED_FIELD_MISSING', 'sf-bad-3 INVALID_EMAIL_ADDRESS'],
  );
  return 'data bulk results has 1 success and 2 failures';
}

async function importUnknownField(sf: SfCli, demo: Demo): Promise<string> {
  const before = await demo.count('SELECT Id FROM Contact');
  const file = await write(sf, 'unknown.csv', 'LastName,Nope__c\nA,B\n');
  const { code, answer } = await sf.try(['data', 'import', 'bulk', ...contact, ...file, ...wait, ...org]);
  same('exit code', code, 1);
  if (!answer.message?.includes('InvalidBatch : Field name not found : Nope__c'))
    throw new Error(`it says: ${answer.message}`);
  same('contacts', await demo.count('SELECT Id FROM Contact'), before);
  return `${answer.name}: InvalidBatch`;
}

async function upsert(sf: SfCli, demo: Demo): Promise<string> {
  const rows = keys(2400, 2600).map((key) => [key, `Upserted ${key}`]);
  const file = await write(sf, 'upsert.csv', writeCsv(['External_Id__c', 'LastName'], rows));
  const args = ['data', 'upsert', 'bulk', ...contact, ...file, ...wait, '--external-id', 'External_Id__c'];
  const { jobInfo, records } = await sf.ask<Upserted>([...args, ...org]);
  same('counts', [jobInfo.numberRecordsProcessed, jobInfo.numberRecordsFailed], [200, 0]);
  const made = records.successfulResults.filter((row) => row.sf__Created === 'true').length;
  same('made and changed', [made, records.successfulResults.length - made], [100, 100]);
  const found = await demo.query("SELECT External_Id__c FROM Contact WHERE LastName LIKE 'Upserted sf-bulk-%'");
  sameSet(
    'records',
    found.map((row) => row.External_Id__c),
    rows.map(([key]) => key),
  );
  return '100 records made, 100 changed';
}

async function update(sf: SfCli, demo: Demo): Promise<string> {
  const ids = await demo.ids(imported);
  const file = await write(
    sf,
    'update.csv',
    writeCsv(
      ['Id', 'Title', 'Email'],
      ids.map((id, i) => [id, '#N/A', i % 2 ? '' : 'x@b.co']),
    ),
  );
  await sf.ask(['data', 'update', 'bulk', ...contact, ...file, ...wait, '--line-ending', 'LF', ...org]);
  const cleared = await demo.count(`${imported} AND Title = null`);
  same('titles cleared by #N/A', cleared, ids.length);
  return `${ids.length} records changed, #N/A cleared a field`;
}

async function remove(sf: SfCli, demo: Demo): Promise<string> {
  const ids = (await demo.ids(imported)).slice(0, 600);
  const file = await write(
    sf,
    'delete.csv',
    writeCsv(
      ['Id'],
      ids.map((id) => [id]),
    ),
  );
  const before = await demo.count(imported);
  await sf.ask(['data', 'delete', 'bulk', ...contact, ...file, ...wait, ...org]);
  same('records left', await demo.count(imported), before - 600);
  const bin = await sf.ask<{ totalSize: number }>([
    'data',
    'query',
    '--all-rows',
    '--query',
    `${imported} AND IsDeleted = true`,
    ...org,
  ]);
  same('records in the recycle bin', bin.totalSize, 600);
  return '600 records lie in the recycle bin';
}

async function erase(sf: SfCli, demo: Demo): Promise<string> {
  const ids = (await demo.ids(imported)).slice(0, 50);
  const file = await write(
    sf,
    'erase.csv',
    writeCsv(
      ['Id'],
      ids.map((id) => [id]),
    ),
  );
  await sf.ask(['data', 'delete', 'bulk', '--hard-delete', ...contact, ...file, ...wait, ...org]);
  const list = ids.map((id) => `'${id}'`).join(',');
  const soql = `SELECT Id FROM Contact WHERE Id IN (${list})`;
  const left = await sf.ask<{ totalSize: number }>(['data', 'query', '--all-rows', '--query', soql, ...org]);
  same('records left in the recycle bin', left.totalSize, 0);
  return '50 records are nowhere any more';
}

/** Makes result pages of 2,000 rows while the work goes on, and says how many were asked for. */
async function overPages(demo: Demo, work: () => Promise<unknown>): Promise<number> {
  await demo.control('faults', { kind: 'small-pages', rows: pageRows, times: null, match: { path: 'results$' } });
  try {
    const paths = await demo.requestsOf(work);
    const pages = paths.filter((path) => path.endsWith('/results')).length;
    if (pages < 3) throw new Error(`only ${pages} result pages were asked for`);
    return pages;
  } finally {
    await demo.clearFaults();
  }
}

function exportBulk(sf: SfCli, file: string, soql: string, ...more: string[]): Promise<{ totalSize: number }> {
  return sf.ask(['data', 'export', 'bulk', '--query', soql, '--output-file', file, ...wait, ...more, ...org]);
}

async function exportCsv(sf: SfCli, demo: Demo): Promise<string> {
  const pages = await overPages(demo, () => exportBulk(sf, 'contacts.csv', exported));
  const rows = readCsv(await readFile(join(sf.folder, 'contacts.csv'), 'utf8'));
  await compareExport(demo, rows, (instant) => instant.replace('+0000', 'Z'));
  return `${rows.length} records over ${pages} pages, value by value`;
}

async function exportJson(sf: SfCli, demo: Demo): Promise<string> {
  const pages = await overPages(demo, () => exportBulk(sf, 'contacts.json', exported, '--result-format', 'json'));
  const rows = JSON.parse(await readFile(join(sf.folder, 'contacts.json'), 'utf8')) as Row[];
  await compareExport(demo, rows, (instant) => instant.replace('+0000', 'Z'));
  return `${rows.length} records over ${pages} pages, value by value`;
}

async function compareExport(demo: Demo, rows: readonly Row[], instant: (text: string) => string): Promise<void> {
  const wanted = await demo.query(exported);
  const parent = (row: Record<string, unknown>): string => (row.Account as { Name: string } | null)?.Name ?? '';
  sameSet(
    'records',
    rows.map((row) => [row.Id, row.Name, row['Account.Name'], row.CreatedDate, row.Description].join('|')),
    wanted.map((row) =>
      [row.Id, row.Name, parent(row), instant(String(row.CreatedDate)), row.Description ?? ''].join('|'),
    ),
  );
}

async function exportAll(sf: SfCli, demo: Demo): Promise<string> {
  const { totalSize } = await exportBulk(sf, 'all.csv', 'SELECT Id, IsDeleted FROM Contact', '--all-rows');
  const rows = readCsv(await readFile(join(sf.folder, 'all.csv'), 'utf8'));
  same('rows in the file', rows.length, totalSize);
  const live = rows.filter((row) => row.IsDeleted === 'false').length;
  same('live records', live, await demo.count('SELECT Id FROM Contact'));
  if (live === rows.length) throw new Error('no deleted record came');
  return `${rows.length} records, ${rows.length - live} of them deleted`;
}

async function exportTabs(sf: SfCli, demo: Demo): Promise<string> {
  const soql = 'SELECT Id, Name FROM Account';
  await exportBulk(sf, 'tabs.csv', soql, '--line-ending', 'CRLF', '--column-delimiter', 'TAB');
  const [header, ...lines] = (await readFile(join(sf.folder, 'tabs.csv'), 'utf8')).trim().split('\r\n');
  same('header', header, '"Id"\t"Name"');
  sameSet(
    'ids',
    lines.map((line) => line.slice(1, 19)),
    await demo.ids(soql),
  );
  return `${lines.length} records`;
}
