import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import type { Window } from '../harness/browser.ts';
import { eventually, keepPictureOfFailure, openWindow, startBrowser, takePicture } from '../harness/browser.ts';
import { Editor } from '../harness/editor.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

const ana = { name: 'ana', password: 'a long enough one' };
let folder: string;
let product: Product;
let browser: Browser;
let window: Window;
let editor: Editor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-runs-'));
  [product, browser] = await Promise.all([startProduct({ folder }), startBrowser()]);
  await product.call('createUser', { body: { ...ana, role: 'editor' } });
  window = await openWindow(browser, product.url, { width: 1_440, height: 900 });
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

/** Start → Make 3 rows → Gate, which fails until the option is "open" → Count. */
async function drawn(internalName: string): Promise<void> {
  const column = { name: 'n', type: 'integer' };
  const nodes: WorkflowNode[] = [
    node('start', 'start', 'Start', {}),
    node('make', 'javascript-code', 'Make', {
      mode: 'run',
      script: 'for (const n of [1, 2, 3]) emit({ n });',
      columns: [column],
    }),
    node('gate', 'javascript-code', 'Gate', {
      mode: 'run',
      script: `if (getOption('${internalName}_gate') !== 'open') logError('The gate is closed');`,
    }),
    node('count', 'javascript-code', 'Count', { mode: 'run', script: 'logInfo(vars.recCount + " counted");' }),
  ];
  const workflow: Workflow = {
    formatVersion: 1,
    internalName,
    label: internalName,
    nodes: nodes.map((one, index) => ({ ...one, x: index * 288, y: 0 })),
    transitions: nodes.slice(1).map((one, index) => ({
      id: `t${index}`,
      from: nodes[index]?.id ?? '',
      port: 'success',
      to: one.id,
    })),
  };
  await product.call('createWorkflow', { body: { workflow } });
  await editor.openWorkflow(internalName);
}

const node = (id: string, type: string, label: string, config: WorkflowNode['config']): WorkflowNode => ({
  id,
  type,
  name: id,
  label,
  x: 0,
  y: 0,
  config,
});

const openGate = (internalName: string) =>
  product.call('setOption', { params: { option: `${internalName}_gate` }, body: { value: 'open' } });

test('a failed run says which node failed and why, and goes on from there when it is retried', {
  timeout: 90_000,
}, async () => {
  await drawn('retried');
  await editor.run();
  await editor.expectRun('Failed');
  await editor
    .node('Gate')
    .getByText(/The gate is closed/)
    .waitFor();
  await window.page.getByRole('status', { name: 'The run shown' }).getByRole('button').click();
  const report = window.page.getByRole('region', { name: 'How the run went' });
  await report.getByRole('button', { name: /Gate.*The gate is closed/s }).click();
  await window.page.getByRole('region', { name: 'Node Gate' }).waitFor();
  await editor.expectState('Count', null);

  await openGate('retried');
  await editor.command('Retry');
  await editor.expectRun('Succeeded');
  await editor.expectState('Count', 'Succeeded');
  await editor.expectLog('3 counted');
  const [run] = await product.call('listRuns', { query: { workflow: 'retried' } });
  const { tasks } = await product.finished(run?.id ?? '');
  expect(tasks.map((task) => [task.nodeId, task.attempt])).toEqual([
    ['start', 1],
    ['make', 1],
    ['gate', 2],
    ['count', 1],
  ]);
  expect(window.complaints).toEqual([]);
});

test('a run pauses before a node that says "stop here", and goes on when it is resumed', {
  timeout: 90_000,
}, async () => {
  await drawn('paused');
  await openGate('paused');
  await editor.fromMenu('Count', 'Stop here');
  await editor.expectUnsaved(true);
  await editor.run();
  await editor.expectRun('Paused');
  await editor.expectState('Gate', 'Succeeded');
  await editor.command('Resume');
  await editor.expectRun('Succeeded');
  await editor.expectState('Count', 'Succeeded');
  expect(window.complaints).toEqual([]);
});

