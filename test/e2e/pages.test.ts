import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Window } from '../harness/browser.ts';
import { eventually, keepPictureOfFailure, openWindow, startBrowser, takePicture } from '../harness/browser.ts';
import { Editor } from '../harness/editor.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

let folder: string;
let product: Product;
let browser: Browser;
let window: Window;
let page: Page;
let editor: Editor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-pages-'));
  const args = ['--demo', '--demo-contacts', '600'];
  [product, browser] = await Promise.all([startProduct({ folder, args, leaveLink: true }), startBrowser()]);
  window = await openWindow(browser, product.url, { width: 1_440, height: 900 });
  page = window.page;
  editor = new Editor(window);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  window.complaints.length = 0;
  keepPictureOfFailure(window);
});

/** The page as it is now, in both colour schemes: nothing sticks out, and two pictures for people to look at. */
async function look(name: string): Promise<void> {
  await eventually(() => page.locator('.mantine-Loader-root').count()).toBe(0);
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await eventually(() => shade()).toBe(scheme);
    await takePicture(page, `${name}-${scheme}.png`);
  }
  const sticksOut = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(sticksOut, 'the page is wider than the window').toBeLessThanOrEqual(0);
}

/** Dark letters stand on a light page, light ones on a dark one. */
async function shade(): Promise<string> {
  const colour = await page.evaluate(() => getComputedStyle(document.body).color);
  const sum = (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((total, part) => total + Number(part), 0);
  return sum < 384 ? 'light' : 'dark';
}

test('the link of the first start signs in, once', async () => {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'Password' }).waitFor();
  await look('sign-in');
  window.complaints.length = 0;
  await page.goto(product.signInLink);
  await page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor();
  expect(page.url()).toBe(`${product.url}/workflows`);
  expect(window.complaints).toEqual([]);

  const other = await openWindow(browser, product.url);
  await other.page.goto(product.signInLink);
  await other.page.getByText('This sign-in link was already used or has expired.').waitFor();
  await other.page.context().close();
});

test('a sample is run, its rows are opened, and it is published', async () => {
  await page.goto('/workflows');
  await page.getByText('This is a demo: try it in a minute').waitFor();
  await look('workflows');
  await page.getByRole('button', { name: 'New workflow' }).click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Empty for now');
  await look('workflows-new');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing is drawn yet').waitFor();
  await look('editor-empty');
  await editor.openWorkflow('contacts_from_salesforce');
  await look('editor');
  await editor.run();
  await editor.expectRun('Succeeded');
  await editor.select('Changed contacts');
  const rows = await editor.openRows('One per e-mail → Write contacts');
  await eventually(() => rows.cell(0, 0)).toMatch(/^003/);
  await look('editor-run');
  await page.getByRole('button', { name: 'Publish' }).click();
  await look('editor-publish');
  await page.getByRole('button', { name: 'Publish the first version' }).click();
  await page.getByText('v1 published').waitFor();
  expect(window.complaints).toEqual([]);
});

test('a past run and a version are shown on the canvas', async () => {
  await page.goto('/runs');
  await page
    .getByRole('link', { name: /Contacts from Salesforce|today/ })
    .first()
    .waitFor();
  await look('runs');
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByText('You see the workflow as it was frozen for this run').waitFor();
  await (await editor.openRows('Changed contacts → One per e-mail')).goToStart();
  await look('run');
  for (const tab of ['Timeline', 'Log', 'Runs']) {
    await page.getByRole('tab', { name: tab, exact: true }).last().click();
    await look(`run-${tab.toLowerCase()}`);
  }
  await page.goto('/exports');
  await page.getByText('No export yet').waitFor();
  await look('exports-none');
  await page.goto('/alarms');
  await page.getByText('No alarm is raised').waitFor();
  await page.getByRole('button', { name: 'Who hears of alarms' }).click();
  await page.getByRole('complementary', { name: 'Who hears of alarms' }).waitFor();
  await look('alarms');
  await page.goto('/workflows/contacts_from_salesforce/versions/1');
  await page.getByText('It cannot be changed here').waitFor();
  await look('version');
  expect(window.complaints).toEqual([]);
});

test('tables, connections and options show what they hold', async () => {
  await page.goto('/data');
  await page.getByRole('link', { name: 'duplicate_contacts' }).waitFor();
  await look('data');
  await page.getByRole('link', { name: 'contacts', exact: true }).click();
  await page.getByRole('grid').waitFor();
  await look('data-table');

  await page.goto('/connections');
  await page.getByRole('button', { name: 'Verify Demo Salesforce' }).click();
  await page.getByRole('link', { name: 'Demo Salesforce' }).click();
  await page.getByRole('button', { name: 'Verify again' }).click();
  await page
    .getByText(/^Verified today/)
    .first()
    .waitFor();
  await look('connection');
  await page.getByRole('tab', { name: 'Objects and fields' }).click();
  await page.getByText('Contact', { exact: true }).first().click();
  await page.getByText('SystemModstamp').first().waitFor();
  await look('connection-fields');
  await page.goto('/connections');
  await page.getByRole('link', { name: 'New connection' }).click();
  await look('connection-new');
  await page.goto('/connections');
  await page.getByRole('link', { name: 'Demo Salesforce' }).waitFor();
  await look('connections');

  await page.goto('/options');
  await page.getByRole('link', { name: /^LASTIMPORT_/ }).waitFor();
  await look('options');
  await page.getByRole('link', { name: /^LASTIMPORT_/ }).click();
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await look('option');
  expect(window.complaints).toEqual([]);
});

test('the administration and the documentation of the interface open', async () => {
  await page.goto('/administration');
  for (const section of ['Users', 'API tokens', 'Audit trail', 'Storage', 'About', 'My account']) {
    await page.getByRole('tab', { name: section }).click();
    await page.getByRole('tabpanel').waitFor();
    await look(`administration-${section.toLowerCase().replaceAll(' ', '-')}`);
  }
  await page.goto('/api/docs');
  await page.getByRole('heading', { name: 'The interface of Syncline' }).waitFor();
  await look('api-docs');
  await page.goto('/no/such/page');
  await page.getByText('This page does not exist.').waitFor();
  await look('missing');
  expect(window.complaints).toEqual([]);
});

test('the appearance that a person chooses stays, and signing out leads to the sign-in page', async () => {
  await page.goto('/runs');
  const account = page.getByRole('button', { name: 'Account of admin' });
  await account.click();
  await page.getByRole('menuitem', { name: 'Dark' }).click();
  await eventually(() => shade()).toBe('dark');
  await page.reload();
  await account.waitFor();
  await eventually(() => shade()).toBe('dark');
  await account.click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Syncline' }).waitFor();
  await page.goto('/runs');
  await page.getByRole('heading', { name: 'Sign in to Syncline' }).waitFor();
});
