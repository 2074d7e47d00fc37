import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startDataverse } from '../../demo/dataverse/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import { eventually } from '../harness/browser.ts';
import { openDesk } from '../harness/desk.ts';

const desk = openDesk({
  outside: {
    dynamics: () => startDataverse({ contacts: 60 }),
    org: () => startSalesforce({ contacts: 60 }),
  },
  async prepare(folder) {
    await mkdir(join(folder, 'files/exchange/in'), { recursive: true });
    await writeFile(join(folder, 'files/exchange/in/people.csv'), people);
  },
  async begin({ connect, connectSales, dynamics, org }) {
    await connect('files', 'local-folder', 'Exchange', { folder: 'exchange' });
    const { url, tenant, clientId, clientSecret } = dynamics;
    const signIn = { tenant, clientId, clientSecret, proof: 'secret', cloud: 'own', authority: url };
    await connect('dynamics', 'dynamics', 'Service', { environmentUrl: url, ...signIn });
    await connectSales(org);
  },
});

const people = 'Id;Name;Born\n1;Anna;31.12.1984\n2;Ben;01.02.1990\n3;Cleo;30.02.1991\n';

test('a file is loaded by what a sample of it proposes, and written again in other columns', async () => {
  const { page } = desk;
  await desk.editor.createWorkflow('Files by hand');
  await desk.editor.drag('Load file', { x: 130, y: 90 });
  await desk.editor.rename('Load file', 'People');
  await desk.editor.continueWith('People', 'Success', 'extract', 'Extract file');
  await desk.editor.rename('Extract file', 'For the printer');

  const load = await desk.editor.settings('People');
  await load.choose('Connection', 'Exchange');
  await load.write('File', 'in/people.csv');
  const chooser = page.waitForEvent('filechooser');
  await load.press('Propose from a sample file …');
  await (await chooser).setFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(people) });
  await load.part('Column 3').field('Name').waitFor();
  await load.part('Column 3').choose('Type', 'date');
  await load.part('Column 3').write('Written as', 'dd.MM.yyyy');

  const extract = await desk.editor.settings('For the printer');
  await extract.choose('Connection', 'Exchange');
  await extract.write('File', 'out/people.csv');
  await extract.press('Add a column');
  await page.keyboard.type('born');
  await page.getByRole('option', { name: /^Born/ }).click();
  await extract.part('Column 1').write('Name in the file', 'Birthday');
  await extract.press('Add a column');
  await page.keyboard.type('name');
  await page.getByRole('option', { name: /^Name/ }).click();

  expect(await desk.product.finished(await desk.editor.run())).toMatchObject({ state: 'succeeded with rejects' });
  await desk.editor.expectRows('People → For the printer', 2);
  const text = await readFile(join(desk.folder, 'files/exchange/out/people.csv'), 'utf8');
  expect(text.split('\r\n')).toEqual(['Birthday,Name', '1984-12-31,Anna', '1990-02-01,Ben', '']);
  expect(desk.complaints).toEqual([]);
});

test('an import of Dynamics 365 shows its query and the first rows before it is run, and lists what of its filter is refused', async () => {
  const { page } = desk;
  await desk.editor.createWorkflow('Dynamics by hand');
  await desk.editor.drag('CRM Connector', { x: 130, y: 90 });
  const crm = await desk.editor.settings('CRM Connector');
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

  const filter = crm.part('Filter');
  await filter.choose('Operator', '=');
  await filter.write('Value (JavaScript)', '5');
  await crm.press('Preview 20 rows');
  await page.getByRole('tab', { name: /^Problems/ }).click();
  const problem = page.getByRole('list', { name: 'Problems' }).getByRole('button', { name: /Filter.+the number 5/ });
  await problem.waitFor();
  await filter.write('Value (JavaScript)', '"ben@mail.example"');
  await problem.waitFor({ state: 'detached' });
  expect(desk.complaints).toEqual([]);
});

test('objects to be replicated are searched for and taken many at once', async () => {
  const { page } = desk;
  await desk.editor.createWorkflow('Copies by hand');
  await desk.editor.drag('Replicate', { x: 130, y: 90 });
  const copy = await desk.editor.settings('Replicate');
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
  expect(await desk.product.finished(await desk.editor.run())).toMatchObject({ state: 'succeeded' });
  const tables = await desk.product.call('listLocalTables');
  expect(tables.find(({ name }) => name === 'copy_Contact')).toMatchObject({ rows: 60 });
  expect(desk.complaints).toEqual([]);
});
