import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Dataverse, startDataverse } from '../../demo/dataverse/index.ts';
import { type Salesforce, startSalesforce } from '../../demo/salesforce/index.ts';
import type { Window } from '../harness/browser.ts';
import { eventually, keepPictureOfFailure, openWindow, startBrowser } from '../harness/browser.ts';
import { Editor } from '../harness/editor.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

const ana = { name: 'ana', password: 'a long enough one' };
let folder: string;
let dynamics: Dataverse;
let org: Salesforce;
let product: Product;
let browser: Browser;
let window: Window;
let editor: Editor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-e2e-'));
  await mkdir(join(folder, 'files/exchange/in'), { recursive: true });
  await writeFile(join(folder, 'files/exchange/in/people.csv'), people);
  [dynamics, org, product, browser] = await Promise.all([
    startDataverse({ contacts: 60 }),
    startSalesforce({ contacts: 60 }),
    startProduct({ folder }),
    startBrowser(),
  ]);
  await product.call('createUser', { body: { ...ana, role: 'editor' } });
  await connect('files', 'local-folder', 'Exchange', { folder: 'exchange' });
  const { url, tenant, clientId, clientSecret } = dynamics;
  const signIn = { tenant, clientId, clientSecret, proof: 'secret', cloud: 'own', authority: url };
  await connect('dynamics', 'dynamics', 'Service', { environmentUrl: url, ...signIn });
  await connect('crm', 'salesforce', 'Sales', {
    instanceUrl: org.url,
    clientId: org.clientId,
    clientSecret: org.clientSecret,
  });
  window = await openWindow(browser, product.url);
  editor = new Editor(window);
  await editor.signIn(ana.name, ana.password);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await org?.close();
  await dynamics?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  window.complaints.length = 0;
  keepPictureOfFailure(window);
});

const people = 'Id;Name;Born\n1;Anna;31.12.1984\n2;Ben;01.02.1990\n3;Cleo;30.02.1991\n';

async function connect(name: string, kind: string, label: string, settings: Record<string, string>): Promise<void> {
  await product.call('createConnection', { body: { name, kind, label, settings } });
}

test('a file is loaded by what a sample of it proposes, and written again in other columns', {
  timeout: 120_000,
}, async () => {
  const { page } = window;
  await editor.createWorkflow('Files by hand');
  await editor.drag('Load file', { x: 130, y: 90 });
  await editor.rename('Load file', 'People');
  await editor.continueWith('People', 'Success', 'extract', 'Extract file');
  await editor.rename('Extract file', 'For the printer');

  const load = await editor.settings('People');
  await load.choose('Connection', 'Exchange');
  await load.write('File', 'in/people.csv');
  const chooser = page.waitForEvent('filechooser');
  await load.press('Propose from a sample file …');
  await (await chooser).setFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(people) });
  await load.part('Column 3').field('Name').waitFor();
  await load.part('Column 3').choose('Type', 'date');
  await load.part('Column 3').write('Written as', 'dd.MM.yyyy');

  const extract = await editor.settings('For the printer');
  await extract.choose('Connection', 'Exchange');
  await extract.write('File', 'out/people.csv');
  await extract.press('Add a column');
  await page.keyboard.type('born');
  await page.getByRole('option', { name: /^Born/ }).click();
  await extract.part('Column 1').write('Name in the file', 'Birthday');
  await extract.press('Add a column');
  await page.keyboard.type('name');
  await page.getByRole('option', { name: /^Name/ }).click();

  expect(await product.finished(await editor.run())).toMatchObject({ state: 'succeeded with rejects' });
  await editor.expectRows('People → For the printer', 2);
  const text = await readFile(join(folder, 'files/exchange/out/people.csv'), 'utf8');
  expect(text.split('\r\n')).toEqual(['Birthday,Name', '1984-12-31,Anna', '1990-02-01,Ben', '']);
  expect(window.complaints).toEqual([]);
});

test('an import of Dynamics 365 shows its query and the first rows before it is run', {
  timeout: 120_000,
}, async () => {
  const { page } = window;
  await editor.createWorkflow('Dynamics by hand');
  await editor.drag('CRM Connector', { x: 130, y: 90 });
  const crm = await editor.settings('CRM Connector');
  await crm.choose('Connection', 'Service');
  await crm.find('Remote object', 'contact', 'Contact');
  await crm.part('Filter').press('Condition');
  await crm.part('Filter').find('Field', 'emailaddress1', 'emailaddress1');
  await crm.part('Filter').choose('Operator', 'is not empty');
  await crm.find('Add field', 'lastname', 'lastname');
  await crm.press('Preview 20 rows');
  await page.getByText('emailaddress1 ne null').waitFor();
  await page.getByText(/^\d+ records match\. The first 20:$/).waitFor();
  await eventually(() => page.getByRole('region', { name: 'Preview 20 rows' }).getByRole('row').count()).toBe(21);
  expect(window.complaints).toEqual([]);
});

test('objects to be replicated are searched for and taken many at once', { timeout: 120_000 }, async () => {
  const { page } = window;
  await editor.createWorkflow('Copies by hand');
  await editor.drag('Replicate', { x: 130, y: 90 });
  const copy = await editor.settings('Replicate');
  await copy.choose('Connection', 'Sales');
  await copy.write('Prefix of the tables', 'copy_');
  await copy.write('Search objects', 'contact');
  await page.getByRole('checkbox', { name: 'Contact', exact: true }).check();
  await copy.write('Search objects', '');
  await copy.press('All custom (2)');
  await copy.choose('What is done with Contact', 'full load');
  await page.getByText('3 objects', { exact: true }).waitFor();
  await copy.press('Remove Contact');
  await page.getByText('2 objects', { exact: true }).waitFor();
  await page.keyboard.press('ControlOrMeta+z');
  await page.getByText('3 objects', { exact: true }).waitFor();
  expect(await product.finished(await editor.run())).toMatchObject({ state: 'succeeded' });
  const tables = await product.call('listLocalTables');
  expect(tables.find(({ name }) => name === 'copy_Contact')).toMatchObject({ rows: 60 });
  expect(window.complaints).toEqual([]);
});
