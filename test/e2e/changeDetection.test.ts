import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
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

const contacts = { connection: 'crm', object: 'Contact', objectLabel: 'Contact' };
const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'deltas',
  label: 'Deltas',
  nodes: [
    { id: 'contacts', type: 'crm-connector', name: 'contacts', label: 'Contacts', x: 40, y: 40, config: contacts },
    { id: 'changes', type: 'change-detection', name: 'changes', label: 'Changes', x: 320, y: 40, config: {} },
  ],
  transitions: [{ id: 'all', from: 'contacts', port: 'success', to: 'changes' }],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-e2e-'));
  [org, product, browser] = await Promise.all([
    startOrganisation({ seed: 5, contacts: 40, clock: '2026-06-15T10:00:00Z' }),
    startProduct({ folder }),
    startBrowser(),
  ]);
  await product.call('createUser', { body: { ...ana, role: 'editor' } });
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret };
  await product.call('createConnection', { body: { name: 'crm', kind: 'salesforce', label: 'Sales', settings } });
  await product.call('createWorkflow', { body: { workflow } });
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

test('a person sees what a node has sent, and has it forget that', { timeout: 120_000 }, async () => {
  window.complaints.length = 0;
  keepPictureOfFailure(window);
  await editor.openWorkflow('deltas');
  const panel = await editor.settings('Changes');
  const sent = window.page.getByRole('region', { name: 'What was sent' });
  await sent.getByText('Nothing was sent yet: all rows are due.').waitFor();
  await panel.choose('Which row is which', 'Record id');
  await window.page.keyboard.press('Escape');
  await panel.choose('A row counts as sent', 'as soon as it leaves here');
  await editor.expectSummary('Changes', 'by Id · sent when they leave');
  expect(await product.finished(await editor.run())).toMatchObject({ state: 'succeeded' });

  await editor.settings('Contacts');
  await editor.settings('Changes');
  await sent.getByText('40 rows').waitFor();
  await sent.getByRole('button', { name: 'Forget all …' }).click();
  await window.page.getByRole('dialog').getByRole('button', { name: 'Forget what was sent' }).click();
  await sent.getByText('Nothing was sent yet: all rows are due.').waitFor();
  expect(window.complaints).toEqual([]);
});
