import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
import type { Window } from '../harness/browser.ts';
import { keepPictureOfFailure, openWindow, startBrowser } from '../harness/browser.ts';
import { Editor } from '../harness/editor.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

const ana = { name: 'ana', password: 'a long enough one' };
let folder: string;
let product: Product;
let browser: Browser;
let window: Window;
let editor: Editor;

/** Local data as a workflow has left it: customers, and what is known of people. */
const filling: Workflow = {
  formatVersion: 1,
  internalName: 'filling',
  label: 'Filling',
  nodes: ['customers', 'people'].flatMap((table, index) => [
    {
      id: `rows_${table}`,
      type: 'javascript-code',
      name: `rows_${table}`,
      label: table,
      x: 0,
      y: 120 * index,
      config: {
        mode: 'run',
        script: `for (let n = 0; n < 12; n += 1) emit({ id: '${table}' + n, Email: 'P' + ${index === 0 ? 'n' : 'Math.min(n, 5)'} + '@x.org', Score: n });`,
        columns: [
          { name: 'id', type: 'text' },
          { name: 'Email', type: 'text' },
          { name: 'Score', type: 'integer' },
        ],
      },
    },
    {
      id: `save_${table}`,
      type: 'update-data',
      name: `save_${table}`,
      label: `save ${table}`,
      x: 300,
      y: 120 * index,
      config: { table, key: [{ kind: 'column', column: 'id' }] },
    },
  ]),
  transitions: ['customers', 'people'].map((table) => ({
    id: `t_${table}`,
    from: `rows_${table}`,
    port: 'success',
    to: `save_${table}`,
  })),
  settings: {},
} as unknown as Workflow;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-e2e-'));
  [product, browser] = await Promise.all([startProduct({ folder }), startBrowser()]);
  await product.call('createUser', { body: { ...ana, role: 'editor' } });
  await product.call('createWorkflow', { body: { workflow: filling } });
  const { id } = await product.call('startRun', { params: { workflow: 'filling' }, body: { which: 'draft' } });
  expect(await product.finished(id)).toMatchObject({ state: 'succeeded' });
  window = await openWindow(browser, product.url);
  editor = new Editor(window);
  await editor.signIn(ana.name, ana.password);
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

test('a table is asked by filter and order, its rows are found again by their e-mail, and a SELECT counts them', {
  timeout: 120_000,
}, async () => {
  await editor.createWorkflow('Known customers');
  await editor.drag('Query', { x: 130, y: 90 });
  await editor.rename('Query', 'Customers');
  await editor.continueWith('Customers', 'Success', 'reconcil', 'Reconciliation');
  await editor.rename('Reconciliation', 'Who is known');
  await editor.drag('Query', { x: 130, y: 420 });
  await editor.rename('Query', 'Count');

  const customers = await editor.settings('Customers');
  await customers.choose('Table', 'customers');
  await customers.press('Condition');
  await customers.find('Column', 'score', 'Score');
  await customers.choose('Operator', '≥');
  await customers.write('Value (JavaScript)', '2');

  const known = await editor.settings('Who is known');
  await known.choose('Table', 'people');
  await known.press('Add a key');
  await known.find('Column of the population', 'email', 'Email');
  await known.choose('Compare', 'as e-mail address');
  await known.find('Add column of the match', 'id', 'id');

  const count = await editor.settings('Count');
  await count.pick('Rows from', 'SQL');
  await count.write('SQL', 'SELECT count(*) AS n, max(email) AS last FROM people');
  await count.press('Take the columns from the SELECT');

  const run = await editor.run();
  expect(await product.finished(run)).toMatchObject({ state: 'succeeded' });
  await editor.expectRows('Customers → Who is known', 10);
  await editor.expectRows('Who is known · Unmatched', 6);
  await editor.expectRows('Who is known · Ambiguous', 1);
  await editor.expectRows('Who is known · Matched', 3);
  const rows = await editor.openRows('Count · Success');
  await rows.expectCell(0, 0, '12');
  expect(window.complaints).toEqual([]);
});
