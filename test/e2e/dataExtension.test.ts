import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
import { type MarketingCloud, startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import type { Window } from '../harness/browser.ts';
import { keepPictureOfFailure, openWindow, startBrowser } from '../harness/browser.ts';
import { Editor } from '../harness/editor.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

const ana = { name: 'ana', password: 'a long enough one' };
let folder: string;
let cloud: MarketingCloud;
let product: Product;
let browser: Browser;
let window: Window;
let editor: Editor;

const columns = [
  { name: 'subscriber_key', type: 'text' },
  { name: 'EMAILADDRESS', type: 'text' },
  { name: 'Points', type: 'integer' },
  { name: 'Shoe size', type: 'decimal' },
];
const file = { connection: 'files', path: 'people.csv' };
const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'audience',
  label: 'Audience',
  nodes: [
    { id: 'load', type: 'load-file', name: 'load', label: 'People', x: 40, y: 40, config: { ...file, columns } },
    {
      id: 'send',
      type: 'data-extension',
      name: 'send',
      label: 'Send',
      x: 320,
      y: 40,
      config: { connection: 'cloud', mode: 'upsert' },
    },
  ],
  transitions: [{ id: 'all', from: 'load', port: 'success', to: 'send' }],
};
const role = {
  bucket: 'crm-imports',
  region: 'eu-central-1',
  auth: 'role',
  base: 'chain',
  roleArn: 'arn:aws:iam::123456789012:role/syncline',
  externalId: 'syncline-1f2e3d',
  principal: 'arn:aws:iam::210987654321:user/syncline',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-e2e-'));
  [cloud, product, browser] = await Promise.all([
    startMarketingCloud({ subscribers: 400 }),
    startProduct({ folder }),
    startBrowser(),
  ]);
  await product.call('createUser', { body: { ...ana, role: 'editor' } });
  const { url, clientId, clientSecret } = cloud;
  const settings = { subdomain: url, clientId, clientSecret, accountId: '' };
  await product.call('createConnection', {
    body: { name: 'cloud', kind: 'marketing-cloud', label: 'Cloud', settings },
  });
  await product.call('createConnection', { body: { name: 'bucket', kind: 's3', label: 'Bucket', settings: role } });
  await product.call('createWorkflow', { body: { workflow } });
  window = await openWindow(browser, product.url);
  editor = new Editor(window);
  await editor.signIn(ana.name, ana.password);
});
beforeEach(async () => {
  window.complaints.length = 0;
  keepPictureOfFailure(window);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await cloud?.close();
  await rm(folder, { recursive: true, force: true });
});

test('a person chooses a data extension from a list and maps it by name', { timeout: 120_000 }, async () => {
  await editor.openWorkflow('audience');
  const panel = await editor.settings('Send');
  await panel.write('Data extension', 'contacts');
  await window.page.getByRole('option', { name: 'Subscribers' }).click();
  await window.page.getByText('Data Extensions / CRM / Contacts · 400 rows · 10 columns').waitFor();
  await panel.press('Match same names');
  await window.page.getByText('3 matched by name: Points, SubscriberKey, EmailAddress.').waitFor();
  await window.page.getByText('primary key · Text 36').waitFor();
  const custom = window.page.getByRole('region', { name: 'Custom attributes' });
  await custom.getByLabel('Custom attributes').last().click();
  await window.page.getByRole('option', { name: 'Shoe size' }).click();
  await custom.getByText('The data extension has no column of this name').waitFor();
  await custom.getByRole('button', { name: 'Create what is missing' }).click();
  await custom.getByText('created when the node runs: Decimal 38,10, may be empty').waitFor();
  await editor.expectSummary('Send', 'SUBSCRIBERS · add and update by SubscriberKey · 3 attributes');
  expect(window.complaints).toEqual([]);
});

test('one without a primary key is refused with the reason, until it has one', { timeout: 60_000 }, async () => {
  await editor.openWorkflow('audience');
  const panel = await editor.settings('Send');
  await panel.write('Data extension', 'NEWSLETTER_SIGNUPS');
  await window.page.keyboard.press('Escape');
  const alert = window.page.getByRole('alert').filter({ hasText: 'No primary key' });
  await alert.getByText('no row of it can be found again').waitFor();
  const signUps = cloud.org.byKey(cloud.accountId, 'NEWSLETTER_SIGNUPS')!;
  signUps.fields[0]!.isPrimaryKey = true;
  await panel.press('Look again');
  await alert.waitFor({ state: 'detached' });
  await window.page.getByText('primary key · EmailAddress').waitFor();
  signUps.fields[0]!.isPrimaryKey = false;
  expect(window.complaints).toEqual([]);
});

test('the policies for a role are ready to copy, with who we are, the id and the bucket', {
  timeout: 60_000,
}, async () => {
  await editor.openWorkflow('audience');
  const panel = await editor.settings('Send');
  await panel.pick('Delivery', 'File and import');
  await panel.choose('Files', 'Bucket');
  await window.page.getByText('Prepare the bucket').click();
  const trust = window.page.locator('pre').filter({ hasText: 'sts:AssumeRole' });
  expect(JSON.parse((await trust.textContent()) ?? '')).toMatchObject({
    Statement: [
      {
        Principal: { AWS: role.principal },
        Condition: { StringEquals: { 'sts:ExternalId': role.externalId } },
      },
    ],
  });
  await window.page.locator('pre').filter({ hasText: 'arn:aws:s3:::crm-imports/*' }).waitFor();
  await window.page.getByRole('button', { name: /^Copy: Create a role in IAM/ }).click();
  await window.page.getByText('Copied').waitFor();
  expect(window.complaints).toEqual([]);
});
