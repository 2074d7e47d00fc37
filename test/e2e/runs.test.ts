import { expect, test } from 'vitest';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { eventually, takePicture } from '../harness/browser.ts';
import { openDesk } from '../harness/desk.ts';
import { signedCall } from '../harness/signedCall.ts';

const desk = openDesk({ look: { width: 1_440, height: 900 } });

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
  await desk.product.call('createWorkflow', { body: { workflow } });
  await desk.editor.openWorkflow(internalName);
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
  desk.product.call('setOption', { params: { option: `${internalName}_gate` }, body: { value: 'open' } });

test('a failed run says which node failed and why, and goes on from there when it is retried', async () => {
  await drawn('retried');
  await desk.editor.run();
  await desk.editor.expectRun('Failed');
  await desk.editor
    .node('Gate')
    .getByText(/The gate is closed/)
    .waitFor();
  await desk.page.getByRole('status', { name: 'The run shown' }).getByRole('button').click();
  const report = desk.page.getByRole('region', { name: 'How the run went' });
  await report.getByRole('button', { name: /Gate.*The gate is closed/s }).click();
  await desk.page.getByRole('region', { name: 'Node Gate' }).waitFor();
  await desk.editor.expectState('Count', null);

  await openGate('retried');
  await desk.editor.command('Retry');
  await desk.editor.expectRun('Succeeded');
  await desk.editor.expectState('Count', 'Succeeded');
  await desk.editor.expectLog('3 counted');
  const [run] = await desk.product.call('listRuns', { query: { workflow: 'retried' } });
  const { tasks } = await desk.product.finished(run?.id ?? '');
  expect(tasks.map((task) => [task.nodeId, task.attempt])).toEqual([
    ['start', 1],
    ['make', 1],
    ['gate', 2],
    ['count', 1],
  ]);
  expect(desk.complaints).toEqual([]);
});

test('a run pauses before a node that says "stop here", and goes on when it is resumed', async () => {
  await drawn('paused');
  await openGate('paused');
  await desk.editor.fromMenu('Count', 'Stop here');
  await desk.editor.expectUnsaved(true);
  await desk.editor.run();
  await desk.editor.expectRun('Paused');
  await desk.editor.expectState('Gate', 'Succeeded');
  await desk.editor.command('Resume');
  await desk.editor.expectRun('Succeeded');
  await desk.editor.expectState('Count', 'Succeeded');
  expect(desk.complaints).toEqual([]);
});

test('a run asks, and goes on with the answer that is given at the node', async () => {
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
  await desk.product.call('createWorkflow', { body: { workflow } });
  await desk.editor.openWorkflow('asking');
  await desk.editor.run();
  await desk.editor.expectRun('Waiting for approval');
  await desk.editor.expectSummary('Ask', 'waits for your approval');
  const panel = (await desk.editor.settings('Ask')).part('Waits for approval');
  await desk.page.getByText('Send 12 contacts?', { exact: true }).waitFor();
  await takePicture(desk.page, 'approval.png');
  await panel.write('Note (kept with the answer)', 'as agreed');
  await panel.press('Approve');
  await desk.editor.expectRun('Succeeded');
  await desk.editor.expectLog('as agreed');
  expect(desk.complaints).toEqual([]);
});

test('a run goes up to a node, and another begins there with the rows that came to it', async () => {
  await drawn('parts');
  await openGate('parts');
  await desk.editor.fromMenu('Gate', 'Run to here');
  await desk.editor.expectRun('Succeeded');
  await desk.editor.expectRows('Make → Gate', 3);
  await desk.editor.expectState('Count', null);

  await desk.editor.fromMenu('Gate', /^Run from here, with the rows of/);
  await desk.editor.expectState('Count', 'Succeeded');
  await desk.editor.expectState('Make', null);
  await desk.editor.expectLog('3 counted');
  await desk.editor.expectRows('Make → Gate', 3);
  await (await desk.editor.openRows('Make → Gate')).expectCount(3);
  expect(desk.complaints).toEqual([]);
});