test('a run asks, and goes on with the answer that is given at the node', { timeout: 90_000 }, async () => {
  const workflow: Workflow = {
    formatVersion: 1,
    internalName: 'asking',
    label: 'asking',
    nodes: [
      { ...node('start', 'start', 'Start', {}), x: 0, y: 0 },
      { ...node('ask', 'approval', 'Ask', { question: 'Send <%= 3 * 4 %> contacts?' }), x: 288, y: 0 },
    ],
    transitions: [{ id: 't0', from: 'start', port: 'success', to: 'ask' }],
  };
  await product.call('createWorkflow', { body: { workflow } });
  await editor.openWorkflow('asking');
  await editor.run();
  await editor.expectRun('Waiting for approval');
  await editor.expectSummary('Ask', 'waits for your approval');
  const panel = (await editor.settings('Ask')).part('Waits for approval');
  await window.page.getByText('Send 12 contacts?', { exact: true }).waitFor();
  await takePicture(window.page, 'approval.png');
  await panel.write('Note (kept with the answer)', 'as agreed');
  await panel.press('Approve');
  await editor.expectRun('Succeeded');
  await editor.expectLog('as agreed');
  expect(window.complaints).toEqual([]);
});

test('a run goes up to a node, and another begins there with the rows that came to it', {
  timeout: 90_000,
}, async () => {
  await drawn('parts');
  await openGate('parts');
  await editor.fromMenu('Gate', 'Run to here');
  await editor.expectRun('Succeeded');
  await editor.expectRows('Make → Gate', 3);
  await editor.expectState('Count', null);

  await editor.fromMenu('Gate', /^Run from here, with the rows of/);
  await editor.expectState('Count', 'Succeeded');
  await editor.expectState('Make', null);
  await editor.expectLog('3 counted');
  await editor.expectRows('Make → Gate', 3);
  await (await editor.openRows('Make → Gate')).expectCount(3);
  expect(window.complaints).toEqual([]);
});

test('what is published as it is drawn is run as that version, and there is nothing to publish', {
  timeout: 90_000,
}, async () => {
  await drawn('published');
  await openGate('published');
  const publish = window.page.getByRole('button', { name: 'Publish', exact: true });
  await publish.click();
  await window.page.getByRole('button', { name: 'Publish the first version' }).click();
  await eventually(() => publish.getAttribute('aria-disabled')).toBe('true');
  await window.page.getByRole('button', { name: 'Run v1', exact: true }).waitFor();
  const run = await editor.run();
  expect(await product.finished(run)).toMatchObject({ state: 'succeeded', version: 1 });
  await editor.select('Count');
  await editor.rename('Count', 'Count them');
  await window.page.getByRole('button', { name: 'Run draft', exact: true }).waitFor();
  expect(window.complaints).toEqual([]);
});

test('a script that cannot be read is found while drawing, at its line, and is not published', {
  timeout: 90_000,
}, async () => {
  await drawn('unreadable');
  const settings = await editor.settings('Make');
  await settings.write('JavaScript', 'vars.a = );');
  const problem = window.page.getByRole('button', {
    name: /Make.*Syntax error in line 1 of "JavaScript": unexpected \)\./,
  });
  await window.page.getByRole('tab', { name: 'Problems' }).click();
  await problem.waitFor();
  await editor.save();
  const refused = product.call('publishWorkflow', { params: { workflow: 'unreadable' }, body: { revision: 2 } });
  await expect(refused).rejects.toThrow('WORKFLOW_INVALID');
  await editor.select('Count');
  await problem.click();
  await (await editor.settings('Make')).write('JavaScript', 'vars.a = 1;');
  await window.page.getByText('No problems', { exact: true }).waitFor();
  expect(window.complaints).toEqual([]);
});
