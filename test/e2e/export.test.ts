import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Window } from '../harness/browser.ts';
import { keepPictureOfFailure, openWindow, startBrowser } from '../harness/browser.ts';
import { Editor } from '../harness/editor.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

const ana = { name: 'ana', password: 'a long enough one' };
let folder: string;
let org: Organisation;
let product: Product;
let browser: Browser;
let window: Window;
let editor: Editor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-e2e-'));
  [org, product, browser] = await Promise.all([
    startOrganisation({ seed: 5, contacts: 600, clock: '2026-06-15T10:00:00Z' }),
    startProduct({ folder }),
    startBrowser(),
  ]);
  await product.call('createUser', { body: { ...ana, role: 'editor' } });
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret };
  await product.call('createConnection', { body: { name: 'crm', kind: 'salesforce', label: 'Sales', settings } });
  await product.call('verifyConnection', { params: { connection: 'crm' } });
  window = await openWindow(browser, product.url);
  editor = new Editor(window);
  await editor.signIn(ana.name, ana.password);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await org?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  window.complaints.length = 0;
  keepPictureOfFailure(window);
});

async function draw(): Promise<void> {
  await editor.createWorkflow('Titles by hand');
  await editor.drag('CRM Connector', { x: 130, y: 90 });
  await editor.rename('CRM Connector', 'Contacts');
  await editor.press('Fit to view');
  await editor.continueWith('Contacts', 'Success', 'crm', 'CRM Connector');
  await editor.rename('CRM Connector', 'Titles');
  await editor.press('Tidy');
  await editor.press('Fit to view');
}

/** Contacts whose name begins with M; what is written back is another title. */
async function configureImport(): Promise<void> {
  const contacts = await editor.settings('Contacts');
  await contacts.choose('Connection', 'Sales');
  await contacts.find('Remote object', 'contact', 'Contact');
  const filter = contacts.part('Filter');
  await filter.press('Condition');
  await filter.find('Field', 'lastname', 'LastName');
  await filter.choose('Operator', 'starts with');
  await filter.write('Value (JavaScript)', '"M"');
  for (const field of ['LastName', 'Email', 'Department']) await contacts.find('Add field', field, field);
}

async function configureExport(): Promise<void> {
  const titles = await editor.settings('Titles');
  const said = (text: string) => window.page.getByRole('region', { name: 'Node Titles' }).getByText(text).waitFor();
  await titles.pick('Operation', 'Export');
  await titles.choose('Connection', 'Sales');
  await titles.find('Remote object', 'contact', 'Contact');
  await said('There is no key: all rows are inserted');
  const mapping = titles.part('Mapping');
  await said('Every new record needs:');
  await mapping.press('Match same names');
  await said('3 matched by name: LastName, Email, Department.');
  await titles.choose('Key', 'Record id');
  expect(await mapping.field('Source: Id').inputValue()).toBe('Id');
  await mapping.find('Add field', 'birth', 'Birthdate');
  await mapping.choose('Source: Birthdate', 'Email');
  await said('The column is text, the field date');
  await mapping.press('Remove Birthdate');
  await mapping.find('Add field', 'title', 'Title');
  await mapping.choose('Source: Title', 'JavaScript');
  await mapping.write('JavaScript: Title', '"Dear " + record.LastName.trim()');
  await titles.pick('Export as', 'Update');
  await titles.switchOn('Run as plan');
  await editor.expectSummary('Titles', 'Contact · plan of update by Id · 5 fields');
}

const people = () => org.query("SELECT Id, LastName, Title FROM Contact WHERE LastName LIKE 'M%' ORDER BY Id");

test('an export drawn by hand is planned first, and then writes what the plan said', {
  timeout: 150_000,
}, async () => {
  await draw();
  await configureImport();
  await configureExport();
  const before = await people();
  expect(before.length).toBeGreaterThan(5);

  const plan = await editor.run();
  expect(await product.finished(plan)).toMatchObject({ state: 'succeeded' });
  const rows = await editor.openRows('Titles · Plan');
  await rows.expectCount(before.length);
  const columns = ['Id', 'LastName', 'Email', 'Department', 'action', 'recordId', 'key', 'values', 'before'];
  await rows.expectCell(0, columns.indexOf('action'), 'update');
  expect(await rows.cell(0, columns.indexOf('values'))).toContain('Dear M');
  expect(await people()).toEqual(before);

  await (await editor.settings('Titles')).switchOff('Run as plan');
  const written = await editor.run();
  expect(await product.finished(written)).toMatchObject({ state: 'succeeded' });
  await editor.expectRows('Titles · Success', before.length);
  const titled = before.map((record) => ({ ...record, Title: `Dear ${String(record.LastName).trim()}` }));
  expect(await people()).toEqual(titled);
  expect(window.complaints).toEqual([]);
});
