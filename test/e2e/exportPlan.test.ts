import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
import { defaults } from '../../nodes/crm-connector/config.ts';
import { exportDefaults } from '../../nodes/crm-connector/exportConfig.ts';
import { eventually, takePicture } from '../harness/browser.ts';
import { openDesk } from '../harness/desk.ts';
import { ExportPage } from '../harness/exportPage.ts';
import { code, mapped } from '../harness/exports.ts';
import { startOrganisation } from '../harness/organisation.ts';

const desk = openDesk({
  look: { width: 1_440, height: 900 },
  outside: { org: () => startOrganisation({ seed: 5, contacts: 300, clock: '2026-06-15T10:00:00Z' }) },
  begin: ({ connectSales, org }) => connectSales(org),
});
let exported: ExportPage;
beforeAll(() => {
  exported = new ExportPage(desk.page);
});

const people = () => desk.org.query("SELECT Id, LastName, Title FROM Contact WHERE LastName LIKE 'M%' ORDER BY Id");

/** Contacts whose name begins with M get the title that the JavaScript gives, once somebody has approved it. */
function drawn(title: string): Workflow {
  const read = {
    ...defaults,
    connection: 'crm',
    object: 'Contact',
    fields: [{ name: 'LastName', label: 'Last Name', type: 'text', conversion: 'default' }],
    filter: {
      kind: 'group',
      operator: 'and',
      items: [{ kind: 'condition', field: 'LastName', operator: 'startsWith', value: '"M"' }],
    },
  };
  const write = {
    ...defaults,
    operation: 'export',
    connection: 'crm',
    object: 'Contact',
    objectLabel: 'Contact',
    export: {
      ...exportDefaults,
      mode: 'update',
      key: 'Id',
      mapping: [mapped('Id', 'Id'), mapped('Title', '', { source: code(title) })],
      approval: { ...exportDefaults.approval, always: true },
    },
  };
  return flowOf('titles', 'Titles by hand', [
    { id: 'n2', type: 'crm-connector', name: 'contacts', label: 'Contacts', config: read },
    { id: 'n3', type: 'crm-connector', name: 'titles', label: 'Titles', config: write },
  ]);
}

/** Start, and behind it two nodes. */
function flowOf(internalName: string, label: string, behind: Record<string, unknown>[]): Workflow {
  const nodes = [{ id: 'n1', type: 'start', name: 'start', label: 'Start', config: {} }, ...behind];
  return {
    formatVersion: 1,
    internalName,
    label,
    nodes: nodes.map((node, index) => ({ ...node, x: index * 288, y: 0 })) as Workflow['nodes'],
    transitions: [
      { id: 't1', from: 'n1', port: 'success', to: 'n2' },
      { id: 't2', from: 'n2', port: 'success', to: 'n3' },
    ],
  };
}

/** Of two records it is longer than the CRM takes. */
const tooLong = (ids: readonly string[]) =>
  `${JSON.stringify(ids)}.includes(record.Id) ? "x".repeat(200) : "Dear " + record.LastName.trim()`;
const mended = '"Dear " + record.LastName.trim()';
const dear = (record: Record<string, unknown>) => `Dear ${String(record.LastName).trim()}`;

async function publish(title: string): Promise<void> {
  const workflow = drawn(title);
  const known = (await desk.product.call('listWorkflows')).find(({ internalName }) => internalName === 'titles');
  if (known)
    await desk.product.call('saveWorkflow', {
      params: { workflow: 'titles' },
      body: { workflow, revision: known.revision },
    });
  else await desk.product.call('createWorkflow', { body: { workflow } });
  const { revision } = await desk.product.call('getWorkflow', { params: { workflow: 'titles' } });
  await desk.product.call('publishWorkflow', { params: { workflow: 'titles' }, body: { revision, note: '' } });
}

/** From the question of the node to its plan. */
async function openPlan(): Promise<void> {
  const question = desk.page.getByRole('region', { name: 'Waits for approval' });
  await question.getByRole('link', { name: 'Look at the plan, record by record' }).click();
}

let before: Record<string, unknown>[];
let long: string[];
let first: string;
let second: string;