test('what is published as it is drawn is run as that version, and there is nothing to publish', async () => {
  await drawn('published');
  await openGate('published');
  const publish = desk.page.getByRole('button', { name: 'Publish', exact: true });
  await publish.click();
  await desk.page.getByRole('button', { name: 'Publish the first version' }).click();
  await eventually(() => publish.getAttribute('aria-disabled')).toBe('true');
  await desk.page.getByRole('button', { name: 'Run v1', exact: true }).waitFor();
  const run = await desk.editor.run();
  expect(await desk.product.finished(run)).toMatchObject({ state: 'succeeded', version: 1 });
  await desk.editor.select('Count');
  await desk.editor.rename('Count', 'Count them');
  await desk.page.getByRole('button', { name: 'Run draft', exact: true }).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('a script that cannot be read is found while drawing, at its line, and is not published', async () => {
  await drawn('unreadable');
  const settings = await desk.editor.settings('Make');
  await settings.write('JavaScript', 'vars.a = );');
  const problem = desk.page.getByRole('button', {
    name: /Make.*Syntax error in line 1 of "JavaScript": unexpected \)\./,
  });
  await desk.page.getByRole('tab', { name: 'Problems' }).click();
  await problem.waitFor();
  await desk.editor.save();
  const refused = desk.product.call('publishWorkflow', { params: { workflow: 'unreadable' }, body: { revision: 2 } });
  await expect(refused).rejects.toThrow('WORKFLOW_INVALID');
  await desk.editor.select('Count');
  await problem.click();
  await (await desk.editor.settings('Make')).write('JavaScript', 'vars.a = 1;');
  await desk.page.getByText('No problems', { exact: true }).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('events that no run brought through stand with their age at the tab Signals, and are delivered again or dismissed', async () => {
  const secret = 'a shared secret of many letters';
  await desk.connect('calls', 'incoming-webhook', 'Calls', { secret });
  const column = { name: 'n', type: 'integer', value: 'field', from: '' };
  const hook = { path: 'events', connection: 'calls', columns: [column], starts: 'batch', batchEvents: 2 };
  const gate = { mode: 'run', script: "if (getOption('events_gate') !== 'open') logError('The gate is closed');" };
  const nodes = [
    node('hook', 'incoming-webhook', 'Events', hook),
    { ...node('gate', 'javascript-code', 'Gate', gate), x: 288 },
  ];
  const transitions = [{ id: 't0', from: 'hook', port: 'success', to: 'gate' }];
  const workflow: Workflow = { formatVersion: 1, internalName: 'events', label: 'events', nodes, transitions };
  await desk.product.call('createWorkflow', { body: { workflow } });
  await desk.product.call('publishWorkflow', { params: { workflow: 'events' }, body: { revision: 1 } });
  const call = signedCall(secret, [{ n: 1 }, { n: 2 }], new Date());
  expect((await fetch(`${desk.product.url}/hooks/events`, call)).status).toBe(202);
  const waiting = async () =>
    (await desk.product.call('listWaitingEvents', { params: { workflow: 'events' } }))[0]?.stuck.left.events;
  await eventually(waiting).toBe(2);

  await desk.editor.openWorkflow('events');
  await desk.page.getByRole('tab', { name: /^Signals/ }).click();
  const at = desk.page.getByRole('region', { name: 'Events at the webhook events' });
  await at.getByText(/^Webhook events: 2 events wait, the oldest for \d/).waitFor();
  await at.getByText('Taken by a run that did not succeed: 2 events.').waitFor();
  await takePicture(desk.page, 'waiting-events.png');
  await desk.page.emulateMedia({ colorScheme: 'dark' });
  await takePicture(desk.page, 'waiting-events-dark.png');
  await desk.page.emulateMedia({ colorScheme: 'light' });

  await at.getByRole('button', { name: 'Deliver the events of events again' }).click();
  const runs = () => desk.product.call('listRuns', { query: { workflow: 'events' } });
  await eventually(async () => (await runs()).map(({ state }) => state)).toEqual(['failed', 'failed']);
  await at.getByRole('button', { name: 'Dismiss the events of events' }).click();
  const asked = desk.page.getByRole('dialog');
  await asked.getByText('Dismiss 2 events?').waitFor();
  await asked.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await at.getByText('Webhook events: no event waits', { exact: true }).waitFor();
  await desk.page.getByRole('cell', { name: 'dismissed' }).waitFor();
  expect(desk.complaints).toEqual([]);
});
