import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Salesforce } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import type { Window } from '../harness/browser.ts';
import { eventually, keepPictureOfFailure, openWindow, startBrowser, takePicture } from '../harness/browser.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

let folder: string;
let product: Product;
let org: Salesforce;
/** The organisation under another name than the product: another site, as it is outside. */
let elsewhere: string;
let browser: Browser;
let window: Window;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-sign-in-'));
  [product, browser, org] = await Promise.all([
    startProduct({ folder, leaveLink: true }),
    startBrowser(),
    startSalesforce({ contacts: 50, seed: 9, app: { rotateRefreshTokens: true } }),
  ]);
  const { hostname } = new URL(product.url);
  elsewhere = org.url.replace('127.0.0.1', hostname === '127.0.0.1' ? 'localhost' : '127.0.0.1');
  window = await openWindow(browser, product.url, { width: 1_440, height: 1_150 });
  page = window.page;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: product.url });
  await page.goto(product.signInLink);
  await page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await org?.close();
  await product?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => keepPictureOfFailure(window));

/** Two pictures for people to look at; nothing sticks out. */
async function look(name: string): Promise<void> {
  await eventually(() => page.locator('.mantine-Loader-root').count()).toBe(0);
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, scheme);
    await takePicture(page, `${name}-${scheme}.png`);
  }
  const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(width, 'the page is wider than the window').toBeLessThanOrEqual(0);
}

async function choose(field: string, choice: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: choice }).click();
}

const guide = () => page.getByRole('region', { name: 'Prepare the organisation' });

/** What a person does at the organisation's page. */
async function allow(at: Page): Promise<void> {
  // The page before has a secret to type in as well.
  await at.waitForURL(/\/services\/oauth2\/authorize\?/);
  const password = at.locator('input[type=password]');
  const decision = at.locator('button[name=decision][value=allow]');
  await password.or(decision).first().waitFor();
  if (await password.isVisible()) {
    await at.locator('input[name=username]').fill(org.username);
    await password.fill(org.password);
    await at.locator('button').first().click();
    await decision.waitFor();
  }
  await decision.click();
}

test('the guide and the fields follow the way to sign in, and texts are copied by a button', async () => {
  await page.goto('/connections?new=1&kind=salesforce');
  await guide().getByText('Client Credentials Flow').waitFor();
  await look('connection-new');
  await choose('Way to sign in', 'JWT bearer');
  await guide().getByText('certificate').waitFor();
  expect(await page.getByLabel('Client secret').count()).toBe(0);
  await look('connection-new-jwt');
  await choose('Way to sign in', 'Authorization code');
  await guide().getByText('Proof Key for Code Exchange').waitFor();
  await guide()
    .getByRole('button', { name: `${product.url}/oauth/callback` })
    .click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${product.url}/oauth/callback`);
  for (const scope of ['api', 'openid', 'refresh_token', 'offline_access'])
    await guide().getByRole('button', { name: scope }).waitFor();
});

test('a person signs in at the organisation, comes back, and the connection is verified', async () => {
  await page.getByLabel('Name', { exact: true }).fill('Production');
  await page.getByLabel('My Domain address').fill(elsewhere);
  await page.getByLabel('Client id').fill(org.clientId);
  await page.getByRole('textbox', { name: 'Client secret' }).fill(org.clientSecret);
  await page.getByRole('button', { name: 'Create and continue' }).click();
  await page.getByText('Nobody has signed in yet').waitFor();
  await look('connection-sign-in');
  await page.getByRole('button', { name: 'Sign in at Salesforce' }).click();
  await allow(page);
  await page.getByText('Somebody has signed in.').waitFor();
  expect(page.url()).toBe(`${product.url}/connections/production`);
  const verified = page.getByRole('region', { name: 'Verified' });
  await verified.getByText(org.username).first().waitFor();
  await verified.getByText('Server time').waitFor();
  await page.getByRole('region', { name: 'API calls, last 24 hours' }).getByText('1,000,000').waitFor();
  await look('connection-signed-in');
  // The organisation's page leads here once more, with the state of before: that is not good twice.
  await page.goBack();
  await page.getByText('This answer belongs to no sign-in').waitFor();
  expect(page.url()).toBe(`${product.url}/oauth/callback`);
  await look('sign-in-expired');
});

test('where the organisation cannot lead back, the address of its page is pasted', async () => {
  await page.goto('/connections/production');
  await page.getByText('Paste the address', { exact: true }).click();
  await page.getByLabel('API budget').fill('4');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Not saved yet.').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Sign in again at Salesforce' }).click();
  const opening = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'Open the page of Salesforce' }).click();
  const other = await opening;
  await other.waitForURL(/success\?/);
  await page.getByLabel('Address or code').fill(other.url());
  await other.close();
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.getByText('The budget is spent.').waitFor();
  await look('connection-budget-spent');
});

test('a key made here gives a certificate to upload, and then signs in by itself', async () => {
  await page.goto('/connections?new=1&kind=salesforce');
  await page.getByLabel('Name', { exact: true }).fill('By key');
  await choose('Way to sign in', 'JWT bearer');
  await page.getByLabel('My Domain address').fill(elsewhere);
  await page.getByLabel('Client id').fill(org.clientId);
  await page.getByLabel('User name').fill(org.username);
  await page.getByRole('button', { name: 'Create and continue' }).click();
  const card = page.getByRole('region', { name: 'Certificate' });
  await card.getByRole('button', { name: 'Make a key' }).click();
  const certificate = await card.getByText('BEGIN CERTIFICATE').textContent();
  org.org.app.change({ publicKey: certificate });
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await page.getByRole('region', { name: 'Verified' }).getByText(org.username).first().waitFor();
  await page.getByRole('region', { name: 'API calls, last 24 hours' }).getByText('1,000,000').waitFor();
  await look('connection-certificate');
});