test('a plan is looked at record by record and approved, and its page says what became of each', async () => {
  before = await people();
  expect(before.length).toBeGreaterThan(5);
  long = before.slice(0, 2).map(({ Id }) => String(Id));
  await publish(tooLong(long));
  await desk.page.goto('/exports');
  await desk.page.getByText('No export yet').waitFor();
  await desk.editor.openWorkflow('titles');
  await desk.editor.run();
  await desk.editor.expectRun('Waiting for approval');
  await desk.editor.select('Titles');
  await takePicture(desk.page, 'export-question.png');
  await openPlan();
  first = await exported.opened('Contact · Update');

  await exported.expectStage('Waits for approval');
  await exported.expectTotals({ Update: before.length });
  const other = before[3];
  const row = exported.record(String(other?.Id));
  await row.locator('del').getByText(String(other?.Title), { exact: true }).waitFor();
  await row
    .locator('ins')
    .getByText(dear(other ?? {}), { exact: true })
    .waitFor();
  await desk.page.getByText(/for the plan, about \d+ to write$/).waitFor();
  await desk.page.locator('input[aria-label="Changed field"]').click();
  await desk.page.getByRole('option', { name: `Title (${before.length})` }).click();
  await exported.expectRecords(`${before.length} of ${before.length} records`);
  await takePicture(desk.page, 'export-plan.png');
  expect(await people()).toEqual(before);

  await exported.answer('Approve', 'looked at');
  await exported.expectStage('Done');
  await exported.expectTotals({ Update: before.length, Updated: before.length - 2, Rejected: 2 });
  const titled = before.map((record) =>
    long.includes(String(record.Id)) ? record : { ...record, Title: dear(record) },
  );
  expect(await people()).toEqual(titled);
  expect(desk.complaints).toEqual([]);
});

test('a record tells in which call it was sent, and a rejected one why', async () => {
  const sent = await exported.open(String(before[3]?.Id));
  await sent.getByText('Sent to the CRM').waitFor();
  await sent.getByText(/^Call \d+ · request · update$/).waitFor();
  await takePicture(desk.page, 'export-record.png');
  await exported.pressTotal('What became of it', 'Rejected');
  await exported.expectRecords(`2 of ${before.length} records`);
  const rejected = await exported.open(long[0] ?? '');
  await rejected
    .getByText(/data value too large/)
    .first()
    .waitFor();
  await rejected.getByText('STRING_TOO_LONG').first().waitFor();
  await rejected.getByRole('button', { name: 'Requeue it …' }).click();
  await desk.page.keyboard.press('Escape');
  await desk.page.getByRole('dialog').waitFor({ state: 'detached' });
  await desk.page.keyboard.press('Escape');
  await rejected.waitFor({ state: 'detached' });

  const download = desk.page.waitForEvent('download');
  await desk.page.getByRole('link', { name: 'Download CSV' }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  expect(text.split('\n').filter((line) => line.includes('STRING_TOO_LONG'))).toHaveLength(2);
  expect(text).not.toContain(String(before[3]?.Id));
  expect(desk.complaints).toEqual([]);
});

test('the rows that an export gave on lead to what is kept of their records', async () => {
  await desk.page
    .getByRole('region', { name: 'About this export' })
    .getByRole('link', { name: 'Titles', exact: true })
    .click();
  await desk.page.getByRole('tab', { name: 'Run', exact: true }).click();
  await desk.page.getByRole('link', { name: 'Open the export, record by record' }).waitFor();
  const rows = await desk.editor.openRows('Titles · Success');
  await rows.goToStart();
  await takePicture(desk.page, 'export-rows.png');
  await desk.page.keyboard.press('Enter');
  await exported.opened('Contact · Update');
  await desk.page
    .getByRole('complementary', { name: /^Record / })
    .getByText('What came back')
    .waitFor();
  await desk.page.getByRole('button', { name: 'Clear filters' }).click();
  expect(desk.complaints).toEqual([]);
});

test('a rejected record is requeued once the workflow is mended, and the other one is dismissed', async () => {
  await publish(mended);
  await exported.choose(long[0] ?? '');
  await exported.do('Requeue 1 …', 'Start the run');
  await desk.page.getByText('A run was started with the rows.').waitFor();
  await desk.page.getByText('1 rejected record waits for a decision.').waitFor();
  await exported.do('Dismiss …', 'Dismiss');
  await exported
    .record(long[1] ?? '')
    .getByText('Dismissed')
    .waitFor();
  await desk.page.getByText(/rejected records? waits? for a decision/).waitFor({ state: 'detached' });

  await desk.page.getByRole('link', { name: 'Open the run' }).click();
  await desk.editor.expectRun('Waiting for approval');
  await desk.editor.select('Titles');
  await openPlan();
  second = await exported.opened('Contact · Update');
  await exported.expectTotals({ Update: 1 });
  await exported.answer('Approve');
  await exported.expectStage('Done');
  await exported.expectTotals({ Update: 1, Updated: 1 });
  const titled = before.map((record) => (record.Id === long[1] ? record : { ...record, Title: dear(record) }));
  expect(await people()).toEqual(titled);

  await desk.editor.goTo('Exports');
  await desk.page.getByText('Needs attention', { exact: true }).click();
  await desk.page.getByText('Nothing needs attention').waitFor();
  expect(desk.complaints).toEqual([]);
});

/** Two new contacts without a key: what becomes of their job nobody can know when the CRM forgets it. */
async function exportIntoDoubt(): Promise<string> {
  const write = {
    ...defaults,
    operation: 'export',
    connection: 'crm',
    object: 'Contact',
    objectLabel: 'Contact',
    export: { ...exportDefaults, mode: 'insert', mapping: [mapped('LastName', 'name')] },
  };
  const script = "for (const name of ['One', 'Two']) emit({ name });";
  const make = { mode: 'run', script, columns: [{ name: 'name', type: 'text' }] };
  const workflow = flowOf('newcomers', 'Newcomers', [
    { id: 'n2', type: 'javascript-code', name: 'make', label: 'Make', config: make },
    { id: 'n3', type: 'crm-connector', name: 'write', label: 'Write', config: write },
  ]);
  await desk.product.call('createWorkflow', { body: { workflow } });
  const job = { path: '^/services/data/v60.0/jobs/ingest/[^/]+$', method: 'GET' };
  await desk.org.control('faults', {
    kind: 'status',
    status: 404,
    errorCode: 'NOT_FOUND',
    match: job,
    after: 1,
    times: 20,
  });
  const run = await desk.product.call('startRun', { params: { workflow: 'newcomers' }, body: { which: 'draft' } });
  await eventually(async () => {
    const { state } = await desk.product.call('getRun', { params: { run: run.id } });
    if (state === 'waiting') await desk.product.call('wakeRun', { params: { run: run.id } });
    return state;
  }).toBe('in doubt');
  await desk.org.clearFaults();
  return run.id;
}

test('of records in doubt a person says whether they were written, and their run goes on', async () => {
  const run = await exportIntoDoubt();
  await desk.page.goto('/exports?show=open');
  await desk.page.getByRole('link', { name: /^Contact · Insert from Newcomers/ }).click();
  await exported.expectTotals({ Create: 2, 'In doubt': 2 });
  await desk.page.getByText('Of 2 records nobody knows whether they were written.').waitFor();
  await exported.do('They were written …', 'Written');
  await desk.page.getByText('Of 2 records nobody knows').waitFor({ state: 'detached' });
  await desk.page.getByText('Written, a person says').first().waitFor();
  await desk.page.getByRole('button', { name: 'Let it go on' }).click();
  await eventually(async () => (await desk.product.call('getRun', { params: { run } })).state).toBe('succeeded');
  expect(desk.complaints).toEqual([]);
});

test('what was exported is undone by a plan that is approved like any other', async () => {
  for (const [id, count] of [
    [second, 1],
    [first, before.length - 2],
  ] as const) {
    await desk.page.goto(`/exports/${id}`);
    await exported.opened('Contact · Update');
    await exported.do('Undo …', 'Plan the undo');
    await exported.opened('Contact · Undo');
    await exported.expectStage('Waits for approval');
    await exported.expectTotals({ Update: count });
    await takePicture(desk.page, 'export-undo.png');
    await exported.answer('Approve');
    await exported.expectStage('Done');
    await exported.expectTotals({ Update: count, Updated: count });
  }
  expect(await people()).toEqual(before);
  await desk.editor.goTo('Exports');
  await desk.page.getByRole('table', { name: 'Exports' }).getByRole('link', { name: 'Undone' }).first().waitFor();
  await takePicture(desk.page, 'exports.png');
  expect(desk.complaints).toEqual([]);
});
